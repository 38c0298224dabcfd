// Settings that alerts must know: what is switched off cannot be broken, and a limit tells how near it is.

import { Gauge, type Registry } from '@prometheus-io/client';
import type { Config } from './config.ts';

type Settings = Pick<Config, 'keepaliveSeconds' | 'eventsEnabled' | 'eventsDiskCapMegabytes'>;

const rows: readonly { name: string; help: string; value: (settings: Settings) => number }[] = [
  {
    name: 'bezant_keepalive_interval_seconds',
    help: 'How often a keepalive is sent; 0 when that is switched off.',
    value: ({ keepaliveSeconds }) => keepaliveSeconds,
  },
  {
    name: 'bezant_events_enabled',
    help: 'Whether events are followed and kept.',
    value: ({ eventsEnabled }) => Number(eventsEnabled),
  },
  {
    name: 'bezant_events_disk_cap_bytes',
    help: 'Most that the event store may take, and as much again what waits for it.',
    value: ({ eventsDiskCapMegabytes }) => eventsDiskCapMegabytes * 1024 * 1024,
  },
];

export function measureSettings(registry: Registry, settings: Settings): void {
  for (const { name, help, value } of rows) {
    new Gauge({ name, help, registers: [registry] }).set(value(settings));
  }
}
