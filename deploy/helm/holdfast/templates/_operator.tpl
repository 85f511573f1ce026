{{/* "s3" or "file". */}}
{{- define "holdfast.operator.log" -}}
{{- ternary "s3" .Values.logSink.type .Values.logSink.s3.enabled -}}
{{- end -}}

{{/* Whether a leader is elected: "true" or nothing. Several replicas without one would all write. */}}
{{- define "holdfast.operator.elects" -}}
{{- if or .Values.leaderElection.enabled (gt (int .Values.replicaCount) 1) }}true{{ end -}}
{{- end -}}

{{- define "holdfast.operator.serviceAccount" -}}
{{- default (include "holdfast.name" (list . "operator")) .Values.rbac.serviceAccountName -}}
{{- end -}}

{{/* Bucket of the log. */}}
{{- define "holdfast.operator.bucket" -}}
{{- default "rynxs-events" .Values.logSink.s3.bucket -}}
{{- end -}}

{{/* Where S3 is; empty for AWS. */}}
{{- define "holdfast.operator.s3Endpoint" -}}
{{- if .Values.logSink.s3.endpoint -}}
{{- .Values.logSink.s3.endpoint -}}
{{- else if .Values.minio.enabled -}}
http://{{ include "holdfast.name" (list . "minio") }}:{{ .Values.minio.service.port }}
{{- end -}}
{{- end -}}

{{/* Times of the lease in seconds, as YAML: lease, renew, retry. Fails when they contradict. */}}
{{- define "holdfast.operator.leaseTimes" -}}
{{- $election := .Values.leaderElection -}}
{{- $lease := include "holdfast.seconds" (default (default 30 $election.leaseDuration) $election.leaseDurationSeconds) | int -}}
{{- $renew := include "holdfast.seconds" (default (default 20 $election.renewDeadline) $election.renewDeadlineSeconds) | int -}}
{{- $retry := include "holdfast.seconds" (default (default 5 $election.retryPeriod) $election.retryPeriodSeconds) | int -}}
{{- if not (and (gt $lease $renew) (gt (mul $renew 10) (mul $retry 12))) -}}
{{- fail (printf "leaderElection: leaseDurationSeconds (%d) must be more than renewDeadlineSeconds (%d), and that more than 1.2 times retryPeriodSeconds (%d)" $lease $renew $retry) -}}
{{- end -}}
lease: {{ $lease }}
renew: {{ $renew }}
retry: {{ $retry }}
{{- end -}}

{{/*
Fails on values that contradict each other, or would leave a log behind: names of the operator's earlier
charts began with RELEASE-rynxs where the release's own name has no "rynxs" in it.
*/}}
{{- define "holdfast.operator.check" -}}
{{- $earlier := printf "%s-%s" .Release.Name (default "rynxs" .Values.nameOverride) | trunc 63 | trimSuffix "-" -}}
{{- $left := lookup "v1" "PersistentVolumeClaim" .Release.Namespace (printf "%s-logs" $earlier) -}}
{{- if and (not .Values.fullnameOverride) (eq (dig "metadata" "annotations" "meta.helm.sh/release-name" "" $left) .Release.Name) -}}
{{- fail (printf "the log of this release is on the claim %s-logs, and would be lost; set fullnameOverride to %s" $earlier $earlier) -}}
{{- end -}}
{{- if and (eq (include "holdfast.operator.log" .) "file") (not .Values.persistence.enabled) -}}
{{- fail "logSink.type file needs persistence.enabled: without a volume the log would end with its pod; or use logSink.type s3" -}}
{{- end -}}
{{- range $name, $probe := .Values.probes -}}
{{- if and $probe.enabled (ne (int $probe.port) (int $.Values.metrics.port)) -}}
{{- fail (printf "probes.%s.port (%d) must be metrics.port (%d): the operator listens on one port" $name (int $probe.port) (int $.Values.metrics.port)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The variables that the operator reads. */}}
{{- define "holdfast.operator.env" -}}
{{- $times := include "holdfast.operator.leaseTimes" . | fromYaml -}}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: POD_NAMESPACE
  valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
# Who holds the lease, also where extraEnv has one RYNXS_WRITER_ID for all replicas.
- name: RYNXS_LEADER_ID
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: RYNXS_WRITER_ID
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: WATCH_NAMESPACE
  value: {{ .Values.watchNamespace | quote }}
- name: RYNXS_LEADER_ELECTION_ENABLED
  value: {{ ternary "1" "0" (eq (include "holdfast.operator.elects" .) "true") | quote }}
- name: RYNXS_LEASE_NAME
  value: {{ .Values.leaderElection.leaseName | quote }}
- name: RYNXS_LEASE_DURATION_SECONDS
  value: {{ $times.lease | quote }}
- name: RYNXS_RENEW_DEADLINE_SECONDS
  value: {{ $times.renew | quote }}
- name: RYNXS_RETRY_PERIOD_SECONDS
  value: {{ $times.retry | quote }}
- name: RYNXS_RESYNC_SECONDS
  value: {{ .Values.agents.resyncSeconds | quote }}
{{- with .Values.agents.runtimeClassName }}
- name: RYNXS_RUNTIME_CLASS
  value: {{ . | quote }}
{{- end }}
- name: METRICS_ENABLED
  value: {{ .Values.metrics.enabled | quote }}
- name: METRICS_PORT
  value: {{ .Values.metrics.port | quote }}
- name: LOG_LEVEL
  value: {{ .Values.logging.level | lower | quote }}
- name: LOG_FORMAT
  value: {{ .Values.logging.format | quote }}
{{- if .Values.checkpoints.signingKeySecret }}
- name: RYNXS_SIGNING_KEY
  value: /etc/rynxs/signing/{{ .Values.checkpoints.signingKeySecretKey }}
- name: RYNXS_CHECKPOINT_EVERY
  value: {{ .Values.checkpoints.every | quote }}
{{- end }}
{{ include "holdfast.operator.logEnv" . }}
{{- end -}}

{{/* Those that say where its log is. */}}
{{- define "holdfast.operator.logEnv" -}}
{{- $s3 := .Values.logSink.s3 -}}
- name: EVENT_STORE_TYPE
  value: {{ include "holdfast.operator.log" . | quote }}
{{- if eq (include "holdfast.operator.log" .) "file" }}
- name: EVENT_STORE_PATH
  value: /var/lib/rynxs/logs/operator-events.log
{{- else }}
- name: S3_BUCKET
  value: {{ include "holdfast.operator.bucket" . | quote }}
- name: S3_PREFIX
  value: {{ $s3.prefix | quote }}
- name: S3_REGION
  value: {{ $s3.region | quote }}
{{- with include "holdfast.operator.s3Endpoint" . }}
- name: S3_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- if $s3.accessKeySecret }}
{{- range list "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" }}
- name: {{ . }}
  valueFrom: { secretKeyRef: { name: {{ $s3.accessKeySecret | quote }}, key: {{ . }} } }
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
