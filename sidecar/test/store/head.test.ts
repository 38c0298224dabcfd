import { afterEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topics } from '../../src/event.ts';
import type { Happening } from '../../src/observe.ts';
import { rememberHead } from '../../src/store/head.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import type { EventStore } from '../../src/store/store.ts';
import { cursorsOf, event, numbered } from './events.ts';

const folders: string[] = [];
const stores: EventStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const happened: Happening[] = [];

function newFolder(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'bezant-head-'));
  folders.push(dataDir);
  return dataDir;
}

async function open(dataDir: string, database = 'events.db'): Promise<EventStore> {
  const store = openSqlite(join(dataDir, database));
  stores.push(store);
  return rememberHead(store, { dataDir, observe: (happening) => happened.push(happening) });
}

/** Without a word to the folder, as a crash is. */
const crash = (): Promise<void> => (stores.pop() as EventStore).stop();

const everythingThrough = (cursor: number) => new Map(topics.map((topic) => [topic, cursor]));

describe('cursors and epochs go on', () => {
  test('with the same database, from where they were', async () => {
    const dataDir = newFolder();
    const first = await open(dataDir);
    expect(cursorsOf(await first.append(numbered(3)))).toEqual([1, 2, 3]);
    expect(await first.nextEpoch()).toBe(1);
    await first.stop();
    const second = await open(dataDir);
    expect(await second.bounds()).toMatchObject({ head: 3, prunedThrough: new Map() });
    expect(cursorsOf(await second.append([event()]))).toEqual([4]);
    expect(await second.nextEpoch()).toBe(2);
  });

  test('after a crash above everything that may have been told, with nothing said to be gone', async () => {
    const dataDir = newFolder();
    const first = await open(dataDir);
    await first.append(numbered(3));
    await crash();
    const second = await open(dataDir);
    const [next] = await second.append([event()]);
    expect(next?.cursor).toBeGreaterThan(100_000);
    expect((await second.bounds()).prunedThrough).toEqual(new Map());
    expect(await second.readAfter({ streams: null, topics: null }, 0, 10)).toHaveLength(4);
  });

  test('after crashes in a row without an event no further', async () => {
    const dataDir = newFolder();
    await (await open(dataDir)).append([event()]);
    await crash();
    const heads: number[] = [];
    for (let round = 0; round < 3; round++) {
      heads.push((await (await open(dataDir)).bounds()).head);
      await crash();
    }
    expect(new Set(heads).size).toBe(1);
  });

  test('with another database, where a reader hears that what was before is elsewhere', async () => {
    const dataDir = newFolder();
    const first = await open(dataDir);
    await first.append(numbered(5));
    await first.nextEpoch();
    await first.stop();
    const second = await open(dataDir, 'other.db');
    expect(await second.bounds()).toMatchObject({ head: 5, prunedThrough: everythingThrough(5) });
    expect(cursorsOf(await second.append([event()]))).toEqual([6]);
    expect(await second.nextEpoch()).toBe(2);
    await second.stop();
    const back = await open(dataDir);
    expect((await back.bounds()).prunedThrough).toEqual(everythingThrough(6));
    expect(cursorsOf(await back.append([event()]))).toEqual([7]);
    expect(await back.nextEpoch()).toBe(3);
  });

  test('with another database after a crash', async () => {
    const dataDir = newFolder();
    await (await open(dataDir)).append(numbered(5));
    await crash();
    const second = await open(dataDir, 'other.db');
    const [next] = await second.append([event()]);
    expect(next?.cursor).toBeGreaterThan(100_000);
    const through = (await second.bounds()).prunedThrough.get('orders');
    expect(through).toBe((next?.cursor ?? 0) - 1);
  });

  test('past the margin', async () => {
    const dataDir = newFolder();
    const first = await open(dataDir);
    await first.append([event()]);
    await first.raise({ cursor: 300_000, epoch: 0, isElsewhere: false });
    await first.append([event()]);
    await crash();
    const second = await open(dataDir, 'other.db');
    expect((await second.bounds()).head).toBeGreaterThan(300_001);
  });

  test('with a file that cannot be read, from the database’s own, and it is told', async () => {
    const dataDir = newFolder();
    const first = await open(dataDir);
    await first.append([event()]);
    await first.stop();
    const path = join(dataDir, 'events-head.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ cursor: 1, isExact: true });
    for (const text of ['nonsense', '{"cursor":-1}', 'null']) {
      writeFileSync(path, text);
      const second = await open(dataDir);
      expect((await second.bounds()).head).toBe(1);
      await second.stop();
      expect(happened.splice(0)).toMatchObject([{ kind: 'warning', message: expect.stringContaining(path) }]);
    }
  });
});
