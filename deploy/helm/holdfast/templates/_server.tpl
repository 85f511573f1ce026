{{/* Least number of replicas that run. */}}
{{- define "holdfast.server.replicas" -}}
{{- ternary .Values.server.autoscaling.minReplicas .Values.server.replicaCount .Values.server.autoscaling.enabled -}}
{{- end -}}

{{/* Name of the Secret with the configuration; empty where there is none. */}}
{{- define "holdfast.server.configSecret" -}}
{{- if .Values.server.existingConfigSecret -}}
{{- .Values.server.existingConfigSecret -}}
{{- else if .Values.server.config -}}
{{- include "holdfast.name" (list . "server-config") -}}
{{- end -}}
{{- end -}}

{{/* Fails on values that contradict each other, or would lose what was stored. */}}
{{- define "holdfast.server.check" -}}
{{- $server := .Values.server -}}
{{- $known := not $server.existingConfigSecret -}}
{{- $several := or (gt (int (include "holdfast.server.replicas" .)) 1) $server.autoscaling.enabled -}}
{{- if and $server.existingConfigSecret $server.config -}}
{{- fail "server: config and existingConfigSecret exclude each other" -}}
{{- end -}}
{{- if and $several $server.persistence.enabled -}}
{{- fail "server: several replicas cannot share a volume; set server.persistence.enabled to false, and config.database to a PostgreSQL" -}}
{{- end -}}
{{- if and $known (not $server.persistence.enabled) -}}
{{- if not $server.config.database -}}
{{- fail "server: without persistence.enabled the database must be elsewhere; set server.config.database" -}}
{{- end -}}
{{- if not $server.config.backends -}}
{{- fail "server: without persistence.enabled objects must be kept elsewhere; set server.config.backends" -}}
{{- end -}}
{{- if not (has (dig "log" "store" "file" $server.config) (list "holdfast" "s3")) -}}
{{- fail "server: without persistence.enabled the log must be kept elsewhere; set server.config.log.store to holdfast or s3" -}}
{{- end -}}
{{- range $server.config.backends -}}
{{- if eq (default "s3" .type) "disk" -}}
{{- fail (printf "server: without persistence.enabled the backend %s cannot be on disk" .name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $settings := default (dict) $server.config.server -}}
{{- if not (hasSuffix ":9000" (default ":9000" $settings.listen_addr)) -}}
{{- fail "server: the container listens on port 9000; leave config.server.listen_addr out, and set server.service.port" -}}
{{- end -}}
{{- if and $settings.tls (ne $server.scheme "HTTPS") -}}
{{- fail "server: with config.server.tls probes must speak it, too; set server.scheme to HTTPS" -}}
{{- end -}}
{{- $patience := include "holdfast.seconds" (default "30s" $settings.shutdown_timeout) | int -}}
{{- if le (int $server.terminationGracePeriodSeconds) (add $patience $server.preStopSleepSeconds | int) -}}
{{- fail (printf "server: terminationGracePeriodSeconds (%d) must be more than config.server.shutdown_timeout (%d s) and preStopSleepSeconds (%d) together" (int $server.terminationGracePeriodSeconds) $patience (int $server.preStopSleepSeconds)) -}}
{{- end -}}
{{- end -}}

{{/* The variables that the server reads. */}}
{{- define "holdfast.server.env" -}}
- name: HOLDFAST_DATA_DIR
  value: /var/lib/holdfast
{{- if not (include "holdfast.server.configSecret" .) }}
- name: HOLDFAST_LISTEN
  value: 0.0.0.0:9000
{{- end }}
{{- end -}}

{{/* The pods of the server: the template of a Deployment or a StatefulSet. */}}
{{- define "holdfast.server.pod" -}}
{{- $server := .Values.server -}}
{{- $secret := include "holdfast.server.configSecret" . -}}
metadata:
  labels:
    {{- include "holdfast.labels" (list . "server") | nindent 4 }}
  {{- $sum := ternary (dict "checksum/config" (toYaml $server.config | sha256sum)) (dict) (not (empty $server.config)) }}
  {{- with merge $sum $server.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $server.terminationGracePeriodSeconds }}
  securityContext:
    {{- include "holdfast.podSecurityContext" $server.securityContext | nindent 4 }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: server
      image: {{ include "holdfast.image" (list . $server.image) }}
      imagePullPolicy: {{ default .Values.image.pullPolicy $server.image.pullPolicy }}
      args:
        - serve
        {{- if $secret }}
        - --config=/etc/holdfast/holdfast.yaml
        {{- end }}
        {{- range $server.extraArgs }}
        - {{ . | quote }}
        {{- end }}
      env:
        {{- include "holdfast.env" (list (include "holdfast.server.env" .) $server.extraEnv) | nindent 8 }}
      {{- with $server.envFromSecrets }}
      envFrom:
        {{- range . }}
        - secretRef: { name: {{ . | quote }} }
        {{- end }}
      {{- end }}
      ports:
        - name: s3
          containerPort: 9000
      # The first start makes a database.
      startupProbe:
        httpGet: { path: /health, port: s3, scheme: {{ $server.scheme }} }
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /health, port: s3, scheme: {{ $server.scheme }} }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /health, port: s3, scheme: {{ $server.scheme }} }
        periodSeconds: 5
        timeoutSeconds: 2
      {{- /* A server takes no connection from SIGTERM on; nodes go on sending some for a while. */}}
      {{- if and $server.preStopSleepSeconds (not $server.persistence.enabled) (semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version) }}
      lifecycle:
        preStop:
          sleep: { seconds: {{ $server.preStopSleepSeconds }} }
      {{- end }}
      resources:
        {{- toYaml $server.resources | nindent 8 }}
      securityContext:
        {{- include "holdfast.containerSecurityContext" . | nindent 8 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        - name: data
          mountPath: /var/lib/holdfast
        {{- if $secret }}
        - name: config
          mountPath: /etc/holdfast
          readOnly: true
        {{- end }}
        {{- with $server.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {}
    - name: data
      {{- if $server.persistence.enabled }}
      persistentVolumeClaim:
        claimName: {{ default (include "holdfast.name" (list . "server-data")) $server.persistence.existingClaim }}
      {{- else }}
      emptyDir: {}
      {{- end }}
    {{- if $secret }}
    - name: config
      secret:
        secretName: {{ $secret }}
        defaultMode: 0440
    {{- end }}
    {{- with $server.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $server.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- include "holdfast.topologySpread" (list $ "server" .) | nindent 4 }}
  {{- end }}
  {{- with pick $server "nodeSelector" "tolerations" "affinity" "priorityClassName" }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}
