{{/* The server does not start without its database, and its restarts are counted: at the first install Postgres takes longer. */}}

{{- define "bezant.waitForPostgres" -}}
- name: wait-for-postgres
  image: {{ include "bezant.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  securityContext: {{- include "bezant.containerSecurity" . | nindent 4 }}
  command: [node, --eval]
  args:
    - |
      const { connect } = require('node:net');
      const ask = () =>
        connect(5432, {{ include "postgres.fullname" .Subcharts.postgres | squote }})
          .on('connect', () => process.exit(0))
          .on('error', ({ code }) => {
            console.log(`Postgres does not answer yet (${code}).`);
            setTimeout(ask, 2000);
          });
      ask();
  resources: {{- toYaml .Values.resources | nindent 4 }}
{{- end }}
