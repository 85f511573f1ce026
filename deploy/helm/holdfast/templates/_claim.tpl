{{/*
A claim of storage. Takes (root, component, name, persistence, whether it is wanted). One that is not, and
is there, stays as it is: an upgrade must not take what is stored on it.
*/}}
{{- define "holdfast.claim" -}}
{{- $root := index . 0 -}}
{{- $persistence := index . 3 -}}
{{- $spec := dict -}}
{{- if not (index . 4) -}}
{{- $there := lookup "v1" "PersistentVolumeClaim" $root.Release.Namespace (index . 2) -}}
{{- if eq (dig "metadata" "annotations" "meta.helm.sh/release-name" "" $there) $root.Release.Name -}}
{{- $spec = $there.spec -}}
{{- end -}}
{{- end -}}
{{- if or (index . 4) $spec }}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ index . 2 }}
  labels:
    {{- include "holdfast.labels" . | nindent 4 }}
  {{- if $persistence.keepOnUninstall }}
  annotations:
    helm.sh/resource-policy: keep
  {{- end }}
spec:
  {{- if $spec }}
  {{- toYaml $spec | nindent 2 }}
  {{- else }}
  accessModes: [{{ $persistence.accessMode }}]
  {{- with $persistence.storageClass }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources:
    requests:
      storage: {{ $persistence.size }}
  {{- end }}
{{- end }}
{{- end -}}
