// Everything that is measured: by the sidecar and by the supervisor.

import { metricsText } from '../../gateway/supervisor/src/metrics.ts';
import { newVitals } from '../../gateway/supervisor/src/vitals.ts';
import { createMetrics } from '../../sidecar/src/metrics.ts';
import { measureSettings } from '../../sidecar/src/metrics-of-settings.ts';

export interface Measured {
  name: string;
  type: string;
  help: string;
  labels: readonly string[];
}

export function sidecarMetrics(): Measured[] {
  const { registry } = createMetrics({
    clock: { now: () => 0, after: () => () => undefined },
    version: '1',
  });
  measureSettings(registry, { keepaliveSeconds: 60, eventsEnabled: true, eventsDiskCapMegabytes: 1 });
  return registry.getMetricsAsArray().map((metric) => {
    const { labelNames = [] } = metric as { labelNames?: readonly string[] };
    return { name: metric.name, type: metric.type, help: metric.help, labels: labelNames };
  });
}

/** Of a supervisor with one process, which is this one. */
export function supervisorMetrics(): Measured[] {
  const vitals = { ...newVitals('gateway', 5), pid: process.pid, startedAtMs: 0, probeMs: 1 };
  const lines = metricsText([vitals], 0).split('\n');
  return lines.flatMap((line) => {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name === undefined || type === undefined) return [];
    const help = lines.find((other) => other.startsWith(`# HELP ${name} `))?.slice(`# HELP ${name} `.length);
    const sample = lines.find((other) => other.startsWith(name)) ?? '';
    const labels = [...sample.matchAll(/[{,](\w+)="/g)].map(([, label]) => label ?? '');
    return [{ name, type, help: help ?? '', labels }];
  });
}

/** What a query may name: a histogram has three series. */
export const seriesOf = ({ name, type }: Measured): string[] =>
  type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];

export const measuredNames = (): Set<string> =>
  new Set([...sidecarMetrics(), ...supervisorMetrics()].flatMap(seriesOf));
