// Postgres stopped and started again while events come in: they wait on disk and come in their order, none lost, none twice.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { StoredEvent } from '../../src/event.ts';
import type { Happening } from '../../src/observe.ts';
import { startStore } from '../../src/store/open.ts';
import { event, numbersOf } from './events.ts';
import { startOwnPostgres, type OwnPostgresServer } from './postgres-server.ts';
import { startWireCutter } from './wire-cutter.ts';
import { until } from './writing.ts';

let server: OwnPostgresServer;
let dataDir = '';
beforeAll(async () => {
  server = await startOwnPostgres();
  dataDir = mkdtempSync(join(tmpdir(), 'bezant-outage-'));
}, 60_000);
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true });
});

test('stopped, killed, cut off and started again, in the midst of a stream', async () => {
  const cutter = await startWireCutter(await server.createDatabase());
  const happened: Happening[] = [];
  const config = loadConfig({ BEZANT_DATABASE_URL: cutter.url, BEZANT_DATA_DIR: dataDir });
  const opened = await startStore({ config, clock: systemClock, observe: (one) => happened.push(one) });
  const stored: StoredEvent[] = [];
  opened.writer.onStored((events) => stored.push(...events));
  let n = 0;
  const write = (count: number) => {
    for (let left = count; left > 0; left--) opened.writer.write(event({ payload: { n: ++n } }));
  };
  const isOut = () => happened.findLast(({ kind }) => kind === 'event-store');
  const spooled = () => happened.filter(({ kind }) => kind === 'spooled').length;

  write(1200);
  await until(() => stored.length === n);
  for (const [index, signal] of (['SIGINT', 'SIGKILL'] as const).entries()) {
    write(700);
    await server.kill(signal);
    write(700);
    await until(() => isOut()?.kind === 'event-store' && spooled() > index);
    write(700);
    await server.start();
    write(700);
    await until(() => stored.length === n);
  }
  for (let round = 0; round < 5; round++) {
    cutter.cutAtNextAnswer();
    write(1300);
    await until(() => stored.length === n);
  }
  expect(numbersOf(stored)).toEqual(Array.from({ length: n }, (_, index) => index + 1));
  expect(await opened.store.readAfter({ streams: null, topics: null }, 0, 1_000_000)).toEqual(stored);
  expect(opened.writer.state).toEqual({ queued: 0, spooledBytes: 0, failure: null, isPressed: false });
  expect(happened.filter(({ kind }) => kind === 'event-dropped')).toEqual([]);
  await opened.stop();
  await cutter.stop();
}, 60_000);
