// The recovery budget: its windows, its spacing, and that a restart does not refill it.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Happening } from '../../src/observe.ts';
import { RecoveryBudget } from '../../src/session/budget.ts';
import { ManualClock } from '../manual-clock.ts';

const minuteMs = 60_000;
let dataDir: string;
let clock: ManualClock;
let happenings: Happening[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'bezant-budget-'));
  clock = new ManualClock();
  happenings = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const open = (): RecoveryBudget =>
  new RecoveryBudget({ clock, dataDir, observe: (happening) => happenings.push(happening) });

/** Minutes until the next attempt is due. */
const waitMinutes = (budget: RecoveryBudget): number => Math.max(0, budget.dueMs - clock.now()) / minuteMs;

/** Makes every attempt as soon as it is due, until the day's are used up. */
async function spendAll(budget: RecoveryBudget, after: () => void = () => undefined): Promise<number[]> {
  const startMs = clock.now();
  const madeAt: number[] = [];
  while (!budget.isSpent) {
    await clock.advance(Math.max(0, budget.dueMs - clock.now()));
    madeAt.push((clock.now() - startMs) / minuteMs);
    budget.spend();
    after();
  }
  return madeAt;
}

test('attempts that bring nothing are spaced ever more widely, twelve a day', async () => {
  expect(await spendAll(open())).toEqual([
    0, 0.5, 2.5, 12.5, 42.5, 102.5, 162.5, 222.5, 282.5, 342.5, 402.5, 462.5,
  ]);
});

test('attempts that each bring a session for a moment are three in ten minutes, twelve a day', async () => {
  const budget = open();
  expect(await spendAll(budget, () => budget.succeed())).toEqual([
    0, 0, 0, 10, 10, 10, 20, 20, 20, 30, 30, 30,
  ]);
});

test('the day’s attempts come back a day after each was made', async () => {
  const budget = open();
  await spendAll(budget);
  budget.succeed();
  await clock.advance(1440 * minuteMs - 462.5 * minuteMs - 1);
  expect(budget.isSpent).toBe(true);
  await clock.advance(1);
  expect({ spent: budget.isSpent, wait: waitMinutes(budget) }).toEqual({ spent: false, wait: 0 });
});

describe('across a restart', () => {
  test('attempts, their spacing, the rung and the lock are still known', async () => {
    const before = open();
    before.spend();
    before.refuse();
    before.spend();
    before.lock();
    await clock.advance(minuteMs);
    const after = open();
    expect(waitMinutes(after)).toBe(1);
    expect({ refusals: after.refusals, lockedUntilMs: after.lockedUntilMs }).toEqual({
      refusals: 1,
      lockedUntilMs: before.lockedUntilMs,
    });
    expect(happenings).toEqual([]);
  });

  test('the file is the owner’s alone, and no draft of it stays behind', () => {
    open().spend();
    expect(readdirSync(dataDir)).toEqual(['recovery.json']);
    expect(JSON.parse(readFileSync(join(dataDir, 'recovery.json'), 'utf8'))).toMatchObject({ failures: 1 });
  });

  test.each([
    { name: 'no JSON', text: '{"attemptsMs": [1' },
    { name: 'empty', text: '' },
    { name: 'a list', text: '[]' },
    { name: 'null', text: 'null' },
    {
      name: 'a time that is none',
      text: '{"attemptsMs":["x"],"failures":0,"refusals":0,"lockedUntilMs":null}',
    },
    { name: 'a negative count', text: '{"attemptsMs":[],"failures":-1,"refusals":0,"lockedUntilMs":null}' },
    {
      name: 'a restart that is none',
      text: '{"attemptsMs":[],"failures":0,"refusals":0,"lockedUntilMs":null,"restart":{"askedMs":"x"}}',
    },
    {
      name: 'a lock that is none',
      text: '{"attemptsMs":[],"failures":0,"refusals":0,"lockedUntilMs":"never"}',
    },
    { name: 'a lock that is missing', text: '{"attemptsMs":[],"failures":0,"refusals":0}' },
  ])('a broken file ($name) is told and starts anew', ({ text }) => {
    writeFileSync(join(dataDir, 'recovery.json'), text);
    const budget = open();
    expect({ wait: waitMinutes(budget), refusals: budget.refusals }).toEqual({ wait: 0, refusals: 0 });
    expect(happenings).toEqual([
      { kind: 'warning', message: expect.stringContaining('recovery.json is not readable') as unknown },
    ]);
  });

  test('a folder that cannot be used is told, and counting goes on in memory', () => {
    writeFileSync(join(dataDir, 'file'), '');
    const observe = (happening: Happening): number => happenings.push(happening);
    const budget = new RecoveryBudget({ clock, observe, dataDir: join(dataDir, 'file/folder') });
    budget.spend();
    expect(waitMinutes(budget)).toBe(0.5);
    expect(happenings).toEqual([
      { kind: 'warning', message: expect.stringContaining('counting starts anew') as unknown },
      { kind: 'warning', message: expect.stringContaining('BEZANT_DATA_DIR') as unknown },
    ]);
  });
});

test('success forgets failures and lock, not the attempts', () => {
  const budget = open();
  budget.spend();
  budget.refuse();
  budget.lock();
  budget.succeed();
  expect({ refusals: budget.refusals, lock: budget.lockedUntilMs, wait: waitMinutes(budget) }).toEqual({
    refusals: 0,
    lock: null,
    wait: 0,
  });
  budget.spend();
  budget.spend();
  expect(waitMinutes(budget)).toBe(10);
});

test('a human’s login forgets everything', async () => {
  const budget = open();
  await spendAll(budget);
  budget.lock();
  budget.renew();
  expect({ spent: budget.isSpent, lock: open().lockedUntilMs, wait: waitMinutes(open()) }).toEqual({
    spent: false,
    lock: null,
    wait: 0,
  });
});

describe('a restart of the Gateway', () => {
  const dayMs = 24 * 60 * 60_000;

  test('is kept on disk with whether it is over', () => {
    open().spendRestart();
    const askedMs = clock.now();
    expect({ may: open().mayRestart, since: open().restartingSinceMs }).toEqual({
      may: false,
      since: askedMs,
    });
    open().endRestart();
    expect({ may: open().mayRestart, since: open().restartingSinceMs }).toEqual({ may: false, since: null });
  });

  test('is forgotten by no login and no success, but by a day', async () => {
    const budget = open();
    budget.spendRestart();
    budget.renew();
    budget.succeed();
    expect({ may: budget.mayRestart, since: budget.restartingSinceMs }).toEqual({ may: false, since: null });
    await clock.advance(dayMs - 1);
    expect(open().mayRestart).toBe(false);
    await clock.advance(1);
    expect(open().mayRestart).toBe(true);
  });

  test('is unknown to files of older versions', () => {
    const text = '{"attemptsMs":[],"failures":1,"refusals":1,"lockedUntilMs":null}';
    writeFileSync(join(dataDir, 'recovery.json'), text);
    expect({ may: open().mayRestart, refusals: open().refusals }).toEqual({ may: true, refusals: 1 });
    expect(happenings).toEqual([]);
  });
});
