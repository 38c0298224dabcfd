import { expect, test } from '@jest/globals';
import { parseTime } from '../../../src/events/rfc3339.ts';

test.each([
  { given: '1970-01-01T00:00:00Z', want: 0 },
  { given: '2026-01-31T14:30:00Z', want: Date.UTC(2026, 0, 31, 14, 30) },
  { given: '2026-01-31T14:30:00.5Z', want: Date.UTC(2026, 0, 31, 14, 30, 0, 500) },
  { given: '2026-01-31T14:30:00.123456789Z', want: Date.UTC(2026, 0, 31, 14, 30, 0, 123) },
  { given: '2026-01-31t14:30:00z', want: Date.UTC(2026, 0, 31, 14, 30) },
  { given: '2026-01-31 14:30:00Z', want: Date.UTC(2026, 0, 31, 14, 30) },
  { given: '2026-01-31T14:30:00+10:00', want: Date.UTC(2026, 0, 31, 4, 30) },
  { given: '2026-01-31T14:30:00 10:00', want: Date.UTC(2026, 0, 31, 4, 30) },
  { given: '2026-01-31T14:30:00-05:30', want: Date.UTC(2026, 0, 31, 20, 0) },
  { given: '2016-12-31T23:59:60Z', want: Date.UTC(2017, 0, 1) },
  { given: '2024-02-29T00:00:00Z', want: Date.UTC(2024, 1, 29) },
  { given: '2023-02-29T00:00:00Z', want: null },
  { given: '2026-02-30T00:00:00Z', want: null },
  { given: '2026-13-01T00:00:00Z', want: null },
  { given: '2026-00-01T00:00:00Z', want: null },
  { given: '2026-01-31T24:00:00Z', want: null },
  { given: '2026-01-31T14:60:00Z', want: null },
  { given: '2026-01-31T14:30:61Z', want: null },
  { given: '2026-01-31T14:30:00', want: null },
  { given: '2026-01-31T14:30Z', want: null },
  { given: '2026-01-31', want: null },
  { given: '2026-01-31T14:30:00+24:00', want: null },
  { given: '2026-01-31T14:30:00+10', want: null },
  { given: '1700000000', want: null },
  { given: 'yesterday', want: null },
  { given: '', want: null },
])('$given', ({ given, want }) => {
  expect(parseTime(given)).toBe(want);
});
