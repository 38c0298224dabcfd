import { afterEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '../../src/store/sqlite.ts';
import type { EventStore } from '../../src/store/store.ts';
import { conformance } from './conformance.ts';
import { event, numbered, startMs } from './events.ts';

const stores: EventStore[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bezant-sqlite-'));
  folders.push(folder);
  return join(folder, 'made', 'events.db');
}

function open(path: string): EventStore {
  const store = openSqlite(path);
  stores.push(store);
  return store;
}

describe('SQLite', () => {
  test.each(conformance)('%s', async (_name, run) => {
    const path = newPath();
    const reopen = () => new Promise<EventStore>((resolve) => resolve(open(path)));
    await run({ open: reopen, openAgain: reopen });
  });

  test('its files are for this user alone', async () => {
    const path = newPath();
    await open(path).append([event()]);
    for (const suffix of ['', '-wal', '-lock']) expect(statSync(`${path}${suffix}`).mode & 0o077).toBe(0);
  });

  test('other programs may read meanwhile', async () => {
    const path = newPath();
    const store = open(path);
    await store.append(numbered(2));
    const other = new DatabaseSync(path, { readOnly: true });
    expect(other.prepare('SELECT count(*) AS n FROM events').get()).toEqual({ n: 2 });
    other.close();
  });

  test('a file that is no database is told', () => {
    const path = newPath();
    open(path);
    const other = newPath().replace('made', '');
    writeFileSync(other, 'no database at all, but long enough to be taken for one');
    expect(() => openSqlite(other)).toThrow(/not a database/);
  });

  test('the file shrinks when events go', async () => {
    const store = open(newPath());
    await store.append(numbered(5000, { raw: 'x'.repeat(500) }));
    const before = await store.sizeBytes();
    const keepDays = { orders: 1, trades: 1, pnl: 1, marketdata: 1, notifications: 1, session: 1, gap: 1 };
    const pruned = await store.prune({ keepDays, capBytes: 2 ** 40 }, startMs + 86_400_001);
    expect(pruned.aged).toBe(5000);
    expect(pruned.sizeBytes).toBeLessThan(before);
  });
});
