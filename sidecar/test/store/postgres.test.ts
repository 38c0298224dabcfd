import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { openPostgres } from '../../src/store/postgres.ts';
import { partitionAt } from '../../src/store/postgres-partitions.ts';
import { dayMs, type EventStore } from '../../src/store/store.ts';
import { conformance } from './conformance.ts';
import { event, numbered, numbersOf, startMs } from './events.ts';
import { query } from './postgres-process.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';
import { startWireCutter } from './wire-cutter.ts';

const server: PostgresServer = await startPostgres();
// With many databases of a server that was given, one by one.
afterAll(() => server.stop(), 180_000);

const stores: EventStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.stop();
});

async function open(url: string, mayUseHypertables = true): Promise<EventStore> {
  const store = await openPostgres({ url, nowMs: startMs, mayUseHypertables });
  stores.push(store);
  return store;
}

/** What any Postgres must do besides, however it keeps the events. */
const further: typeof conformance = [
  ...conformance,
  [
    'tells up to where it made room, also when events come meanwhile',
    async ({ open }) => {
      const store = await open();
      const price = { topic: 'marketdata', conid: 1 } as const;
      const stored = await store.append(numbered(20_000, price));
      const keepDays = { orders: 9, trades: 9, pnl: 9, marketdata: 9, notifications: 9, session: 9, gap: 9 };
      const over = new AbortController();
      const pruning = store.prune({ keepDays, capBytes: 1 }, startMs).finally(() => over.abort());
      while (!over.signal.aborted) stored.push(...(await store.append(numbered(50, price))));
      expect(await pruning).toMatchObject({ aged: 0 });
      const gone = (await store.bounds()).prunedThrough.get('marketdata') ?? 0;
      expect(gone).toBeGreaterThanOrEqual(stored[19_999]?.cursor ?? NaN);
      const left = stored.filter(({ cursor }) => cursor > gone);
      expect(await store.readAfter({ streams: null, topics: null }, 0, 100_000)).toEqual(left);
    },
  ],
];

describe('Postgres', () => {
  test.each(further)('%s', async (_name, run) => {
    const url = await server.createDatabase();
    await run({ open: () => open(url), openAgain: () => open(url) });
  });

  test('what is old is dropped as a table, not deleted row by row, and there is always a table ahead', async () => {
    const url = await server.createDatabase();
    const store = await open(url);
    await store.append(numbered(3, { topic: 'marketdata', conid: 1, receivedAtMs: startMs - 3 * dayMs }));
    const [old, today, soon] = [-3, 0, 2].map(
      (days) => partitionAt('marketdata', startMs + days * dayMs).table,
    );
    expect(await tables(url)).toEqual(expect.arrayContaining([old, today, soon]));
    const keepDays = { orders: 1, trades: 1, pnl: 1, marketdata: 1, notifications: 1, session: 1, gap: 1 };
    expect(await store.prune({ keepDays, capBytes: 2 ** 40 }, startMs)).toMatchObject({ aged: 3 });
    const after = await tables(url);
    expect(after).not.toContain(old);
    expect(after).toContain(today);
    await store.prune({ keepDays, capBytes: 2 ** 40 }, startMs + 30 * dayMs);
    expect(await tables(url)).toContain(partitionAt('orders', startMs + 32 * dayMs).table);
  });

  test('several that start at once: the tables are made once, and one of them has the database', async () => {
    const url = await server.createDatabase();
    const attempts = await Promise.allSettled(Array.from({ length: 4 }, () => open(url)));
    const failures = attempts.flatMap((attempt) =>
      attempt.status === 'rejected' ? [(attempt.reason as Error).message] : [],
    );
    expect(failures).toHaveLength(3);
    for (const message of failures) expect(message).toMatch(/another bezant-server/);
    expect((await query(url, 'SELECT name FROM bezant_migrations')).rows).toHaveLength(2);
  });

  test('a migration that was changed after it was applied is told', async () => {
    const url = await server.createDatabase();
    await (await open(url)).stop();
    await query(url, `UPDATE bezant_migrations SET checksum = 'other'`);
    await expect(open(url)).rejects.toThrow(/0001-events.sql is not the one that was applied/);
  });

  test('a commit whose answer was lost is recognised', async () => {
    const url = await server.createDatabase();
    const cutter = await startWireCutter(url);
    const store = await open(cutter.url);
    await store.append([event({ payload: { n: 1 } })], 'first');
    const events = numbered(2, {}, 2);
    cutter.cutAtNextAnswer();
    await expect(store.append(events, 'second')).rejects.toThrow();
    const written = await query(url, 'SELECT cursor FROM bezant_events');
    expect(written.rows).toHaveLength(3);
    const stored = await store.append(events, 'second');
    expect(numbersOf(stored)).toEqual([2, 3]);
    expect(numbersOf(await store.append([event({ payload: { n: 4 } })], 'third'))).toEqual([4]);
    expect(numbersOf(await store.readAfter({ streams: null, topics: null }, 0, 10))).toEqual([1, 2, 3, 4]);
    await store.stop();
    await cutter.stop();
  });
});

/** A database with the extension, where the server has it. */
async function createTimescale(): Promise<string> {
  const url = await server.createDatabase();
  await query(url, 'CREATE EXTENSION timescaledb');
  return url;
}

const timescaleIsMissing = await createTimescale().then(
  () => null,
  (error: unknown) => (error as Error).message,
);
if (timescaleIsMissing !== null) console.log(`Not tried, TimescaleDB: ${timescaleIsMissing}`);
else
  describe('Postgres with TimescaleDB', () => {
    test.each(further)('%s', async (_name, run) => {
      const url = await createTimescale();
      await run({ open: () => open(url), openAgain: () => open(url) });
      expect(await isHypertable(url)).toBe(true);
    });

    test('what is old is dropped as a chunk', async () => {
      const url = await createTimescale();
      const store = await open(url);
      const price = { topic: 'marketdata', conid: 1 } as const;
      await store.append(numbered(3, { ...price, receivedAtMs: startMs - 3 * dayMs }));
      await store.append(numbered(2, price, 4));
      const keepDays = { orders: 1, trades: 1, pnl: 1, marketdata: 1, notifications: 1, session: 1, gap: 1 };
      expect(await chunks(url)).toBe(2);
      expect(await store.prune({ keepDays, capBytes: 2 ** 40 }, startMs)).toMatchObject({ aged: 3 });
      expect(await chunks(url)).toBe(1);
      expect(numbersOf(await store.readAfter({ streams: null, topics: null }, 0, 10))).toEqual([4, 5]);
    });

    test('as another role, with the extension in a schema of its own', async () => {
      const given = await server.createDatabase();
      const url = new URL(given);
      const role = url.pathname.slice(1);
      await query(
        given,
        `CREATE SCHEMA "Elsewhere"; CREATE EXTENSION timescaledb SCHEMA "Elsewhere"; CREATE ROLE ${role} LOGIN PASSWORD 'trader';
        CREATE SCHEMA trader AUTHORIZATION ${role}; GRANT USAGE ON SCHEMA "Elsewhere" TO ${role}`,
      );
      url.username = role;
      url.password = 'trader';
      url.searchParams.set('options', '-c search_path=trader');
      const store = await open(url.href);
      await store.append(numbered(3, { receivedAtMs: startMs - 30 * dayMs }));
      const keepDays = { orders: 1, trades: 1, pnl: 1, marketdata: 1, notifications: 1, session: 1, gap: 1 };
      expect(await store.prune({ keepDays, capBytes: 2 ** 40 }, startMs)).toMatchObject({ aged: 3 });
      expect(await isHypertable(url.href)).toBe(true);
      await store.stop();
      await query(given, `DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
    });

    test('an operator may say no, and what the tables are they stay', async () => {
      const url = await createTimescale();
      const first = await open(url, false);
      const before = await first.append(numbered(3));
      await first.stop();
      // As in a database of a version that knew no hypertables.
      await query(url, `DELETE FROM bezant_migrations WHERE name > '0002'`);
      const second = await open(url, true);
      expect(await isHypertable(url)).toBe(false);
      expect(await second.readAfter({ streams: null, topics: null }, 0, 10)).toEqual(before);
    });

    async function isHypertable(url: string): Promise<boolean> {
      const { rows } = await query(url, 'SELECT FROM timescaledb_information.hypertables');
      return rows.length > 0;
    }

    async function chunks(url: string): Promise<number> {
      return (await query(url, 'SELECT FROM timescaledb_information.chunks')).rows.length;
    }
  });

async function tables(url: string): Promise<unknown[]> {
  const { rows } = await query(url, `SELECT relname FROM pg_class WHERE relkind = 'r'`);
  return rows.map((row: { relname: string }) => row.relname);
}
