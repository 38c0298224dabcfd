// Whether a model finds the operation it is looking for.

import { expect, test } from '@jest/globals';
import { loadContract } from '../../src/contract.ts';
import { createSearch } from '../../src/mcp/operation-search.ts';

const search = createSearch(loadContract().operations.filter(({ servedBy }) => servedBy !== 'cloud'));

test.each([
  ['delete a watchlist', 'deleteWatchlist'],
  ['create price alert', 'createAlert'],
  ['transactions of one contract', 'getTransactions'],
  ['exchange rate', 'getExchangeRates'],
  ['currency pairs', 'getCurrencyPairs'],
  ['trading schedule', 'getTradingSchedule'],
  ['futures by symbol', 'getFutureBySymbol'],
  ['log out', 'logout'],
  ['scanner parameters', 'getScannerParameters'],
  ['notifications unread', 'getUnreadFyis'],
  ['bond filters', 'getBondFilters'],
  ['algo order parameters', 'getAlgosByInstrument'],
])('%s', (query, want) => {
  expect(search(query, 3).map(({ id }) => id)).toContain(want);
});

test('nothing fits nothing', () => {
  expect(search('zebra', 5)).toEqual([]);
  expect(search('', 5)).toEqual([]);
});
