import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openPostgres } from '../../src/store/postgres.ts';
import { sliceAt } from '../../src/store/postgres-slices.ts';
import { dayMs, type EventStore } from '../../src/store/store.ts';
import { conformance } from './conformance.ts';
import { event, numbered, numbersOf, startMs } from './events.ts';
import { query } from './postgres-process.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';
import { startWireCutter } from './wire-cutter.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.stop());

const stores: EventStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.stop();
});

async function open(url: string): Promise<EventStore> {
  const store = await openPostgres({ url, nowMs: startMs });
  stores.push(store);
  return store;
}

describe('Postgres', () => {
  test.each(conformance)('%s', async (_name, run) => {
    const url = await server.createDatabase();
    await run({ open: () => open(url), openAgain: () => open(url) });
  });

  test('what is old is dropped as a table, not deleted row by row, and there is always a table ahead', async () => {
    const url = await server.createDatabase();
    const store = await open(url);
    await store.append(numbered(3, { topic: 'marketdata', conid: 1, receivedAtMs: startMs - 3 * dayMs }));
    const [old, today, soon] = [-3, 0, 2].map((days) => sliceAt('marketdata', startMs + days * dayMs).name);
    expect(await tables(url)).toEqual(expect.arrayContaining([old, today, soon]));
    const keepDays = { orders: 1, trades: 1, pnl: 1, marketdata: 1, notifications: 1, session: 1, gap: 1 };
    expect(await store.prune({ keepDays, capBytes: 2 ** 40 }, startMs)).toMatchObject({ aged: 3 });
    const after = await tables(url);
    expect(after).not.toContain(old);
    expect(after).toContain(today);
    await store.prune({ keepDays, capBytes: 2 ** 40 }, startMs + 30 * dayMs);
    expect(await tables(url)).toContain(sliceAt('orders', startMs + 32 * dayMs).name);
  });

  test('several that start at once: the tables are made once, and one of them has the database', async () => {
    const url = await server.createDatabase();
    const attempts = await Promise.allSettled(Array.from({ length: 4 }, () => open(url)));
    const failures = attempts.flatMap((attempt) =>
      attempt.status === 'rejected' ? [(attempt.reason as Error).message] : [],
    );
    expect(failures).toHaveLength(3);
    for (const message of failures) expect(message).toMatch(/another bezant-server/);
    expect((await query(url, 'SELECT name FROM bezant_migrations')).rows).toHaveLength(1);
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

async function tables(url: string): Promise<unknown[]> {
  const { rows } = await query(url, `SELECT relname FROM pg_class WHERE relkind = 'r'`);
  return rows.map((row: { relname: string }) => row.relname);
}
