// What the events cost and how fast they are: frames from a WebSocket of our own, through the built server, into SQLite and
// Postgres and out to readers. Writes its table into PERFORMANCE.md. `--quick` is for a glance and writes nothing; `--full`
// reads back from ten million rows instead of one.

import { startEmbedded } from '../sidecar/test/store/postgres-embedded.ts';
import { withDatabases } from '../sidecar/test/store/postgres-server.ts';
import { fillHistory, readHistory } from './events-history.ts';
import { startReaders, startStreams, type LoadReader } from './events-readers.ts';
import { median, summarize } from './load.ts';
import { startFrameSource, startSidecar, type FrameSource, type Sidecar } from './processes.ts';
import { onThisMachine, publish } from './report.ts';

const quick = process.argv.includes('--quick');
const seconds = quick ? 3 : 10;
const ladder = quick ? [2000, 10_000] : [1000, 2000, 5000, 7500, 10_000, 15_000, 20_000, 30_000];
const historyRows = process.argv.includes('--full') ? 10_000_000 : quick ? 100_000 : 1_000_000;

const lines: string[] = [];
const row = (what: string, ...cells: (number | string)[]): void =>
  void lines.push(
    `| ${[what, ...cells.map((cell) => (typeof cell === 'number' ? round(cell) : cell))].join(' | ')} |`,
  );
const round = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
const heading = (...cells: string[]): void => {
  if (lines.length > 0) lines.push('');
  lines.push(`| ${cells.join(' | ')} |`, `| --- |${' ---: |'.repeat(cells.length - 1)}`);
};

// The same programs on every machine.
const postgres = withDatabases(await startEmbedded());
const databases = [
  { name: 'SQLite', settings: () => Promise.resolve({}) },
  { name: 'Postgres', settings: async () => ({ BEZANT_DATABASE_URL: await postgres.createDatabase() }) },
];
try {
  await weighIdle();
  for (const database of databases) await climb(database);
  await weighLoad();
  for (const database of databases) await timeReaders(database);
  await timeManyStreams();
  for (const database of databases) await timeHistory(database);
} finally {
  await postgres.stop();
}
publish(
  'bench:events',
  `Measured ${onThisMachine()}; ${seconds} s at each rate. One frame in ten is an order, the others are quotes of a hundred instruments.\n\n${lines.join('\n')}`,
  !quick,
);

async function withServer<Result>(
  settings: Readonly<Record<string, string>>,
  run: (sidecar: Sidecar, source: FrameSource) => Promise<Result>,
): Promise<Result> {
  const source = await startFrameSource();
  const sidecar = await startSidecar(source.url, settings);
  try {
    while (settings['BEZANT_EVENTS_ENABLED'] !== '0' && !(await isConnected(sidecar))) await pause(20);
    return await run(sidecar, source);
  } finally {
    await sidecar.stop();
    await source.stop();
  }
}

async function isConnected({ url }: Sidecar): Promise<boolean> {
  const status = (await (await fetch(`${url}/events/_status`)).json()) as { connected: boolean };
  return status.connected;
}

async function weighIdle(): Promise<void> {
  heading('idle', 'without events', 'with events');
  const measured: { rss: number; readyMs: number }[] = [];
  for (const enabled of ['0', '1']) {
    const all = [];
    for (let round = 0; round < (quick ? 1 : 5); round += 1) {
      all.push(
        await withServer({ BEZANT_EVENTS_ENABLED: enabled }, async (sidecar) => {
          await pause(3000);
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
  return (await until(sidecar, before + sent)) - sentMs;
}

async function weighLoad(): Promise<void> {
  heading('frames a second, into SQLite', 'CPU, % of a core', 'RSS, MiB');
  for (const perSecond of [100, 1000, 10_000]) {
    await withServer({}, async (sidecar, source) => {
      await source.send({ perSecond, seconds: 2 });
      const before = await sidecar.cpuSeconds();
      const startedMs = performance.now();
      await source.send({ perSecond, seconds });
      const share = ((await sidecar.cpuSeconds()) - before) / ((performance.now() - startedMs) / 1000);
      row(String(perSecond), share * 100, await sidecar.rssMegabytes());
    });
  }
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
      const before = await sidecar.cpuSeconds();
      const startedMs = performance.now();
      await measure(
        readers,
        source,
        perSecond,
        `${perSecond} frames a second, every stream has the orders`,
        async () => [
          (((await sidecar.cpuSeconds()) - before) / ((performance.now() - startedMs) / 1000)) * 100,
          await sidecar.rssMegabytes(),
        ],
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
    await withServer({ ...chosen, ...filled.settings }, async (sidecar) => {
      for (const { what, latency } of await readHistory(sidecar.url, filled))
        row(what, latency.p50Ms, latency.p99Ms);
      row('start of the process to first answer', sidecar.readyMs, '');
      row('size of the store, MiB', filled.megabytes, '');
    });
  } finally {
    filled.remove();
  }
}

function written(sidecar: Sidecar): Promise<number> {
  return sidecar.sum('bezant_events_written_total');
}

/** When so many are written, or nothing more comes for two seconds. */
async function until(sidecar: Sidecar, count: number): Promise<number> {
  let last = -1;
  let lastMs = performance.now();
  for (;;) {
    const now = await written(sidecar);
    if (now >= count) return performance.now();
    if (now !== last) [last, lastMs] = [now, performance.now()];
    if (performance.now() - lastMs > 2000) return Infinity;
    await pause(20);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
