{{/* Named by the release alone, so that the parent's names may change. Used by the parent chart as well. */}}

{{- define "postgres.fullname" -}}
{{- if gt (len .Release.Name) 43 -}}
{{- fail (printf "\n\nThe release name %q is too long for the bundled Postgres: at most 43 characters." .Release.Name) -}}
{{- end -}}
{{ .Release.Name }}-postgres
{{- end }}

{{- define "postgres.secret" -}}
{{ .Values.auth.existingSecret | default (include "postgres.fullname" .) }}
{{- end }}

{{- define "postgres.selector" -}}
app.kubernetes.io/name: postgres
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "postgres.labels" -}}
{{ include "postgres.selector" . }}
app.kubernetes.io/part-of: bezant
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}
