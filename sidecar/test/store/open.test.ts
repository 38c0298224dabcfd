import { afterEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { StoredEvent } from '../../src/event.ts';
import type { Happening } from '../../src/observe.ts';
import { startStore, type OpenedStore } from '../../src/store/open.ts';
import { StoreError } from '../../src/store/store.ts';
import { startRetention } from '../../src/store/retention.ts';
import { numbered, numbersOf, startMs } from './events.ts';
import { until } from './writing.ts';

const folders: string[] = [];
const opened: OpenedStore[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bezant-open-'));
  folders.push(folder);
  return folder;
}

async function start(env: Record<string, string>, happened: Happening[] = []): Promise<OpenedStore> {
  const observe = (one: Happening) => happened.push(one);
  const one = await startStore({ config: loadConfig(env), clock: systemClock, observe });
  opened.push(one);
  return one;
}

test('without a word about it, events are kept in the data folder, over a restart', async () => {
  const dataDir = join(newFolder(), 'new');
  const first = await start({ BEZANT_DATA_DIR: dataDir });
  const stored: StoredEvent[] = [];
  first.writer.onStored((events) => stored.push(...events));
  for (const event of numbered(600)) first.writer.write(event);
  await first.stop();
  opened.length = 0;
  expect(stored).toHaveLength(600);
  const second = await start({ BEZANT_DATA_DIR: dataDir });
  expect(numbersOf(await second.store.readAfter({ streams: null, topics: null }, 0, 1000))).toEqual(
    numbersOf(stored),
  );
});

describe('what cannot be opened is told, with the name of its setting', () => {
  test.each<[name: string, env: (folder: string) => Record<string, string>, want: RegExp]>([
    [
      'a file that is a folder',
      (folder) => {
        mkdirSync(join(folder, 'file'));
        return { BEZANT_EVENTS_DB_PATH: join(folder, 'file') };
      },
      /^BEZANT_EVENTS_DB_PATH: the event store cannot be opened: .*The events are kept in .*file\.$/,
    ],
    [
      'a file that is something else',
      (folder) => {
        writeFileSync(join(folder, 'events.db'), 'something else, long enough to be looked at as a database');
        return {};
      },
      /^BEZANT_DATA_DIR: the event store cannot be opened: file is not a database/,
    ],
    [
      'a folder that is a file',
      (folder) => {
        writeFileSync(join(folder, 'file'), '');
        return { BEZANT_DATA_DIR: join(folder, 'file') };
      },
      /^BEZANT_DATA_DIR: the event store cannot be opened: EEXIST/,
    ],
  ])('%s', async (_name, env, want) => {
    const folder = newFolder();
    const failed = start({ BEZANT_DATA_DIR: folder, ...env(folder) });
    await expect(failed).rejects.toThrow(StoreError);
    await expect(failed).rejects.toThrow(want);
  });

  test('a Postgres that is not there, without its password', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const url = `postgres://trader:hunter2@127.0.0.1:${port}/bezant`;
    const failed = start({ BEZANT_DATA_DIR: newFolder(), BEZANT_DATABASE_URL: url });
    await expect(failed).rejects.toThrow(/^BEZANT_DATABASE_URL: .*ECONNREFUSED.*Is Postgres running/);
    await expect(failed).rejects.not.toThrow(/hunter2/);
  });

  test('a data folder that another one uses', async () => {
    const folder = newFolder();
    await start({ BEZANT_DATA_DIR: folder });
    await expect(start({ BEZANT_DATA_DIR: folder })).rejects.toThrow(
      /^BEZANT_DATA_DIR: .*another bezant-server/,
    );
  });
});

test('housekeeping runs by the clock, tells what it did, and a failure does not end it', async () => {
  const folder = newFolder();
  const { store } = await start({ BEZANT_DATA_DIR: folder });
  await store.append(numbered(3, { receivedAtMs: startMs }));
  const happened: Happening[] = [];
  let failures = 1;
  const retention = startRetention({
    store: {
      ...store,
      prune: (rules, nowMs) =>
        failures-- > 0 ? Promise.reject(new Error('once')) : store.prune(rules, nowMs),
    },
    rules: {
      keepDays: { orders: 1, trades: 1, pnl: 1, marketdata: 1, notifications: 1, session: 1, gap: 1 },
      capBytes: 1,
    },
    observe: (one) => happened.push(one),
    clock: { ...systemClock, now: () => startMs + 2 * 86_400_000 },
    expression: '* * * * * *',
  });
  await until(() => happened.length >= 3);
  await retention.stop();
  expect(happened).toMatchObject([
    { kind: 'retention', ok: false, cause: { message: 'once' } },
    { kind: 'retention', ok: true, aged: 3, squeezed: 0 },
    { kind: 'warning', message: expect.stringContaining('BEZANT_EVENTS_DISK_CAP_MB') },
  ]);
});
