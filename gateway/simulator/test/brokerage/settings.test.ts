// What a scenario may say of the brokerage, and how it is told what is wrong.
import { expect, test } from '@jest/globals';
import { parseSettings } from '../../src/brokerage/settings.ts';

test('nothing said gives one account in an open market', () => {
  expect(parseSettings({})).toEqual({
    accounts: 1,
    extraPositions: 0,
    market: 'open',
    halted: [],
    cashUsd: 250_000,
    holdings: 'usual',
    openOrder: false,
  });
});

test.each([
  [{ accounts: 6 }, 'brokerage.accounts must be a number from 1 to 5'],
  [{ market: 'shut' }, 'brokerage.market must be "open" or "closed"'],
  [{ halted: ['x'] }, 'brokerage.halted must be a list of conids'],
  [{ cash: 1 }, 'brokerage.cash is not a setting; known are accounts, extraPositions'],
  [[], '"brokerage" must be an object'],
])('%j is refused', (given, want) => {
  expect(() => parseSettings(given)).toThrow(want);
});
