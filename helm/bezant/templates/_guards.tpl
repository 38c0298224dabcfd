{{/* What no schema can say: values that are each right and do not go together. All faults in one message, as the server does. */}}

{{- define "bezant.guards" -}}
{{- $faults := list -}}
{{- with .Values -}}
{{- if ne (int .replicas) 1 -}}
{{- $faults = append $faults (printf "replicas is %d, and must be 1: IBKR allows one session per user, so a second pod would log the first one out. For several IBKR users install several releases, one each." (int .replicas)) -}}
{{- end -}}
{{- if and .postgres.enabled (or .externalPostgres.url .externalPostgres.existingSecret) -}}
{{- $faults = append $faults "postgres.enabled and externalPostgres exclude each other: events are kept in one database. Unset one of them." -}}
{{- end -}}
{{- if and .externalPostgres.url .externalPostgres.existingSecret -}}
{{- $faults = append $faults "externalPostgres.url and externalPostgres.existingSecret exclude each other: set one." -}}
{{- end -}}
{{- if and .apiKeys.values .apiKeys.existingSecret -}}
{{- $faults = append $faults "apiKeys.values and apiKeys.existingSecret exclude each other: set one." -}}
{{- end -}}
{{- if and .debugToken.value .debugToken.existingSecret -}}
{{- $faults = append $faults "debugToken.value and debugToken.existingSecret exclude each other: set one." -}}
{{- end -}}
{{- if and .ingress.enabled (not .ingress.host) -}}
{{- $faults = append $faults "ingress.enabled needs ingress.host: bezant answers only to names it has been told." -}}
{{- end -}}
{{- if and .httpRoute.enabled (not .httpRoute.host) -}}
{{- $faults = append $faults "httpRoute.enabled needs httpRoute.host: bezant answers only to names it has been told." -}}
{{- end -}}
{{- if and .httpRoute.enabled (not .httpRoute.parentRefs) -}}
{{- $faults = append $faults "httpRoute.enabled needs httpRoute.parentRefs: the gateways that the route is for." -}}
{{- end -}}
{{- if and .persistence.existingClaim (not .persistence.enabled) -}}
{{- $faults = append $faults "persistence.existingClaim needs persistence.enabled: off, no claim is used." -}}
{{- end -}}
{{- $drain := .settings.BEZANT_SHUTDOWN_SECS | default 10 | int -}}
{{- if lt (int .terminationGracePeriodSeconds) (add $drain 25 | int) -}}
{{- $faults = append $faults (printf "terminationGracePeriodSeconds is %d, and must be at least %d: BEZANT_SHUTDOWN_SECS (%d) and 25 seconds for the Gateway to end." (int .terminationGracePeriodSeconds) (add $drain 25) $drain) -}}
{{- end -}}
{{- end -}}
{{- $name := include "bezant.fullname" . -}}
{{- if or (gt (len $name) 43) (not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name)) -}}
{{- $faults = append $faults (printf "The name %q cannot be a Service's: at most 43 small letters, digits and hyphens, a letter first. Choose another release name, or set fullnameOverride." $name) -}}
{{- end -}}
{{- if regexMatch "-(postgres|headless|secrets|answers)$" $name -}}
{{- $faults = append $faults (printf "The name %q ends like something that another release's objects may be called. Choose another release name, or set fullnameOverride." $name) -}}
{{- end -}}
{{- if $faults -}}
{{- fail (printf "\n\n%s\n" (join "\n" $faults)) -}}
{{- end -}}
{{- end }}
