import { expect, test } from '@jest/globals';
import { compareVersions } from '../src/version.ts';

test.each([
  ['2.28.0', '2.29.0', -1],
  ['2.9.0', '2.28.0', -1],
  ['2.28', '2.28.0', 0],
  ['10', '9.9', 1],
  ['', '0.1', -1],
])('%s against %s', (one, other, want) => {
  expect(Math.sign(compareVersions(one, other))).toBe(want);
  expect(Math.sign(compareVersions(other, one))).toBe(want === 0 ? 0 : -want);
});
