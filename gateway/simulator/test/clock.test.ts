import { expect, test } from '@jest/globals';
import { createClock } from '../src/clock.ts';

test('a frozen clock moves only when advanced, and timers see their own time in order', () => {
  const clock = createClock({ scale: 0, startMs: 1000 });
  const seen: string[] = [];
  clock.setTimeout(() => seen.push(`late ${clock.now()}`), 50);
  clock.setTimeout(() => seen.push(`soon ${clock.now()}`), 10);
  const ticking = clock.every(20, () => seen.push(`tick ${clock.now()}`));

  clock.advance(45);
  expect(seen).toEqual(['soon 1010', 'tick 1020', 'tick 1040']);
  expect(clock.now()).toBe(1045);

  ticking.cancel();
  clock.advance(100);
  expect(seen.slice(3)).toEqual(['late 1050']);
});

test('a timer set inside a timer falls due within the same advance', () => {
  const clock = createClock({ scale: 0, startMs: 0 });
  const seen: number[] = [];
  clock.setTimeout(() => clock.setTimeout(() => seen.push(clock.now()), 5), 5);
  clock.advance(10);
  expect(seen).toEqual([10]);
});

test('a scope takes its timers, and those of scopes made from it, with it', () => {
  const clock = createClock({ scale: 0, startMs: 0 });
  const seen: string[] = [];
  const scope = clock.scope();
  clock.setTimeout(() => seen.push('outer'), 10);
  scope.setTimeout(() => seen.push('scope'), 10);
  scope.scope().every(1, () => seen.push('inner'));
  scope.stop();
  clock.advance(20);
  expect(seen).toEqual(['outer']);
});

test('real time passes faster by the scale', async () => {
  const clock = createClock({ scale: 100_000, startMs: 0 });
  await new Promise<void>((resolve) => clock.setTimeout(resolve, 900_000));
  expect(clock.now()).toBeGreaterThanOrEqual(900_000);
  clock.setScale(0);
  const stoppedMs = clock.now();
  clock.advance(1);
  expect(clock.now()).toBe(stoppedMs + 1);
});
