import { expect, test } from '@jest/globals';
import { withLoopback } from '../src/loopback.ts';

const everywhere = '\x01\x00\x070.0.0.0';

test.each([
  ['one place', `before${everywhere}after`, 'before\x01\x00\x09127.0.0.1after'],
  ['none', 'before and after', null],
  ['more than one: not the class that we know', everywhere + everywhere, null],
])('%s', (_name, given, want) => {
  expect(withLoopback(Buffer.from(given, 'latin1'))?.toString('latin1') ?? null).toBe(want);
});
