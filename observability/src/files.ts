// Every file that is written: its path in the repository, and its text.

import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { events } from './dashboards/events.ts';
import { overview } from './dashboards/overview.ts';
import { processes } from './dashboards/processes.ts';
import { session } from './dashboards/session.ts';
import { upstream } from './dashboards/upstream.ts';
import { alertsFile, recordingFile } from './rule-files.ts';

export const dashboards: Readonly<Record<string, Dashboard>> = {
  overview,
  session,
  upstream,
  events,
  processes,
};

export const files: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(dashboards).map(([name, dashboard]) => [
      `helm/bezant/dashboards/${name}.json`,
      `${JSON.stringify(dashboard, null, 2)}\n`,
    ]),
  ),
  'helm/bezant/rules/alerts.yaml': alertsFile(),
  'helm/bezant/rules/recording.yaml': recordingFile(),
};
