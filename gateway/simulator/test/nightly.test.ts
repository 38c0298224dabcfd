import { expect, test } from '@jest/globals';
import { nextWallClock } from '../src/nightly.ts';

const cases: { now: string; at: string; zone: string; want: string }[] = [
  { now: '2026-01-15T12:00:00Z', at: '00:00', zone: 'America/New_York', want: '2026-01-16T05:00:00Z' },
  { now: '2026-07-15T03:59:59Z', at: '00:00', zone: 'America/New_York', want: '2026-07-15T04:00:00Z' },
  { now: '2026-07-15T04:00:00Z', at: '00:00', zone: 'America/New_York', want: '2026-07-16T04:00:00Z' },
  { now: '2026-01-15T12:00:00.250Z', at: '00:00', zone: 'Europe/Zurich', want: '2026-01-15T23:00:00Z' },
  { now: '2026-01-15T12:00:00Z', at: '00:00', zone: 'Asia/Hong_Kong', want: '2026-01-15T16:00:00Z' },
  // New York springs forward on 8 March 2026 and falls back on 1 November.
  { now: '2026-03-08T06:00:00Z', at: '00:00', zone: 'America/New_York', want: '2026-03-09T04:00:00Z' },
  { now: '2026-11-01T05:00:00Z', at: '00:00', zone: 'America/New_York', want: '2026-11-02T05:00:00Z' },
];

test.each(cases)('after $now, $at in $zone is $want', ({ now, at, zone, want }) => {
  expect(new Date(nextWallClock(Date.parse(now), at, zone)).toISOString()).toBe(new Date(want).toISOString());
});
