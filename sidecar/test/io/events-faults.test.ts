// What readers were told, held against what happened, while something fails: the server, IBKR, the line between, the disk.
// Nothing lost, nothing told twice, nothing out of sequence, and each outage told as one gap.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { faultsOfOrder, faultsOfOrders, faultsOfTrades, outOfTime } from './events-accounts.ts';
import { startPoller, startStreamReader, type Reader, type Told } from './events-reader.ts';
import { startScene, type Scene } from './events-scene.ts';
import type { Ledger } from './events-trader.ts';
import { until } from './events-until.ts';
import type { Env, LogLine } from './sidecar-process.ts';
import { startOwnPostgres } from '../store/postgres-server.ts';

interface Audience {
  orders: Reader;
  trades: Reader;
  stream: Reader;
}

/** Stories are independent and mostly wait, so they are played side by side; each ends what it has begun. */
const story = (name: string, play: (stage: AsyncDisposableStack) => Promise<void>): void =>
  test.concurrent(
    name,
    async () => {
      await using stage = new AsyncDisposableStack();
      await play(stage);
    },
    300_000,
  );

async function open(stage: AsyncDisposableStack, settings: Env = {}): Promise<Scene> {
  const opened = await startScene(settings);
  stage.defer(() => opened.stop());
  return opened;
}

function audience(stage: AsyncDisposableStack, { server: { url } }: Scene): Audience {
  const readers = {
    orders: startPoller(url, '/events/orders'),
    trades: startPoller(url, '/events/trades?wait=2'),
    stream: startStreamReader(url, '?topics=orders,trades'),
  };
  stage.defer(async () => {
    for (const reader of Object.values(readers)) await reader.stop();
  });
  return readers;
}

const faults = ({ orders, trades, stream }: Audience, ledger: Ledger): string[] => [
  ...[orders, trades, stream].flatMap((reader) =>
    [...faultsOfOrder(reader.events), ...reader.refusals].map((fault) => `${reader.name}: ${fault}`),
  ),
  ...faultsOfOrders(orders.events, ledger).map((fault) => `poll: ${fault}`),
  ...faultsOfTrades(trades.events, ledger).map((fault) => `long poll: ${fault}`),
  ...faultsOfOrders(stream.events, ledger).map((fault) => `stream: ${fault}`),
  ...faultsOfTrades(stream.events, ledger).map((fault) => `stream: ${fault}`),
];

const allOf = ({ orders, trades, stream }: Audience): Reader[] => [orders, trades, stream];

const gapsOf = ({ events }: Reader): Told[] => events.filter(({ topic }) => topic === 'gap');

/** What has happened until now has reached every reader, and so has everything IBKR repeats of it. */
async function settled(scene: Scene, readers: Audience, limitMs = 60_000): Promise<void> {
  const before = await scene.trader.writeDown();
  let left: string[] = [];
  await until('complete accounts', () => (left = faults(readers, before)).length === 0, limitMs).catch(
    (error: unknown) => {
      throw new Error(`${(error as Error).message}\n${left.join('\n')}`);
    },
  );
  // Three repetitions of every execution, and then something to see the end of them by.
  await scene.simulator.control('POST /clock', { advanceMs: 9_000 });
  const last = await scene.trader.buy();
  const isLast = ({ order_id, payload }: Told): boolean =>
    order_id === last && payload['filledQuantity'] === 10;
  await readers.orders.sees('the last order', isLast, 60_000);
  const ledger = await scene.trader.writeDown();
  const isComplete = (): boolean => faults(readers, ledger).length === 0;
  await until('the end', isComplete, 20_000).catch(() => undefined);
  expect(faults(readers, ledger)).toEqual([]);
}

interface Outage {
  fromMs: number;
  toMs: number;
}

/** All readers were told of these outages, one gap each, and of no other. */
async function expectGaps(readers: Audience, outages: readonly Outage[]): Promise<void> {
  for (const reader of allOf(readers)) {
    await until(`${reader.name}: the gaps`, () => gapsOf(reader).length >= outages.length, 60_000);
    const gaps = gapsOf(reader).map(({ payload: { start, end, healed } }) => ({
      isCovered: true,
      startMs: Date.parse(String(start)),
      endMs: Date.parse(String(end)),
      healed,
    }));
    expect({ reader: reader.name, gaps }).toEqual({
      reader: reader.name,
      gaps: outages.map(({ fromMs, toMs }, index) => {
        const { startMs = NaN, endMs = NaN } = gaps[index] ?? {};
        return {
          isCovered: startMs <= fromMs && endMs >= toMs,
          startMs,
          endMs,
          healed: expect.objectContaining({ complete: true }),
        };
      }),
    });
  }
}

/** When the server has noticed that its connection to IBKR is gone, which on a busy machine is later than it happened. */
async function lost({ server: { sidecar } }: Scene, sinceMs: number): Promise<number> {
  const isLoss = ({ what, time }: LogLine): boolean => what === 'lost' && Date.parse(String(time)) >= sinceMs;
  const { time } = await sidecar.logged(isLoss);
  return Date.parse(String(time));
}

async function breakOff(scene: Scene): Promise<number> {
  const beforeMs = Date.now();
  await scene.simulator.control('DELETE /sockets');
  return await lost(scene, beforeMs);
}

/** Trades until it is told to stop, so that something is always under way. */
function busy(scene: Scene): () => Promise<void> {
  const enough = new AbortController();
  const { signal } = enough;
  const work = (async () => {
    while (!signal.aborted) await scene.trader.buy();
  })();
  return async () => {
    enough.abort();
    await work;
  };
}

story('the server is killed in the middle of it, twice', async (stage) => {
  const scene = await open(stage);
  const readers = audience(stage, scene);
  const rest = busy(scene);
  const outages: Outage[] = [];
  for (const round of [1, 2]) {
    await until('some trades', () => readers.trades.events.length > 10 * round, 60_000);
    await scene.server.caughtUp(60_000);
    await scene.server.kill();
    const fromMs = Date.now();
    await scene.trader.cancel(await scene.trader.place());
    await scene.server.start();
    outages.push({ fromMs, toMs: fromMs });
  }
  await rest();
  await settled(scene, readers);
  await expectGaps(readers, outages);
});

story('the server is stopped in order and started again', async (stage) => {
  const scene = await open(stage);
  const readers = audience(stage, scene);
  // What happens before that is read up, and would be counted among what is healed.
  await scene.server.caughtUp();
  await scene.trader.buy();
  const half = await scene.trader.place();
  await scene.trader.fill(half, 3);
  await until('the first trades', () => readers.trades.events.length >= 6);
  await scene.server.end();
  const fromMs = Date.now();
  await scene.trader.fill(half);
  await scene.trader.buy();
  const toMs = Date.now();
  await scene.server.start();
  await settled(scene, readers);
  await expectGaps(readers, [{ fromMs, toMs }]);
  const healed = readers.trades.events.filter((event) => event.healed);
  expect(healed).toHaveLength(3);
  expect(outOfTime(readers.trades.events, true)).toEqual([]);
});

story('the connections to IBKR are broken, again and again', async (stage) => {
  const scene = await open(stage);
  const readers = audience(stage, scene);
  const rest = busy(scene);
  const outages: Outage[] = [];
  for (const round of [1, 2, 3]) {
    await until('some trades', () => readers.trades.events.length > 8 * round);
    const fromMs = await breakOff(scene);
    await until('the gap', () => gapsOf(readers.orders).length === round, 60_000);
    outages.push({ fromMs, toMs: fromMs });
  }
  await rest();
  await settled(scene, readers);
  await expectGaps(readers, outages);
});

story('IBKR restarts and has forgotten the day', async (stage) => {
  const scene = await open(stage);
  const readers = audience(stage, scene);
  await scene.trader.buy();
  await settled(scene, readers);
  const beforeMs = Date.now();
  await scene.simulator.restart();
  const fromMs = await lost(scene, beforeMs);
  // Its clock was ahead by so much, and goes on from there.
  await scene.simulator.control('POST /clock', { advanceMs: 9_000 });
  await scene.trader.settle();
  await scene.trader.buy();
  await settled(scene, readers);
  await expectGaps(readers, [{ fromMs, toMs: fromMs }]);
});

story('the socket falls silent', async (stage) => {
  const scene = await open(stage);
  const readers = audience(stage, scene);
  await scene.trader.buy();
  await settled(scene, readers);
  await scene.simulator.control('POST /faults', { socket: 'silent' });
  // What came before has been read when the second of two questions is answered.
  await scene.server.status();
  await scene.server.status();
  const fromMs = Date.now();
  await scene.trader.buy();
  await scene.trader.cancel(await scene.trader.place());
  await until(
    'the end of patience',
    async () => (await scene.server.status())['connected'] === false,
    40_000,
  );
  await scene.trader.buy();
  await scene.simulator.control('POST /faults', { socket: 'normal' });
  const toMs = Date.now();
  // An attempt may be waiting for a greeting that will not come any more.
  await scene.server.connected(60_000);
  await settled(scene, readers);
  await expectGaps(readers, [{ fromMs, toMs }]);
});

story('the Gateway accepts connections and never answers', async (stage) => {
  const scene = await open(stage);
  const readers = audience(stage, scene);
  await scene.trader.buy();
  await settled(scene, readers);
  await scene.simulator.control('POST /faults', { socket: 'hang-handshake' });
  const fromMs = await breakOff(scene);
  await scene.trader.buy();
  const cause = await until(
    'the end of patience',
    async () => {
      const { last_cause } = await scene.server.status();
      return last_cause === 'handshake_timeout' ? last_cause : null;
    },
    25_000,
  );
  expect(cause).toBe('handshake_timeout');
  await scene.simulator.control('POST /faults', { socket: 'normal' });
  const toMs = Date.now();
  await settled(scene, readers);
  await expectGaps(readers, [{ fromMs, toMs }]);
});

story('REST fails after the reconnect: what was missed is healed when it works again', async (stage) => {
  const scene = await open(stage);
  const readers = audience(stage, scene);
  await scene.trader.buy();
  await settled(scene, readers);
  const paths = ['/v1/api/iserver/account/trades', '/v1/api/iserver/accounts'];
  await scene.simulator.control('POST /faults', {
    socket: 'refuse',
    paths: paths.map((path) => ({ path, status: 503, times: 1 })),
  });
  const fromMs = await breakOff(scene);
  const bought = await scene.trader.place();
  await scene.trader.fill(bought);
  await scene.simulator.control('POST /faults', { socket: 'normal' });
  await readers.orders.sees('the gap', ({ topic }) => topic === 'gap', 60_000);
  await settled(scene, readers);
  await expectGaps(readers, [{ fromMs, toMs: fromMs }]);
});

/** Where nothing can be mounted, the tests on a full disk are not there. */
function onDisk(name: string, play: (stage: AsyncDisposableStack) => Promise<void>): void {
  if (mountable()) story(name, play);
  else console.log(`Not tried, for it needs root and mount: ${name}.`);
}

onDisk('the disk is full for a while: nothing is lost, and nothing is a gap', async (stage) => {
  const { folder, fill, empty } = smallDisk(stage);
  const scene = await open(stage, { BEZANT_DATA_DIR: folder });
  const readers = audience(stage, scene);
  await scene.trader.buy();
  await settled(scene, readers);
  fill();
  const told = readers.orders.events.length;
  for (let count = 0; count < 20; count += 1) await scene.trader.buy();
  await until('a store that fails', async () =>
    /^bezant_events_store_up 0$/m.test(
      await (await fetch(`${scene.server.sidecar.adminUrl}/metrics`)).text(),
    ),
  );
  expect((await scene.server.get('/livez')).status).toBe(200);
  expect((await scene.server.get('/v1/api/iserver/accounts')).status).toBe(200);
  await empty();
  await settled(scene, readers);
  expect(readers.orders.events.length).toBeGreaterThan(told);
  await expectGaps(readers, []);
});

onDisk('the database’s disk is full, and the server is killed meanwhile', async (stage) => {
  const { folder, fill, empty } = smallDisk(stage);
  const scene = await open(stage, { BEZANT_EVENTS_DB_PATH: join(folder, 'events.db') });
  const readers = audience(stage, scene);
  await scene.trader.buy();
  await settled(scene, readers);
  await scene.server.caughtUp();
  fill();
  for (let count = 0; count < 10; count += 1) await scene.trader.buy();
  await until('a spool', () => hasSpool(scene.server.dataDir));
  await scene.server.kill();
  const fromMs = Date.now();
  await empty();
  await scene.server.start();
  await settled(scene, readers);
  await expectGaps(readers, [{ fromMs, toMs: fromMs }]);
});

story('Postgres is killed in the middle of it, and is back some seconds later', async (stage) => {
  const postgres = await startOwnPostgres();
  stage.defer(() => postgres.stop());
  const url = await postgres.createDatabase();
  const scene = await open(stage, { BEZANT_DATABASE_URL: url });
  const readers = audience(stage, scene);
  const rest = busy(scene);
  await until('some trades', () => readers.trades.events.length > 5);
  await postgres.kill('SIGQUIT');
  await until('a spool', () => hasSpool(scene.server.dataDir));
  await postgres.start();
  await rest();
  await settled(scene, readers);
  await expectGaps(readers, []);
});

story('another database: cursors go on, and nobody waits for ever', async (stage) => {
  const postgres = await startOwnPostgres();
  stage.defer(() => postgres.stop());
  const scene = await open(stage);
  const readers = audience(stage, scene);
  await scene.trader.buy();
  await settled(scene, readers);
  const before = Math.max(...readers.orders.events.map(({ cursor }) => cursor));
  await scene.server.end();
  await scene.server.start({ BEZANT_DATABASE_URL: await postgres.createDatabase() });
  await scene.server.connected(60_000);
  const orderId = await scene.trader.buy();
  for (const reader of allOf(readers)) {
    const event = await reader.sees('an order after the change', ({ order_id }) => order_id === orderId);
    expect(event.cursor).toBeGreaterThan(before);
  }
});

const hasSpool = (dataDir: string): boolean => {
  const listed = spawnSync('find', [join(dataDir, 'events-spool'), '-name', '*.jsonl', '-size', '+0'], {
    encoding: 'utf8',
  });
  return listed.stdout.trim() !== '';
};

function mountable(): boolean {
  if (process.getuid?.() !== 0) return false;
  const probe = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']);
  return probe.status === 0;
}

/** A file system of its own, and small. */
function smallDisk(stage: AsyncDisposableStack): {
  folder: string;
  fill: () => void;
  empty: () => Promise<void>;
} {
  const folder = mkdtempSync(join(tmpdir(), 'bezant-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=700', 'none', folder]);
  if (mounted.status !== 0) throw new Error(`mount failed: ${String(mounted.stderr)}`);
  stage.defer(async () => {
    spawnSync('umount', ['-l', folder]);
    await rm(folder, { recursive: true, force: true });
  });
  const filler = join(folder, 'filler');
  return {
    folder,
    fill() {
      try {
        writeFileSync(filler, Buffer.alloc(16 * 1024 * 1024));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
      expect(statSync(filler).size).toBeGreaterThan(0);
    },
    empty: () => rm(filler),
  };
}
