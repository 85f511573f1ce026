{{/*
What the names of all objects begin with. A StatefulSet's name and a hash of ten characters are a label
of its pods, of 63 at most.
*/}}
{{- define "holdfast.fullname" -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 45 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of a component's objects. Takes (root, component). */}}
{{- define "holdfast.name" -}}
{{- printf "%s-%s" (include "holdfast.fullname" (index . 0)) (index . 1) -}}
{{- end -}}

{{/*
Labels that select a component's pods. Those of the operator are the ones that its charts always had:
the selector of a Deployment cannot be changed. Takes (root, component).
*/}}
{{- define "holdfast.selectorLabels" -}}
{{- $root := index . 0 -}}
{{- $names := dict "operator" (default "rynxs" $root.Values.nameOverride) "server" "holdfast" "minio" "minio" "tests" "holdfast-tests" -}}
app.kubernetes.io/name: {{ get $names (index . 1) }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
{{- end -}}

{{/* All labels of a component's objects. Takes (root, component). */}}
{{- define "holdfast.labels" -}}
{{- $root := index . 0 -}}
{{ include "holdfast.selectorLabels" . }}
app.kubernetes.io/component: {{ index . 1 }}
app.kubernetes.io/part-of: holdfast
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* An image. Takes (root, image); what the image leaves empty is as in `image`. Fails without a version. */}}
{{- define "holdfast.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- $tag := default $root.Chart.AppVersion (default $root.Values.image.tag $image.tag) -}}
{{- if eq $tag "latest" -}}
{{- fail (printf "the tag latest of the image %s says nothing; name a version" $image.repository) -}}
{{- end -}}
{{- printf "%s:%s" (default $root.Values.image.repository $image.repository) $tag -}}
{{- end -}}

{{/* Security of a pod: what it is given, over what PodSecurity's level "restricted" asks for. */}}
{{- define "holdfast.podSecurityContext" -}}
{{- $least := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") -}}
{{- toYaml (mergeOverwrite $least (omit . "readOnlyRootFilesystem")) -}}
{{- end -}}

{{/* Security of every container. */}}
{{- define "holdfast.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/*
How a component's pods are spread; a constraint without a selector selects them.
Takes (root, component, constraints).
*/}}
{{- define "holdfast.topologySpread" -}}
{{- $pods := dict "matchLabels" (include "holdfast.selectorLabels" . | fromYaml) -}}
{{- range index . 2 }}
- maxSkew: {{ default 1 .maxSkew }}
  topologyKey: {{ .topologyKey }}
  whenUnsatisfiable: {{ .whenUnsatisfiable }}
  labelSelector:
    {{- toYaml (default $pods .labelSelector) | nindent 4 }}
  {{- with omit . "maxSkew" "topologyKey" "whenUnsatisfiable" "labelSelector" }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/*
A variable list: the defaults without those that the second list sets, then the second list.
Takes (YAML of the defaults, list).
*/}}
{{- define "holdfast.env" -}}
{{- $own := index . 1 -}}
{{- $names := list -}}
{{- range $own }}{{ $names = append $names .name }}{{ end -}}
{{- $all := list -}}
{{- range index . 0 | fromYamlArray }}
{{- if not (has .name $names) }}{{ $all = append $all . }}{{ end -}}
{{- end -}}
{{- toYaml (concat $all $own) -}}
{{- end -}}

{{/* Whole seconds of a number, or of a duration as Go writes it, such as 15s or 1m30s; rounded up. */}}
{{- define "holdfast.seconds" -}}
{{- $text := toString . -}}
{{- if regexMatch "^[0-9]+$" $text -}}
{{- $text -}}
{{- else -}}
{{- toDate "2006" "2000" | mustDateModify $text | dateModify "999ms" | unixEpoch | sub (toDate "2006" "2000" | unixEpoch) | mul -1 -}}
{{- end -}}
{{- end -}}

{{/*
Whether a disruption budget leaves a pod to disturb: "true" or nothing. Shares, such as 50%, always do.
Takes (replicas, budget).
*/}}
{{- define "holdfast.budgetFits" -}}
{{- $budget := index . 1 -}}
{{- $least := $budget.minAvailable -}}
{{- $counts := and (kindIs "invalid" $budget.maxUnavailable) (not (kindIs "string" $least)) -}}
{{- if and $budget.enabled (gt (int (index . 0)) 1) (or (not $counts) (lt (int $least) (int (index . 0)))) -}}
true
{{- end -}}
{{- end -}}

{{/* A disruption budget, where it fits. Takes (root, component, replicas, budget). */}}
{{- define "holdfast.disruptionBudget" -}}
{{- $budget := index . 3 -}}
{{- if include "holdfast.budgetFits" (list (index . 2) $budget) }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "holdfast.name" . }}
  labels:
    {{- include "holdfast.labels" . | nindent 4 }}
spec:
  {{- if not (kindIs "invalid" $budget.maxUnavailable) }}
  maxUnavailable: {{ $budget.maxUnavailable }}
  {{- else }}
  minAvailable: {{ $budget.minAvailable }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "holdfast.selectorLabels" . | nindent 6 }}
{{- end }}
{{- end -}}

{{/* A ServiceMonitor. Takes (root, component, port, path, serviceMonitor). */}}
{{- define "holdfast.serviceMonitor" -}}
{{- $root := index . 0 -}}
{{- $monitor := index . 4 -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ include "holdfast.name" . }}
  labels:
    {{- include "holdfast.labels" . | nindent 4 }}
    {{- with $monitor.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  namespaceSelector:
    matchNames: [{{ $root.Release.Namespace }}]
  selector:
    matchLabels:
      {{- include "holdfast.selectorLabels" . | nindent 6 }}
  endpoints:
    - port: {{ index . 2 }}
      path: {{ index . 3 }}
      {{- with pick $monitor "interval" "scrapeTimeout" "relabelings" "metricRelabelings" "scheme" "tlsConfig" }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
{{- end -}}

{{/* Whom a NetworkPolicy lets scrape metrics, as an entry of `from`. */}}
{{- define "holdfast.prometheusPeer" -}}
{{- with .Values.metrics.networkPolicy.prometheusNamespaceSelector }}
namespaceSelector:
  matchLabels:
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- if or .Values.metrics.networkPolicy.prometheusPodSelector (not .Values.metrics.networkPolicy.prometheusNamespaceSelector) }}
podSelector:
  matchLabels:
    {{- toYaml .Values.metrics.networkPolicy.prometheusPodSelector | nindent 4 }}
{{- end }}
{{- end -}}
