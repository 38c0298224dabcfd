// Numbers and moments as the brokerage writes them.
import { expect, test } from '@jest/globals';
import { amount, decimal, decimals, grouped, short, toTick } from '../../src/brokerage/figures.ts';
import { newYork, newYorkMidnight, shortStamp, stamp } from '../../src/brokerage/times.ts';

test.each([
  [() => amount(1_005_254.4, 'USD'), '1,005,254 USD'],
  [() => grouped(-1_234.5, 2), '-1,234.50'],
  [() => short(24_200_000), '24.2M'],
  [() => short(12_345), '12.3K'],
  [() => short(1_300), '1,300'],
  [() => decimal(5), '5.0'],
  [() => decimal(2.5), '2.5'],
  [() => decimals(0.01), 2],
  [() => decimals(0.00005), 5],
  [() => decimals(0.25), 2],
  [() => decimals(1), 0],
  [() => toTick(1.234567, 0.00005), 1.23455],
  [() => toTick(5_890.13, 0.25), 5_890.25],
  [() => stamp(Date.UTC(2026, 3, 2, 13, 30)), '20260402-13:30:00'],
  [() => shortStamp(Date.UTC(2026, 3, 2, 13, 30, 5)), '260402133005'],
])('%s', (write, want) => {
  expect(write()).toBe(want);
});

test.each([
  ['winter', Date.UTC(2026, 2, 8, 6, 59), { day: 8, minuteOfDay: 119 }],
  ['summer', Date.UTC(2026, 2, 8, 7, 0), { day: 8, minuteOfDay: 180 }],
  ['the end of summer', Date.UTC(2026, 10, 1, 6, 0), { day: 1, minuteOfDay: 60 }],
  [
    'a day earlier than in London',
    Date.UTC(2026, 0, 1, 3, 0),
    { year: 2025, month: 12, day: 31, weekday: 3 },
  ],
])('New York in %s', (_, ms, want) => {
  expect(newYork(ms)).toMatchObject(want);
});

test.each([
  [Date.UTC(2026, 3, 8, 19, 30), Date.UTC(2026, 3, 8, 4)],
  [Date.UTC(2026, 3, 8, 3, 59), Date.UTC(2026, 3, 7, 4)],
  [Date.UTC(2026, 2, 8, 20), Date.UTC(2026, 2, 8, 5)],
  [Date.UTC(2026, 0, 15, 12), Date.UTC(2026, 0, 15, 5)],
])('midnight before %d', (ms, want) => {
  expect(newYorkMidnight(ms)).toBe(want);
});
