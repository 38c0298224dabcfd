{{/*
Where browsers find bezant, as JSON `{"origins": […]}`: the first is BEZANT_PUBLIC_URL, the others are allowed beside it.
bezant answers only to names it has been told, which keeps DNS rebinding out, so each of them has to reach it.
*/}}

{{- define "bezant.origins" -}}
{{- $origins := list -}}
{{- with .Values.publicUrl }}{{ $origins = append $origins . }}{{ end -}}
{{- with .Values.ingress -}}
{{- if .enabled }}{{ $origins = append $origins (printf "%s://%s" (ternary "https" "http" .tls.enabled) .host) }}{{ end -}}
{{- end -}}
{{- with .Values.httpRoute -}}
{{- if .enabled }}{{ $origins = append $origins (printf "%s://%s" (ternary "https" "http" .tls) .host) }}{{ end -}}
{{- end -}}
{{- dict "origins" (uniq $origins) | toJson -}}
{{- end }}
