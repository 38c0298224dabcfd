// Contracts: the way from a symbol to an option's conid, the shapes of the answers, and the texts of the refusals.
import { expect, test } from '@jest/globals';
import {
  expiryMsOf,
  monthName,
  openMonths,
  parseMonth,
  strikesOf,
} from '../../src/brokerage/contracts/derived.ts';
import { describe as name } from '../../src/brokerage/contracts/contracts.ts';
import { AAPL, NOW, openDesk } from './desk.ts';

const FUTURES = '11004968';

test.each([
  [NOW, 1, ['APR26', 'MAY26', 'JUN26']],
  [NOW, 3, ['JUN26', 'SEP26', 'DEC26']],
  [Date.UTC(2026, 3, 17, 21), 1, ['MAY26', 'JUN26', 'JUL26']],
])('open months at %d, every %d', (nowMs, every, want) => {
  expect(openMonths(nowMs, 3, every).map(monthName)).toEqual(want);
});

test.each([
  ['APR26', Date.UTC(2026, 3, 17, 20)],
  ['JAN27', Date.UTC(2027, 0, 15, 20)],
])('%s expires on its third Friday', (text, want) => {
  expect(expiryMsOf(parseMonth(text) ?? 0)).toBe(want);
});

test.each(['', 'FOO26', 'APR', 'APRIL'])('%p is no month', (text) => {
  expect(parseMonth(text)).toBeUndefined();
});

test('search, strikes, info: an option chain, empty until it was searched for', () => {
  const desk = openDesk();
  const strikes = (): { call: number[]; put: number[] } =>
    desk.read('getContractStrikes', { query: { conid: String(AAPL), sectype: 'OPT', month: 'MAY26' } }) as {
      call: number[];
      put: number[];
    };
  expect(strikes()).toEqual({ call: [], put: [] });
  const [hit] = desk.read('getContractSymbols', { query: { symbol: 'aapl' } }) as { sections: unknown[] }[];
  expect(hit).toMatchObject({
    conid: '265598',
    companyHeader: 'APPLE INC - NASDAQ',
    symbol: 'AAPL',
    description: 'NASDAQ',
    sections: [
      { secType: 'STK' },
      { secType: 'OPT', months: expect.stringMatching(/^APR26;MAY26;/) },
      { secType: 'BAG' },
    ],
  });
  const apple = desk.world.contracts.find(AAPL);
  expect(strikes().call).toEqual(apple === undefined ? [] : strikesOf(apple));
  const strike = String(strikes().put[3]);
  const options = desk.read('getContractInfo', {
    query: { conid: String(AAPL), sectype: 'OPT', month: 'MAY26', strike, right: 'P' },
  }) as { conid: number }[];
  expect(options).toMatchObject([
    { right: 'P', strike: Number(strike), maturityDate: '20260515', multiplier: '100' },
  ]);
  const found = desk.world.contracts.find(options[0]?.conid ?? 0);
  expect(found && name(found)).toBe(`AAPL MAY2026 ${strike} P`);
});

test('futures: by symbol, and by search and month', () => {
  const desk = openDesk();
  const { ES } = desk.read('getFutureBySymbol', { query: { symbols: 'ES' } }) as {
    ES: { expirationDate: number }[];
  };
  expect(ES.map(({ expirationDate }) => expirationDate)).toEqual([20260619, 20260918, 20261218, 20270319]);
  desk.read('getContractSymbols', { query: { symbol: 'ES' } });
  expect(
    desk.read('getContractInfo', { query: { conid: FUTURES, sectype: 'FUT', month: 'JUN26' } }),
  ).toMatchObject([
    { conid: (ES[0] as unknown as { conid: number }).conid, secType: 'FUT', multiplier: '50' },
  ]);
});

test.each([
  ['a symbol on two exchanges, with bonds', { symbol: 'IBM' }, ['8314', '41645598', '2147483647']],
  ['bonds alone', { symbol: 'IBM', secType: 'BOND' }, ['2147483647']],
  ['part of a name', { symbol: 'coca-cola', name: 'true' }, ['8894']],
  ['an ISIN', { symbol: 'US0378331005', name: 'true' }, ['265598']],
  ['an index', { symbol: 'SPX', secType: 'IND' }, ['416904']],
])('search for %s', (_, query, want) => {
  const desk = openDesk();
  const conids = (answer: unknown): string[] => (answer as { conid: string }[]).map(({ conid }) => conid);
  expect(conids(desk.read('getContractSymbols', { query }))).toEqual(want);
  const body = { ...query, name: 'name' in query };
  expect(conids(desk.read('getContractSymbolsFromBody', { body }))).toEqual(want);
});

test('search by ISIN writes the exchange into the header only; nothing found is an object', () => {
  const desk = openDesk();
  expect(desk.read('getContractSymbols', { query: { symbol: 'US0378331005', name: 'true' } })).toMatchObject([
    { companyHeader: 'APPLE INC (NASDAQ)', description: null },
  ]);
  expect(desk.read('getContractSymbols', { query: { symbol: 'XX0000000000', name: 'true' } })).toEqual({
    error: 'No contracts found',
  });
});

test.each([
  ['search without symbol', 'getContractSymbols', {}, 400, 'Bad Request: symbol needed'],
  [
    'info of an unknown contract',
    'getContractInfo',
    { query: { conid: '1' } },
    500,
    expect.stringMatching(/^\{"reason"/),
  ],
  [
    'algos of an unknown contract',
    'getAlgosByInstrument',
    { params: { conid: '1' } },
    503,
    'Service Unavailable',
  ],
  ['secdef without conids', 'getInstrumentDefinition', {}, 400, 'Bad Request: conids needed'],
  [
    'a rate of an unknown currency',
    'getExchangeRates',
    { query: { source: 'USD', target: 'XXX' } },
    500,
    expect.any(String),
  ],
  [
    'dynamic accounts',
    'getDynamicAccounts',
    { params: { searchPattern: 'U' } },
    503,
    expect.stringMatching(/^Details/),
  ],
  ['a dynamic account', 'setDynamicAccount', { body: { acctId: 'U1' } }, 401, expect.any(String)],
])('refuses %s', (_, id, request, status, error) => {
  expect(openDesk().call(id, request)).toMatchObject({ status, json: { error } });
});

test('info answers one object for a stock; rules and algos follow the contract', () => {
  const desk = openDesk();
  const conid = String(AAPL);
  expect(desk.read('getContractInfo', { query: { conid } })).toMatchObject({
    conid: AAPL,
    ticker: 'AAPL',
    right: '?',
    strike: 0,
  });
  expect(desk.read('getInstrumentInfo', { params: { conid } })).toMatchObject({
    con_id: AAPL,
    instrument_type: 'STK',
    r_t_h: true,
  });
  expect(desk.read('getInfoAndRules', { params: { conid }, query: { isBuy: 'True' } })).toMatchObject({
    con_id: AAPL,
    rules: { error: null, orderTypes: expect.arrayContaining(['limit', 'midprice']), increment: 0.01 },
  });
  const limit = (isBuy: boolean): number =>
    (desk.read('getContractRules', { body: { conid, isBuy } }) as { limitPrice: number }).limitPrice;
  expect(limit(true)).toBeGreaterThan(limit(false));
  expect(desk.read('getAlgosByInstrument', { params: { conid }, query: { algos: 'Vwap' } })).toEqual({
    algos: [{ name: 'VWAP', id: 'Vwap' }],
  });
});

test('definitions by query and body, stocks and conids by symbol and exchange', () => {
  const desk = openDesk();
  const definition = {
    secdef: [{ conid: AAPL, ticker: 'AAPL', assetClass: 'STK', strike: '0', isUS: true }],
  };
  expect(desk.read('getInstrumentDefinition', { query: { conids: String(AAPL) } })).toMatchObject(definition);
  expect(desk.read('getInstrumentDefinitionFromBody', { body: { conids: [AAPL] } })).toMatchObject(
    definition,
  );
  expect(desk.read('getStockBySymbol', { query: { symbols: 'IBM,NONE' } })).toMatchObject({
    IBM: [
      {
        contracts: [
          { conid: 8314, isUS: true },
          { conid: 41645598, isUS: false },
        ],
      },
    ],
    NONE: [],
  });
  expect(desk.read('getConidsByExchange', { query: { exchange: 'ARCA' } })).toContainEqual({
    ticker: 'SPY',
    conid: 756733,
    exchange: 'ARCA',
  });
});

test('currencies: pairs from both sides, and rates that are inverses', () => {
  const desk = openDesk();
  expect(desk.read('getCurrencyPairs', { query: { currency: 'EUR' } })).toEqual({
    EUR: [{ symbol: 'EUR.USD', conid: 12087792, ccyPair: 'USD' }],
  });
  const rate = (source: string, target: string): number =>
    (desk.read('getExchangeRates', { query: { source, target } }) as { rate: number }).rate;
  expect(rate('EUR', 'USD') * rate('USD', 'EUR')).toBeCloseTo(1, 6);
  expect(rate('USD', 'JPY')).toBeGreaterThan(100);
});

test('schedules in both shapes name the next six trading days', () => {
  const desk = openDesk();
  const { schedules } = desk.read('getTradingSchedule', { query: { conid: String(AAPL) } }) as {
    schedules: Record<string, { liquid_hours: { opening: number; closing: number }[] }>;
  };
  expect(Object.keys(schedules)).toEqual([
    '20260408',
    '20260409',
    '20260410',
    '20260413',
    '20260414',
    '20260415',
  ]);
  expect(schedules['20260408']?.liquid_hours).toEqual([
    { opening: Date.UTC(2026, 3, 8, 13, 30) / 1_000, closing: Date.UTC(2026, 3, 8, 20) / 1_000 },
  ]);
  const byVenue = { query: { symbol: 'IBM', assetClass: 'STK', exchange: 'NYSE' } };
  expect(desk.read('getTradingScheduleBySymbol', byVenue)).toMatchObject([
    { exchange: 'NYSE', schedules: expect.any(Array) },
  ]);
});

test('bond filters: empty for an unknown issuer', () => {
  const desk = openDesk();
  expect(desk.read('getBondFilters', { query: { symbol: 'BOND', issuerId: 'x' } })).toEqual({
    bondFilters: [],
  });
  const filters = desk.read('getBondFilters', { query: { symbol: 'BOND', issuerId: 'e9000001' } });
  expect(filters).toMatchObject({ bondFilters: [{ columnId: 27 }, {}, {}, {}] });
});
