import { expect, test } from '@jest/globals';

import { nextRestart } from '../src/restart.ts';

const policy = { minMs: 100, maxMs: 1_000, budget: 5, windowMs: 60_000 };

test.each([
  { why: 'first crash', crashes: [], now: 0, random: 0, want: { delayMs: 50, crashesAt: [0] } },
  { why: 'full jitter', crashes: [], now: 0, random: 0.999_999, want: { delayMs: 100, crashesAt: [0] } },
  { why: 'doubles', crashes: [0, 10], now: 20, random: 0, want: { delayMs: 200, crashesAt: [0, 10, 20] } },
  {
    why: 'is capped',
    crashes: [0, 1, 2, 3],
    now: 4,
    random: 0.999_999,
    want: { delayMs: 1_000, crashesAt: [0, 1, 2, 3, 4] },
  },
  { why: 'budget spent', crashes: [0, 1, 2, 3, 4], now: 5, random: 0, want: null },
  {
    why: 'old crashes are forgiven',
    crashes: [0, 1, 2, 3, 59_999],
    now: 60_001,
    random: 0,
    want: { delayMs: 400, crashesAt: [2, 3, 59_999, 60_001] },
  },
])('$why', ({ crashes, now, random, want }) => {
  expect(nextRestart(policy, crashes, now, random)).toEqual(want);
});

test('a budget of nothing gives up at once', () => {
  expect(nextRestart({ ...policy, budget: 0 }, [], 0, 0)).toBeNull();
});
