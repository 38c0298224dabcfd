{{/* The container's environment: what the chart decides, then `settings`. Secrets are files, so that no listing shows them. */}}

{{- define "bezant.env" -}}
{{- $origins := (include "bezant.origins" . | fromJson).origins -}}
{{- $service := include "bezant.fullname" . -}}
{{- $hosts := list $service (printf "%s.%s" $service .Release.Namespace) (printf "%s.%s.svc" $service .Release.Namespace) (printf "%s.%s.svc.%s" $service .Release.Namespace .Values.clusterDomain) -}}
{{- $env := dict -}}
{{- with .Values.demo }}{{ $_ := set $env "BEZANT_DEMO" "1" }}{{ end -}}
{{- with first $origins }}{{ $_ := set $env "BEZANT_PUBLIC_URL" . }}{{ end -}}
{{- range rest $origins -}}
{{- $hosts = append $hosts (urlParse .).hostname -}}
{{- end -}}
{{- range $name, $value := .Values.settings -}}
{{- if kindIs "slice" $value }}{{ $value = join "," $value }}{{ else if kindIs "float64" $value }}{{ $value = int64 $value }}{{ end -}}
{{- $_ := set $env $name (toString $value) -}}
{{- end -}}
{{- $_ := set $env "BEZANT_ALLOWED_HOSTS" (concat $hosts (compact (list $env.BEZANT_ALLOWED_HOSTS)) | join ",") -}}
{{- with concat (rest $origins) (compact (list $env.BEZANT_ALLOWED_ORIGINS)) }}{{ $_ := set $env "BEZANT_ALLOWED_ORIGINS" (join "," .) }}{{ end -}}
{{- if .Values.tls.existingSecret -}}
{{- $_ := set $env "BEZANT_TLS_CERT" "/etc/bezant/tls/tls.crt" -}}
{{- $_ := set $env "BEZANT_TLS_KEY" "/etc/bezant/tls/tls.key" -}}
{{- end -}}
{{- range $file, $_ := include "bezant.secretFiles" . | fromJson -}}
{{- $_ := set $env (printf "BEZANT_%s_FILE" ($file | upper | replace "-" "_")) (printf "/etc/bezant/secrets/%s" $file) -}}
{{- end -}}
{{- range $name, $value := $env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
