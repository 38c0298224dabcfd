// What the events cost and how fast they are: frames from a WebSocket of our own, through the built server, into SQLite and
// Postgres and out to readers. Writes its tables into PERFORMANCE.md. `--quick` is for a glance and writes nothing; `--full`
// does nothing but read back from ten million rows, and has tables of its own.

import { startEmbedded } from '../sidecar/test/store/postgres-embedded.ts';
import { withDatabases } from '../sidecar/test/store/postgres-server.ts';
import { fillHistory, readHistory } from './events-history.ts';
import { startReaders, startStreams, type LoadReader } from './events-readers.ts';
import { weighIdle, weighLoad } from './events-memory.ts';
import { pause, startCpuShare, untilWritten, withServer, written } from './events-server.ts';
import { createTables, round } from './events-tables.ts';
import { summarize } from './load.ts';
import type { FrameSource, Sidecar } from './processes.ts';
import { onThisMachine, publish } from './report.ts';

const quick = process.argv.includes('--quick');
const seconds = quick ? 3 : 10;
const ladder = quick ? [2000, 10_000] : [1000, 2000, 5000, 7500, 10_000, 15_000, 20_000, 30_000];
/** Whoever makes room meanwhile would be measured too. */
const roomy = { BEZANT_EVENTS_DISK_CAP_MB: '100000' };
/** Long enough that memory has come to rest. */
const steadySeconds = quick ? 10 : 240;
const full = process.argv.includes('--full');
const historyRows = full ? 10_000_000 : quick ? 100_000 : 1_000_000;

const tables = createTables();
const { heading, row } = tables;

// The same programs on every machine.
const postgres = withDatabases(await startEmbedded());
const databases = [
  { name: 'SQLite', settings: () => Promise.resolve({}) },
  { name: 'Postgres', settings: async () => ({ BEZANT_DATABASE_URL: await postgres.createDatabase() }) },
];
try {
  if (!full) await timeAll();
  for (const database of databases) await timeHistory(database);
} finally {
  await postgres.stop();
}
const how = full
  ? ''
  : `; ${seconds} s at each rate. One frame in ten is an order, the others are quotes of a hundred instruments`;
publish(
  full ? 'bench:events:full' : 'bench:events',
  `Measured ${onThisMachine()}${how}.\n\n${tables.text()}`,
  !quick,
);

async function timeAll(): Promise<void> {
  await weighIdle(tables, quick ? 1 : 5);
  for (const database of databases) await climb(database);
  await weighLoad(tables, steadySeconds);
  for (const database of databases) await timeReaders(database);
  await timeManyStreams();
}

/** The highest rate at which nothing is dropped and the store is not a second behind at the end. */
async function climb({ name, settings }: (typeof databases)[number]): Promise<void> {
  let best = 0;
  let behindMs = 0;
  for (const perSecond of ladder) {
    const drainedMs = await withServer(await settings(), (sidecar, source) =>
      drain(sidecar, source, perSecond),
    );
    if (drainedMs > 1000) break;
    best = perSecond;
    behindMs = drainedMs;
  }
  if (name === 'SQLite') heading('written without loss', 'frames a second', 'behind at the end, ms');
  const isTop = best === ladder.at(-1);
  row(name, `${round(best)}${isTop ? ', the most tried' : ''}`, behindMs);
}

/** How long the store needs after the last frame; Infinity when something was lost, or not sent in time. */
async function drain(sidecar: Sidecar, source: FrameSource, perSecond: number): Promise<number> {
  await source.send({ perSecond: 200, seconds: 1 });
  await pause(500);
  const before = await written(sidecar);
  const startedMs = performance.now();
  const sent = await source.send({ perSecond, seconds });
  const sentMs = performance.now();
  if (sentMs - startedMs > seconds * 1100) return Infinity;
  return (await untilWritten(sidecar, before + sent)) - sentMs;
}

async function timeReaders({ name, settings }: (typeof databases)[number]): Promise<void> {
  heading(`from IBKR's frame to a reader at 1,000 frames a second, ${name}`, 'p50, ms', 'p99, ms', 'events');
  await withServer(await settings(), async (sidecar, source) => {
    // One way to read at a time: together they would measure the benchmark.
    for (const start of startReaders) {
      const reader = start(sidecar.url);
      await measure([reader], source, 1000);
    }
  });
}

async function timeManyStreams(): Promise<void> {
  heading('100 streams, SQLite', 'p50, ms', 'p99, ms', 'events', 'CPU, % of a core', 'RSS, MiB');
  for (const perSecond of [100, 1000]) {
    await withServer({}, async (sidecar, source) => {
      const readers = startStreams(sidecar.url, 100);
      const cpuShare = await startCpuShare(sidecar);
      await measure(
        readers,
        source,
        perSecond,
        `${perSecond} frames a second, every stream has the orders`,
        async () => [await cpuShare(), await sidecar.rssMegabytes()],
      );
    });
  }
}

async function measure(
  readers: readonly LoadReader[],
  source: FrameSource,
  perSecond: number,
  what = readers[0]?.name ?? '',
  more: () => Promise<number[]> = () => Promise.resolve([]),
): Promise<void> {
  await source.send({ perSecond, seconds: 2 });
  for (const reader of readers) reader.taken();
  await source.send({ perSecond, seconds });
  await pause(300);
  const all = readers.flatMap((reader) => reader.taken());
  for (const reader of readers) reader.stop();
  const { p50Ms, p99Ms } = summarize(all);
  row(what, p50Ms, p99Ms, String(all.length), ...(await more()));
}

async function timeHistory({ name, settings }: (typeof databases)[number]): Promise<void> {
  const chosen: Record<string, string> = await settings();
  const filled = await fillHistory(chosen['BEZANT_DATABASE_URL'] ?? null, historyRows);
  try {
    heading(`reading back from ${historyRows.toLocaleString('en')} rows, ${name}`, 'p50, ms', 'p99, ms');
    await withServer({ ...chosen, ...filled.settings, ...roomy }, async (sidecar) => {
      for (const { what, latency } of await readHistory(sidecar.url, filled))
        row(what, latency.p50Ms, latency.p99Ms);
      row('start of the process to first answer', sidecar.readyMs, '');
      row('size of the store, MiB', filled.megabytes, '');
    });
  } finally {
    filled.remove();
  }
}
