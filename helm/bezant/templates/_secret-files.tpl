{{/* Which secrets there are, as JSON `{"api-keys": {"secret": name, "key": entry}}`, by the name of their file. */}}

{{- define "bezant.secretFiles" -}}
{{- $own := printf "%s-secrets" (include "bezant.fullname" .) -}}
{{- $files := dict -}}
{{- range $file, $given := dict "api-keys" .Values.apiKeys "debug-token" .Values.debugToken "database-url" .Values.externalPostgres -}}
{{- if $given.existingSecret -}}
{{- $_ := set $files $file (dict "secret" $given.existingSecret "key" $given.key) -}}
{{- else if or $given.values $given.value $given.url -}}
{{- $_ := set $files $file (dict "secret" $own "key" $file) -}}
{{- end -}}
{{- end -}}
{{- if .Values.postgres.enabled -}}
{{- $_ := set $files "database-url" (dict "secret" (include "postgres.secret" .Subcharts.postgres) "key" "url") -}}
{{- end -}}
{{- toJson $files -}}
{{- end }}
