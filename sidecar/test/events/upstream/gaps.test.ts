// Records of outages, and what of them outlives the process.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGaps, type Gaps } from '../../../src/events/gaps.ts';
import type { Happening } from '../../../src/observe.ts';
import { momentOf, type Moment } from '../../../src/events/moment.ts';
import { ManualClock, WallClock } from '../../manual-clock.ts';

let dataDir: string;
let file: string;
let clock: ManualClock;
let wall: WallClock;
let happenings: Happening[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'bezant-gaps-'));
  file = join(dataDir, 'events-heard.json');
  clock = new ManualClock(1_700_000_000_000);
  wall = new WallClock(clock);
  happenings = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const open = (folder = dataDir): Gaps =>
  createGaps({
    dataDir: folder,
    clock: wall,
    steady: clock,
    observe: (happening) => happenings.push(happening),
  });

const now = (): Moment => momentOf({ clock: wall, steady: clock });
const ago = (ms: number): Moment => ({ wallMs: wall.now() - ms, steadyMs: clock.now() - ms });

test('a first start is no outage', () => {
  const gaps = open();
  expect(gaps.outage()).toBeNull();
  expect(gaps.end(now(), 1, true)).toBeNull();
});

test('one record from the first cause to the end', async () => {
  const gaps = open();
  gaps.begin('heartbeat_lost', ago(25_000));
  gaps.begin('refused', now());
  await clock.advance(60_000);
  expect(gaps.end(now(), 7, true)).toMatchObject({
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

test.each([
  { name: 'set back', ms: -3_600_000, downMs: 60_000 },
  // Asleep, the steady clock stands still: the record says rather too much.
  { name: 'set on', ms: 3_600_000, downMs: 3_660_000 },
])('a clock that is $name makes no outage shorter than it was', async ({ ms, downMs }) => {
  const gaps = open();
  gaps.begin('refused', now());
  wall.jump(ms);
  await clock.advance(60_000);
  expect(wall.now() - (gaps.outage()?.startMs ?? NaN)).toBe(downMs);
  const { start, end, down_ms } = (gaps.end(now(), 7, true)?.payload ?? {}) as Record<string, string>;
  expect({ end: Date.parse(end ?? ''), down_ms }).toEqual({ end: wall.now(), down_ms: downMs });
  expect(Date.parse(end ?? '') - Date.parse(start ?? '')).toBe(downMs);
});

test('times are whole milliseconds, as the clock has them', async () => {
  await clock.advance(0.2);
  const gaps = open();
  gaps.begin('refused', now());
  await clock.advance(60_000.7);
  const { down_ms: downMs } = (gaps.end(now(), 7, true)?.payload ?? {}) as { down_ms: number };
  expect(downMs).toBe(60_001);
});

test('when the clock was set back while this server was away, nobody knows since when things are missing', async () => {
  open().alive();
  wall.jump(-3_600_000);
  const gaps = open();
  expect(gaps.unhealedSinceMs()).toBe(0);
  await clock.advance(5_000);
  expect(gaps.end(now(), 7, false)).toMatchObject({ payload: { down_ms: 5_000 } });
});

test('a clock that is set back does not keep what is alive from being written', async () => {
  const gaps = open();
  gaps.alive();
  const first = readFileSync(file, 'utf8');
  wall.jump(-3_600_000);
  await clock.advance(60_000);
  gaps.alive();
  expect(readFileSync(file, 'utf8')).not.toBe(first);
});

test('a crash is an outage from the last that was written', async () => {
  open().alive();
  const heardMs = clock.now();
  await clock.advance(3_600_000);
  expect(open().outage()).toEqual({
    startMs: heardMs,
    cause: 'process_restart',
    isInherited: true,
  });
});

test('a record that a crash has kept from the store is told by the next run, and for a minute only', async () => {
  const gaps = open();
  gaps.begin('closed', now());
  await clock.advance(1_000);
  const record = gaps.end(now(), 1, true);
  const next = open();
  expect(next.untold()).toEqual(record);
  next.begin('refused', now());
  expect(open().untold()).toEqual(record);
  await clock.advance(60_000);
  gaps.alive();
  expect(open().untold()).toBeNull();
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
  const startMs = wall.now() - 1_000;
  gaps.begin('closed', ago(1_000));
  gaps.end(now(), 1, false);
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
  gaps.begin('closed', now());
  expect(gaps.outage()).not.toBeNull();
  expect(happenings).toMatchObject([{ kind: 'warning' }]);
});
