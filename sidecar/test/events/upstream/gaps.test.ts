// Records of outages, and what of them outlives the process.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGaps, type Gaps } from '../../../src/events/gaps.ts';
import type { Happening } from '../../../src/observe.ts';
import { ManualClock } from '../../manual-clock.ts';

let dataDir: string;
let file: string;
let clock: ManualClock;
let happenings: Happening[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'bezant-gaps-'));
  file = join(dataDir, 'events-heard.json');
  clock = new ManualClock(1_700_000_000_000);
  happenings = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const open = (folder = dataDir): Gaps =>
  createGaps({ dataDir: folder, clock, observe: (happening) => happenings.push(happening) });

test('a first start is no outage', () => {
  const gaps = open();
  expect(gaps.outage()).toBeNull();
  expect(gaps.end(clock.now(), 1, true)).toBeNull();
});

test('one record from the first cause to the end', async () => {
  const gaps = open();
  gaps.begin('heartbeat_lost', clock.now() - 25_000);
  gaps.begin('refused', clock.now());
  await clock.advance(60_000);
  expect(gaps.end(clock.now(), 7, true)).toMatchObject({
    topic: 'gap',
    stream: 'gap',
    dedup: 'gap:1699999975000',
    payload: {
      reason: 'reconnected_after_disconnect',
      cause: 'heartbeat_lost',
      start: '2023-11-14T22:12:55.000Z',
      end: '2023-11-14T22:14:20.000Z',
      down_ms: 85_000,
      new_reset_epoch: 7,
      healed: { orders: 0, trades: 0, complete: true },
    },
  });
  expect(gaps.outage()).toBeNull();
  expect(happenings).toMatchObject([{ kind: 'gap', cause: 'heartbeat_lost', downMs: 85_000 }]);
});

test('a crash is an outage from the last that was written', async () => {
  open().alive();
  const heardMs = clock.now();
  await clock.advance(3_600_000);
  expect(open().outage()).toEqual({
    startMs: heardMs,
    cause: 'process_restart',
    isInherited: true,
    healed: { orders: 0, trades: 0 },
  });
});

test('what is alive is written once a minute, for this user alone', async () => {
  const gaps = open();
  gaps.alive();
  const first = readFileSync(file, 'utf8');
  await clock.advance(59_000);
  gaps.alive();
  expect(readFileSync(file, 'utf8')).toBe(first);
  await clock.advance(1_000);
  gaps.alive();
  expect(readFileSync(file, 'utf8')).not.toBe(first);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('what was not read up is remembered until it is', () => {
  const gaps = open();
  const startMs = clock.now() - 1_000;
  gaps.begin('closed', startMs);
  gaps.end(clock.now(), 1, false);
  expect(open().unhealedSinceMs()).toBe(startMs);
  gaps.healed();
  expect(open().unhealedSinceMs()).toBeNull();
});

test.each(['', '{', '[]', 'null', '{"heardMs":"x"}'])('a damaged file (%j) is no outage', (text) => {
  writeFileSync(file, text);
  expect(open().outage()).toBeNull();
});

test('a folder that cannot be written is told, and stops nothing', () => {
  const gaps = open(join(dataDir, 'missing'));
  writeFileSync(join(dataDir, 'missing'), '');
  gaps.begin('closed', clock.now());
  expect(gaps.outage()).not.toBeNull();
  expect(happenings).toMatchObject([{ kind: 'warning' }]);
});
