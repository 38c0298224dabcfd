// IBKR's values as a model gets them.

import { expect, test } from '@jest/globals';
import { flag, number, plain, texts, time, whole, written } from '../../src/mcp/reading.ts';

test.each<[unknown, number | undefined]>([
  [1.5, 1.5],
  ['1,300', 1300],
  ['24.2M', 24_200_000],
  ['12K', 12_000],
  ['0.54%', 0.54],
  ['-3.50', -3.5],
  ['.5', 0.5],
  ['C189.30', 189.3],
  ['H12', 12],
  ['N/A', undefined],
  ['', undefined],
  ['1 USD', undefined],
  [NaN, undefined],
  [null, undefined],
  [{}, undefined],
])('the number in %j', (given, want) => {
  expect(number(given)).toBe(want);
});

test.each<[unknown, number | undefined]>([
  ['265598', 265_598],
  [12, 12],
  [1.5, undefined],
  ['x', undefined],
])('the id in %j', (given, want) => {
  expect(whole(given)).toBe(want);
});

test.each<[unknown, boolean | undefined]>([
  [true, true],
  [0, false],
  ['1', true],
  ['yes', undefined],
])('the flag in %j', (given, want) => {
  expect(flag(given)).toBe(want);
});

test.each<[unknown, string | undefined]>([
  [1_775_169_600_000, '2026-04-02T22:40:00.000Z'],
  [0, undefined],
  ['soon', undefined],
])('the time in %j', (given, want) => {
  expect(time(given)).toBe(want);
});

test('messages lose their markup', () => {
  expect(plain('<h4>Confirm</h4>Capped around\n<b>215</b>.')).toBe('Confirm Capped around 215 .');
  expect(texts(['a', '', 'b'])).toEqual(['a', 'b']);
  expect(texts('a')).toEqual(['a']);
});

test.each<[unknown, string]>([
  [[1, 'a'], '1,a'],
  [true, 'true'],
  ['a b', 'a b'],
])('%j in a query', (given, want) => {
  expect(written(given)).toBe(want);
});
