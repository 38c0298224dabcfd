// Symbols: the right listing, or an error that lists them all.

import { describe, expect, test } from '@jest/globals';
import { pick, type Listing } from '../src/conid.ts';
import { startGateway, startStage } from './stage.ts';

const apple: Listing = { conid: 1, name: 'APPLE INC', exchange: 'NASDAQ', isUS: true };
const mexican: Listing = { conid: 2, name: 'APPLE INC', exchange: 'MEXI', isUS: false };
const other: Listing = { conid: 3, name: 'APPLE HOSPITALITY', exchange: 'NYSE', isUS: true };
const december: Listing = { conid: 4, name: 'ES', exchange: '', expiry: '20261218' };
const march: Listing = { conid: 5, name: 'ES', exchange: '', expiry: '20270319' };

describe('which listing is meant', () => {
  test.each<[string, Listing[], Parameters<typeof pick>[3], number]>([
    ['the only one', [mexican], {}, 2],
    ['the American one', [mexican, apple], {}, 1],
    ['one that is told twice', [apple, apple], {}, 1],
    ['by exchange, however it is written', [apple, mexican], { exchange: 'mexi' }, 2],
    ['by name', [apple, other], { name: 'hospitality' }, 3],
    ['outside the United States', [apple, mexican], { isUS: false }, 2],
    ['by month', [december, march], { expiry: '202703' }, 5],
  ])('%s', (_, listings, wanted, want) => {
    expect(pick('X', 'STK', listings, wanted)).toBe(want);
  });

  test.each<[string, Listing[], Parameters<typeof pick>[3], object]>([
    ['none', [], {}, { kind: 'not-found', message: 'No contract of type STK has the symbol X.' }],
    [
      'none at that exchange',
      [apple],
      { exchange: 'LSE' },
      {
        kind: 'not-found',
        message: 'No X is what was asked for; there is 1 (APPLE INC, NASDAQ).',
      },
    ],
    [
      'two in America',
      [apple, mexican, other],
      {},
      {
        kind: 'ambiguous',
        message: 'X may be 1 (APPLE INC, NASDAQ) or 3 (APPLE HOSPITALITY, NYSE).',
        hint: 'Say which one with exchange, name or isUS.',
        body: [apple, mexican, other],
      },
    ],
    [
      'several months',
      Array.from({ length: 7 }, (_, index) => ({ ...march, conid: index + 1 })),
      {},
      {
        kind: 'ambiguous',
        message:
          'X may be 1 (ES, 20270319) or 2 (ES, 20270319) or 3 (ES, 20270319) or 4 (ES, 20270319) or 5 (ES, 20270319) or 2 more.',
      },
    ],
  ])('%s is an error', (_, listings, wanted, want) => {
    expect(() => pick('X', 'STK', listings, wanted)).toThrow(expect.objectContaining(want));
  });
});

test('through bezant: stocks, indexes and futures', async () => {
  const client = (await startStage()).client();
  expect(await client.conidOf('AAPL')).toBe(265598);
  expect(await client.conidOf('IBM')).toBe(8314);
  expect(await client.conidOf('IBM', { exchange: 'LSE' })).toBe(41645598);
  expect(await client.conidOf('IBM', { isUS: false })).toBe(41645598);
  expect(await client.conidOf('SPX', { secType: 'IND' })).toBe(416904);
  await expect(client.conidOf('ES', { secType: 'FUT' })).rejects.toMatchObject({
    kind: 'ambiguous',
    hint: 'Say which one with expiry.',
  });
  await expect(client.conidOf('ZZZZ')).rejects.toMatchObject({
    kind: 'not-found',
    message: 'No contract of type STK has the symbol ZZZZ.',
  });
  await expect(client.conidOf('ZZZZ', { secType: 'IND' })).rejects.toMatchObject({ kind: 'not-found' });
});

test('what was found is asked once, and a failure is asked again', async () => {
  const { direct, control, simulator } = await startGateway();
  const client = direct({ retries: 0 });
  const asked = (): number =>
    simulator.capture.list().filter(({ url }) => url.startsWith('/v1/api/trsrv/stocks')).length;
  await control('POST /faults', { paths: [{ path: '/v1/api/trsrv/stocks', status: 400, times: 1 }] });
  await expect(client.conidOf('AAPL')).rejects.toMatchObject({ kind: 'bad-request' });
  expect(await client.conidOf('AAPL')).toBe(265598);
  expect(await client.conidOf('AAPL')).toBe(265598);
  expect(asked()).toBe(2);
});

test.each([
  ['', {}, '"" is not one symbol'],
  ['AAPL,IBM', {}, '"AAPL,IBM" is not one symbol'],
  ['AAPL', { secType: 'OPT' }, 'an option has no symbol of its own'],
])('%j %j is refused without a call', async (symbol, options, want) => {
  const { direct, simulator } = await startGateway();
  await expect(direct().conidOf(symbol, options)).rejects.toThrow(want);
  expect(simulator.capture.list()).toEqual([]);
});
