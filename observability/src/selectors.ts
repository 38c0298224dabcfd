// What every query of a dashboard is narrowed to, in Grafana's variables. A label that a scrape does not have, such as the
// namespace outside Kubernetes, is matched by “All”.

import { recordings } from './recording.ts';
import { sidecarJob } from './jobs.ts';

const chosen = 'namespace=~"$namespace",instance=~"$instance"';
const chosenSupervisor = 'namespace=~"$namespace",instance=~"$supervisor"';

const selector = (metric: string, target: string, labels: string): string =>
  `${metric}{${[target, labels].filter((part) => part !== '').join(',')}}`;

/** A metric of the sidecar: `of('bezant_events_queued')`, `of('bezant_session_state', 'state="live"')`. */
export const of = (metric: string, labels = ''): string => selector(metric, chosen, labels);

/** A metric that other programs have too, of the sidecar's process. */
export const ofProcess = (metric: string): string => selector(metric, `job="${sidecarJob}",${chosen}`, '');

/** A metric of the supervisor. */
export const ofSupervisor = (metric: string, labels = ''): string =>
  selector(metric, chosenSupervisor, labels);

/** What a recording rule keeps. */
export function recorded(name: string, labels = ''): string {
  if (!recordings.some(({ record }) => record === name)) throw new Error(`nothing records ${name}`);
  return of(name, labels);
}

export const rateOf = (metric: string, labels = ''): string =>
  `rate(${of(metric, labels)}[$__rate_interval])`;
