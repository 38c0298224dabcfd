import { expect, test } from '@jest/globals';
import { createClock } from '../src/clock.ts';
import type { Operation } from '../src/operation.ts';
import { createPacing } from '../src/pacing.ts';

const operation = (pacing: Operation['pacing']): Operation => ({
  id: 'one',
  method: 'GET',
  path: '/one',
  tag: '',
  summary: '',
  origin: 'ibkr',
  parameters: [],
  body: null,
  responses: {},
  servedBy: 'gateway',
  safety: 'read',
  pacing,
  preflight: [],
  cacheMs: 0,
});

function start(rule: 'off' | 'lenient' | 'strict') {
  const clock = createClock({ scale: 0, startMs: 1e12 });
  const pacing = createPacing({ clock, rule: () => rule });
  /** How many of `count` calls at one instant are let in. */
  const burst = (limits: Operation['pacing'], count: number): number =>
    Array.from({ length: count }, () => pacing.admit(operation(limits))).filter((given) => 'done' in given)
      .length;
  return { clock, pacing, burst };
}

const cases: {
  rule: 'off' | 'lenient' | 'strict';
  limits: Operation['pacing'];
  asked: number;
  want: number;
}[] = [
  { rule: 'strict', limits: null, asked: 12, want: 10 },
  { rule: 'strict', limits: { limit: 1, windowMs: 5000 }, asked: 3, want: 1 },
  { rule: 'strict', limits: { concurrent: 5 }, asked: 8, want: 5 },
  { rule: 'lenient', limits: null, asked: 70, want: 60 },
  { rule: 'lenient', limits: { limit: 1, windowMs: 5000 }, asked: 9, want: 6 },
  { rule: 'off', limits: { limit: 1, windowMs: 900_000 }, asked: 500, want: 500 },
];
test.each(cases)(
  '$rule: of $asked calls under $limits, $want are let in',
  ({ rule, limits, asked, want }) => {
    expect(start(rule).burst(limits, asked)).toBe(want);
  },
);

test('strict: the first excess closes the box for 15 minutes', () => {
  const { clock, pacing, burst } = start('strict');
  burst(null, 11);
  expect(pacing.boxedUntilMs - clock.now()).toBe(900_000);
  clock.advance(899_999);
  expect(burst(null, 1)).toBe(0);
  clock.advance(1);
  expect(burst(null, 1)).toBe(1);
});

test('lenient: the window slides, and the tenth excess within a minute closes the box', () => {
  const { clock, burst } = start('lenient');
  const limits = { limit: 1, windowMs: 5000 };
  expect(burst(limits, 15)).toBe(6);
  clock.advance(5000);
  expect(burst(limits, 1)).toBe(1);
  clock.advance(5000);
  expect(burst(limits, 7)).toBe(6);
  clock.advance(5000);
  expect(burst(limits, 1)).toBe(0);
});

test('a refusal is 429 with an error text', () => {
  const { pacing, burst } = start('strict');
  burst(null, 10);
  expect(pacing.admit(operation(null))).toMatchObject({
    refused: { status: 429, body: expect.stringContaining('"error":"Too many requests') },
  });
});

test('a concurrency slot is free again when its call is done', () => {
  const { pacing, burst } = start('strict');
  burst({ concurrent: 5 }, 4);
  const fifth = pacing.admit(operation({ concurrent: 5 }));
  if ('done' in fifth) fifth.done();
  expect(burst({ concurrent: 5 }, 1)).toBe(1);
});
