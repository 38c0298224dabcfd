// What the events cost while nothing happens, and whether memory stays where it is while much does.

import { pause, startCpuShare, untilWritten, withServer, written } from './events-server.ts';
import type { Tables } from './events-tables.ts';
import { median } from './load.ts';
import type { FrameSource, Sidecar } from './processes.ts';

/** As it runs with a session to keep, and beyond the second keepalive: a server that has never called IBKR is smaller. */
const keepaliveSeconds = 5;
const idleMs = 12_000;

const sampleMs = 5000;
/** This share of a run fills what is kept in memory, and is told apart. */
const warmUp = 1 / 3;

export async function weighIdle({ heading, row }: Tables, rounds: number): Promise<void> {
  heading('idle', 'without events', 'with events');
  const measured: { rss: number; readyMs: number }[] = [];
  for (const enabled of ['0', '1']) {
    const all: { rss: number; readyMs: number }[] = [];
    const settings = { BEZANT_EVENTS_ENABLED: enabled, BEZANT_KEEPALIVE_SECS: String(keepaliveSeconds) };
    for (let round = 0; round < rounds; round += 1) {
      all.push(
        await withServer(settings, async (sidecar) => {
          await pause(idleMs);
          return { rss: await sidecar.rssMegabytes(), readyMs: sidecar.readyMs };
        }),
      );
    }
    measured.push({
      rss: median(all.map(({ rss }) => rss)),
      readyMs: median(all.map(({ readyMs }) => readyMs)),
    });
  }
  row('RSS, MiB', ...measured.map(({ rss }) => rss));
  row('start of the process to first answer, ms', ...measured.map(({ readyMs }) => readyMs));
}

interface Sample {
  rss: number;
  heap: number;
}

export async function weighLoad({ heading, row }: Tables, seconds: number): Promise<void> {
  heading(
    `frames a second, into SQLite, for ${seconds} s`,
    'CPU, % of a core',
    'RSS at the start, MiB',
    'RSS in the last two thirds',
    'RSS at the end',
    'heap in use in the last two thirds, MiB',
    'lost',
  );
  for (const perSecond of [100, 1000, 10_000]) {
    await withServer({}, async (sidecar, source) => {
      const start = await sample(sidecar);
      const before = await written(sidecar);
      const cpuShare = await startCpuShare(sidecar);
      const { sent, samples } = await sampleWhile(sidecar, source, { perSecond, seconds });
      const cpu = await cpuShare();
      await untilWritten(sidecar, before + sent);
      const warm = samples.slice(Math.floor(samples.length * warmUp));
      row(
        String(perSecond),
        cpu,
        start.rss,
        range(warm.map(({ rss }) => rss)),
        samples.at(-1)?.rss ?? start.rss,
        range(warm.map(({ heap }) => heap)),
        String(before + sent - (await written(sidecar))),
      );
    });
  }
}

async function sampleWhile(
  sidecar: Sidecar,
  source: FrameSource,
  load: { perSecond: number; seconds: number },
): Promise<{ sent: number; samples: Sample[] }> {
  const samples: Sample[] = [];
  const sending = source.send(load);
  for (let sent: number | null = null; ;) {
    sent = await Promise.race([sending, pause(sampleMs).then(() => null)]);
    samples.push(await sample(sidecar));
    if (sent !== null) return { sent, samples };
  }
}

const sample = async (sidecar: Sidecar): Promise<Sample> => ({
  rss: await sidecar.rssMegabytes(),
  heap: (await sidecar.sum('nodejs_heap_size_used_bytes')) / 1024 / 1024,
});

const range = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`;
