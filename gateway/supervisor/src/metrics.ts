// The processes in Prometheus' text format, written by hand: one table.
import { usageOf, type Usage } from './proc.ts';
import { restartReasons, type Vitals } from './vitals.ts';

interface Sample {
  labels?: Record<string, string>;
  value: number | null;
}

interface Family {
  name: string;
  type: 'gauge' | 'counter';
  help: string;
  of: (vitals: Vitals, usage: Usage | null) => Sample[];
}

const one =
  (read: (vitals: Vitals) => number | null): Family['of'] =>
  (vitals) => [{ value: read(vitals) }];
const used =
  (read: (usage: Usage) => number): Family['of'] =>
  (_vitals, usage) => [{ value: usage === null ? null : read(usage) }];
const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);

const families: Family[] = [
  {
    name: 'bezant_process_up',
    type: 'gauge',
    help: 'Whether it answered its last probe.',
    of: one(({ fault }) => (fault === null ? 1 : 0)),
  },
  {
    name: 'bezant_process_restarts_total',
    type: 'counter',
    help: 'Times it was started again, because it ended, because it did not answer, or because it was asked for.',
    of: ({ restarts }) => restartReasons.map((reason) => ({ labels: { reason }, value: restarts[reason] })),
  },
  {
    name: 'bezant_process_restart_budget',
    type: 'gauge',
    help: 'Restarts left before everything stops; they come back with time.',
    of: one(({ restartsLeft }) => restartsLeft),
  },
  {
    name: 'bezant_process_start_timestamp_seconds',
    type: 'gauge',
    help: 'When it was last started.',
    of: one(({ startedAtMs }) => seconds(startedAtMs)),
  },
  {
    name: 'bezant_process_probe_seconds',
    type: 'gauge',
    help: 'How long its last probe took.',
    of: one(({ probeMs }) => seconds(probeMs)),
  },
  {
    name: 'bezant_process_probe_failures_total',
    type: 'counter',
    help: 'Probes that failed after it had been ready.',
    of: one(({ probeFailures }) => probeFailures),
  },
  {
    name: 'bezant_process_resident_memory_bytes',
    type: 'gauge',
    help: 'Memory it holds in RAM.',
    of: used(({ residentBytes }) => residentBytes),
  },
  {
    name: 'bezant_process_threads',
    type: 'gauge',
    help: 'Its threads.',
    of: used(({ threads }) => threads),
  },
  {
    name: 'bezant_process_open_fds',
    type: 'gauge',
    help: 'Its open files and sockets.',
    of: used(({ openFds }) => openFds),
  },
  {
    name: 'bezant_process_cpu_seconds_total',
    type: 'counter',
    help: 'CPU time it took since it was started.',
    of: used(({ cpuSeconds }) => cpuSeconds),
  },
];

const escaped = (value: string): string => value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');

function line(name: string, labels: Record<string, string>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

export function metricsText(all: Vitals[], startedAtMs: number): string {
  const measured = all.map((vitals) => ({
    vitals,
    usage: vitals.pid === null ? null : usageOf(vitals.pid),
  }));
  const head = ({ name, help, type }: Omit<Family, 'of'>): string[] => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
  ];
  const ofProcesses = families.flatMap((family) => {
    const samples = measured.flatMap(({ vitals, usage }) =>
      family
        .of(vitals, usage)
        .flatMap(({ labels, value }) =>
          value === null || Number.isNaN(value)
            ? []
            : line(family.name, { process: vitals.name, ...labels }, value),
        ),
    );
    return samples.length === 0 ? [] : [...head(family), ...samples];
  });
  const own = { name: 'bezant_supervisor_start_timestamp_seconds', type: 'gauge' } as const;
  return [
    ...ofProcesses,
    ...head({ ...own, help: 'When the supervisor was started.' }),
    line(own.name, {}, startedAtMs / 1000),
    '',
  ].join('\n');
}
