// The tables → rule files of Prometheus.

import { stringify } from 'yaml';
import type { Alert } from './alert.ts';
import { alertGroups } from './alerts.ts';
import { recordings } from './recording.ts';
import { runbookOf } from './runbook.ts';

const header = '# Written by npm run generate from observability/src; change that.\n';

export function alertsFile(): string {
  return write(alertGroups.map(({ name, alerts }) => ({ name, rules: alerts.map(ruleOf) })));
}

export function recordingFile(): string {
  const rules = recordings.map(({ record, expr }) => ({ record, expr }));
  return write([{ name: 'bezant-recording', rules }]);
}

const ruleOf = (alert: Alert) => ({
  alert: alert.name,
  expr: alert.expr,
  for: alert.for,
  labels: { severity: alert.severity },
  annotations: {
    summary: alert.summary,
    description: alert.description,
    runbook_url: runbookOf(alert.name),
  },
});

const write = (groups: readonly object[]): string => header + stringify({ groups }, { lineWidth: 0 });
