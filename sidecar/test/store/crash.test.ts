// A writer killed at any moment: what it told to be stored is stored, once, and no cursor is ever given again.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoredEvent } from '../../src/event.ts';
import type { Happening } from '../../src/observe.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import type { EventStore } from '../../src/store/store.ts';
import { event, numbered, numbersOf, startMs } from './events.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';
import { startWriterProcess, type WriterProcess } from './writer-handle.ts';

let server: PostgresServer;
let folder = '';
const processes: WriterProcess[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bezant-crash-'));
  server = await startPostgres();
}, 60_000);
afterEach(async () => {
  for (const one of processes.splice(0)) await one.kill();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function start(env: Record<string, string>): Promise<WriterProcess> {
  const writer = await startWriterProcess(env);
  processes.push(writer);
  return writer;
}

async function readAll(store: EventStore): Promise<StoredEvent[]> {
  const events = await store.readAfter({ streams: null, topics: null }, 0, 1_000_000);
  await store.stop();
  return events;
}

const databases: [
  name: string,
  make: (dataDir: string) => Promise<[env: Record<string, string>, open: () => Promise<EventStore>]>,
][] = [
  [
    'SQLite',
    (dataDir) => Promise.resolve([{}, () => Promise.resolve(openSqlite(join(dataDir, 'events.db')))]),
  ],
  [
    'Postgres',
    async () => {
      const url = await server.createDatabase();
      return [
        { BEZANT_DATABASE_URL: url },
        () => openPostgres({ url, nowMs: startMs, mayUseHypertables: true }),
      ];
    },
  ],
];

describe.each(databases)('killed in the midst of writing to %s', (name, make) => {
  test('again and again', async () => {
    const dataDir = join(folder, name);
    const [env, open] = await make(dataDir);
    const told = new Map<number, unknown>();
    for (let round = 0; round < 4; round++) {
      const highest = Math.max(0, ...told.keys());
      const writer = await start({ ...env, BEZANT_DATA_DIR: dataDir });
      writer.flood(event());
      await writer.until(() => writer.stored.length > 1000 + round * 700);
      await writer.kill();
      for (const [cursor, n] of writer.stored) {
        expect(cursor).toBeGreaterThan(highest);
        expect(told.has(cursor)).toBe(false);
        told.set(cursor, n);
      }
      expect(writer.stored.map(([, n]) => n)).toEqual(writer.stored.map((_, index) => index + 1));
    }
    const stored = new Map(
      (await readAll(await open())).map(({ cursor, payload }) => [cursor, payload['n']]),
    );
    const lost = [...told].filter(([cursor, n]) => stored.get(cursor) !== n);
    expect(lost).toEqual([]);
    expect(told.size).toBeGreaterThan(4000);
  }, 60_000);
});

describe('while the database takes nothing', () => {
  /** A database that another program holds. */
  async function startBlocked(
    name: string,
  ): Promise<[dataDir: string, writer: WriterProcess, free: () => void]> {
    const dataDir = join(folder, name);
    const writer = await start({ BEZANT_DATA_DIR: dataDir });
    const other = new DatabaseSync(join(dataDir, 'events.db'));
    other.exec('BEGIN IMMEDIATE');
    return [dataDir, writer, () => other.close()];
  }
  const spooled = (writer: WriterProcess) =>
    writer.happened.reduce((sum, one) => sum + (one.kind === 'spooled' ? one.count : 0), 0);

  test('what was put on disk survives a kill, and is stored once and in order', async () => {
    const [dataDir, writer, free] = await startBlocked('spooled');
    writer.flood(event());
    await writer.until(() => spooled(writer) > 3000);
    await writer.kill();
    free();
    const second = await start({ BEZANT_DATA_DIR: dataDir });
    await second.until(() => second.stored.length >= spooled(writer));
    await second.stop();
    const numbers = numbersOf(await readAll(openSqlite(join(dataDir, 'events.db'))));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.length).toBeGreaterThanOrEqual(spooled(writer));
    expect(writer.stored).toEqual([]);
  }, 60_000);

  test('killed while the spool is being emptied, nothing is stored twice', async () => {
    const [dataDir, writer, free] = await startBlocked('emptying');
    const events = numbered(6000);
    writer.write(events);
    await writer.until(() => spooled(writer) >= events.length);
    await writer.kill();
    free();
    for (let round = 0; round < 3; round++) {
      const next = await start({ BEZANT_DATA_DIR: dataDir });
      await next.until(() => next.stored.length > 0);
      await next.kill();
    }
    const last = await start({ BEZANT_DATA_DIR: dataDir });
    last.write(numbered(1, {}, events.length + 1));
    await last.until(() => last.stored.some(([, n]) => n === events.length + 1));
    await last.stop();
    const numbers = numbersOf(await readAll(openSqlite(join(dataDir, 'events.db'))));
    expect(numbers).toEqual(Array.from({ length: events.length + 1 }, (_, index) => index + 1));
  }, 60_000);

  test('and the disk is full: orders wait, prices give way, everybody hears of it, and all is well afterwards', async () => {
    const [dataDir, writer, free] = await startBlocked('full');
    const limit = (bytes: string) => {
      const { status, stderr } = spawnSync('prlimit', [`--pid=${writer.pid}`, `--fsize=${bytes}:`], {
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([0, '']);
    };
    limit('0');
    const seen = (kind: Happening['kind']) => writer.happened.some((one) => one.kind === kind);
    writer.write(numbered(300));
    await writer.until(() => seen('spool-failed'));
    writer.write(numbered(200, { topic: 'marketdata', conid: 1 }, 301));
    writer.write(numbered(100, { topic: 'trades' }, 501));
    await writer.until(() => seen('event-dropped'));
    expect(spooled(writer)).toBe(0);
    limit('unlimited');
    writer.write(numbered(1, {}, 601));
    await writer.until(() => spooled(writer) > 0);
    free();
    await writer.until(() => writer.stored.some(([, n]) => n === 601));
    await writer.stop();
    const stored = await readAll(openSqlite(join(dataDir, 'events.db')));
    const kept = stored.filter(({ topic }) => topic !== 'marketdata');
    expect(numbersOf(kept)).toEqual([...range(1, 300), ...range(501, 601)]);
    const dropped = writer.happened.flatMap((one) => (one.kind === 'event-dropped' ? [one] : []));
    expect(new Set(dropped.map(({ topic, reason }) => `${topic} ${reason}`))).toEqual(
      new Set(['marketdata spool-full']),
    );
    const prices = stored.length - kept.length + dropped.reduce((sum, { count }) => sum + count, 0);
    expect(prices).toBe(200);
  }, 60_000);
});

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
