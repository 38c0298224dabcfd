// Prices: one walk behind quotes, history and yesterday's close; snapshots that start with ids only; the grammar of
// periods and bars.
import { expect, test } from '@jest/globals';
import { makeBars, parseSpan } from '../../src/brokerage/market/bars.ts';
import { marketFields } from '../../src/brokerage/market/fields.ts';
import { optionValue } from '../../src/brokerage/market/option-price.ts';
import { walk } from '../../src/brokerage/market/walk.ts';
import { newYork } from '../../src/brokerage/times.ts';
import { AAPL, NOW, openDesk, type Desk } from './desk.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const UNSUBSCRIBED = 41645598;

function instrument(desk: Desk, conid = AAPL): NonNullable<ReturnType<Desk['world']['contracts']['find']>> {
  const found = desk.world.contracts.find(conid);
  if (found === undefined) throw new Error(`no contract ${conid}`);
  return found;
}

const snapshot = (desk: Desk, conids: string, fields = '31'): Record<string, unknown>[] =>
  desk.read('getMdSnapshot', { query: { conids, fields } }) as Record<string, unknown>[];

test('the walk is a function of seed, conid and time, and stays bounded', () => {
  expect(walk(1, AAPL, NOW)).toBe(walk(1, AAPL, NOW));
  expect(walk(1, AAPL, NOW)).not.toBe(walk(2, AAPL, NOW));
  expect(walk(1, AAPL, NOW)).not.toBe(walk(1, 8314, NOW));
  const years = Array.from({ length: 2_000 }, (_, day) => walk(1, AAPL, NOW - day * DAY));
  expect(Math.max(...years.map(Math.abs))).toBeLessThan(11);
  const seconds = Array.from({ length: 60 }, (_, second) => walk(1, AAPL, NOW + second * 1_000));
  expect(new Set(seconds).size).toBe(60);
  expect(Math.max(...seconds) - Math.min(...seconds)).toBeLessThan(0.3);
});

test('two worlds with one seed tell the same story, another seed another', () => {
  const story = (seed: number): unknown => {
    const desk = openDesk({}, seed);
    const id = desk.place({ conid: AAPL, orderType: 'MKT', side: 'BUY', tif: 'DAY', quantity: 10 });
    desk.clock.advance(5_000);
    snapshot(desk, String(AAPL));
    return [
      id,
      desk.read('getTradeHistory'),
      snapshot(desk, String(AAPL), '31,84,86'),
      desk.read('getOpenOrders'),
    ];
  };
  expect(story(7)).toEqual(story(7));
  expect(story(7)).not.toEqual(story(8));
});

test('the first snapshot has ids only, the next what was asked for', () => {
  const desk = openDesk();
  expect(snapshot(desk, `${AAPL},8314`)).toEqual([
    { conid: AAPL, conidEx: String(AAPL) },
    { conid: 8314, conidEx: '8314' },
  ]);
  const [row] = snapshot(desk, String(AAPL), '31,55,84,86,87,6070,7219,9999,constructor');
  expect(row).toEqual({
    conid: AAPL,
    conidEx: String(AAPL),
    _updated: expect.any(Number),
    server_id: expect.any(String),
    '6119': expect.any(String),
    '6508': expect.stringMatching(/^&serviceID/),
    '6509': 'RpB',
    '31': expect.stringMatching(/^\d+\.\d\d$/),
    '55': 'AAPL',
    '84': expect.any(String),
    '86': expect.any(String),
    '87': expect.stringMatching(/M$/),
    '6070': 'STK',
    '7219': 'AAPL',
  });
  desk.read('closeAllMdStreams');
  expect(snapshot(desk, String(AAPL))).toEqual([{ conid: AAPL, conidEx: String(AAPL) }]);
  expect(snapshot(desk, `${AAPL}@SMART`)).toMatchObject([
    { conid: AAPL, conidEx: `${AAPL}@SMART`, '31': expect.any(String) },
  ]);
});

test.each([
  ['an instrument without subscription', {}, UNSUBSCRIBED, { '31': 'N/A', '55': '-' }],
  ['a closed market', { market: 'closed' }, AAPL, { '31': expect.stringMatching(/^C/), '6509': 'ZB' }],
  ['a halt', { halted: [AAPL] }, AAPL, { '31': expect.stringMatching(/^H/), '6509': 'RpB' }],
])('marks %s', (_, settings, conid, want) => {
  const desk = openDesk(settings);
  snapshot(desk, String(conid));
  const [row] = snapshot(desk, String(conid), '31,55,84');
  expect(row).toMatchObject(want);
  expect('6509' in (row ?? {})).toBe('6509' in want);
});

test('a closed market stands still', () => {
  const desk = openDesk({ market: 'closed' });
  const before = desk.world.market.quote(instrument(desk));
  desk.clock.advance(DAY);
  expect(desk.world.market.quote(instrument(desk))).toEqual(before);
});

test('every known field has a value for some contract; derivatives once their underlying was searched for', () => {
  const desk = openDesk();
  const apple = instrument(desk);
  const option = desk.world.contracts.options(apple, desk.world.contracts.optionMonths()[2] ?? '')[20];
  const [future] = desk.world.contracts.futures(instrument(desk, 11004968));
  const conids = [AAPL, option?.conid, future?.conid].join(',');
  const codes = Object.keys(marketFields);
  snapshot(desk, conids);
  expect(snapshot(desk, String(option?.conid), '31')).toEqual([
    { conid: option?.conid, conidEx: String(option?.conid) },
  ]);
  for (const symbol of ['AAPL', 'ES']) desk.read('getContractSymbols', { query: { symbol } });
  const rows = [codes.slice(0, 50), codes.slice(50)].flatMap((part) =>
    snapshot(desk, conids, part.join(',')),
  );
  const seen = new Set(rows.flatMap((row) => Object.keys(row)));
  expect(codes.filter((code) => !seen.has(code))).toEqual([]);
});

test('refuses too many conids and fields, and closing what is not open', () => {
  const desk = openDesk();
  const many = (count: number): string => Array.from({ length: count }, (_, index) => index + 1).join(',');
  expect(desk.call('getMdSnapshot', { query: { conids: many(101), fields: '31' } }).status).toBe(400);
  expect(
    desk.call('getMdSnapshot', { query: { conids: many(100), fields: many(50) } }).status,
  ).toBeUndefined();
  expect(desk.call('getMdSnapshot', { query: { conids: '1', fields: many(51) } }).status).toBe(400);
  expect(desk.call('getMdSnapshot').status).toBe(400);
  expect(desk.call('closeMdStream', { body: { conid: 8314 } })).toEqual({
    status: 500,
    json: { error: 'unknown' },
  });
});

test('a regulatory snapshot is whole at once', () => {
  expect(openDesk().read('getRegulatorySnapshot', { query: { conid: String(AAPL) } })).toMatchObject({
    conid: AAPL,
    '31': expect.any(String),
    '84': expect.any(String),
  });
});

test.each([
  ['1d', '1min', { periodMs: DAY, barMs: 60_000 }],
  ['1d', undefined, { periodMs: DAY, barMs: 60_000 }],
  ['1w', undefined, { periodMs: 7 * DAY, barMs: 15 * 60_000 }],
  ['1m', undefined, { periodMs: 30 * DAY, barMs: 30 * 60_000 }],
  ['1y', '1d', { periodMs: 365 * DAY, barMs: DAY }],
  ['15y', undefined, { periodMs: 15 * 365 * DAY, barMs: 7 * DAY }],
  ['30min', '1min', { periodMs: 30 * 60_000, barMs: 60_000 }],
  ['31min', '1min', undefined],
  ['9h', '1min', undefined],
  ['1w', '5min', undefined],
  ['1y', '1h', undefined],
  ['15y', '1d', undefined],
  ['1d', '1d', undefined],
  ['0d', '1min', undefined],
  ['1x', '1min', undefined],
  ['1d', 'constructor', undefined],
])('period %s with bar %s', (period, bar, want) => {
  expect(parseSpan(period, bar)).toEqual(want);
});

test.each([
  ['1d', '1min', 390],
  ['1w', '1h', 35],
  ['1m', '1d', 21],
  ['1y', '1d', 261],
  ['10y', '1w', 522],
  ['1w', '10min', 195],
  ['20d', '10min', 546],
])('%s of %s bars are %i bars in order, within their own extremes', (period, bar, count) => {
  const desk = openDesk();
  const span = parseSpan(period, bar);
  if (span === undefined) throw new Error('no span');
  const bars = makeBars(desk.world.market, {
    instrument: instrument(desk),
    span,
    endMs: NOW,
    outsideRth: false,
  });
  expect(bars).toHaveLength(count);
  expect(bars.map(({ t }) => t)).toEqual(bars.map(({ t }) => t).sort((a, b) => a - b));
  expect(bars.every(({ o, c, h, l }) => h >= o && h >= c && l <= o && l <= c)).toBe(true);
  expect(bars.every(({ t }) => newYork(t).weekday > 0 && newYork(t).weekday < 6)).toBe(true);
});

test('the last bar ends at the price of now', () => {
  const desk = openDesk();
  const { data } = desk.read('getMdHistory', {
    query: { conid: String(AAPL), period: '1d', bar: '5min' },
  }) as {
    data: { c: number }[];
  };
  expect(data.at(-1)?.c).toBe(desk.world.market.quote(instrument(desk)).last);
});

test('history ends at startTime, needs a fitting bar, and takes travel time so that five can be under way', () => {
  const desk = openDesk();
  const history = (query: Record<string, string>): ReturnType<Desk['call']> =>
    desk.call('getMdHistory', { query });
  expect(
    history({ conid: String(AAPL), period: '1d', bar: '1h', startTime: '20260401-20:00:00' }),
  ).toMatchObject({
    json: { startTime: '20260401-13:30:00', barLength: 3_600, symbol: 'AAPL', priceFactor: 100 },
    delayMs: 150,
  });
  expect(history({ conid: String(AAPL), period: '1y', bar: '1min' }).status).toBe(400);
  expect(history({ conid: '1', period: '1d' }).status).toBe(500);
});

test('options: parity of call and put, and bounds of delta', () => {
  const inputs = { spot: 212, strike: 200, volatility: 0.25, leftMs: 60 * DAY };
  const call = optionValue({ ...inputs, right: 'C' });
  const put = optionValue({ ...inputs, right: 'P' });
  expect(call.price - put.price).toBeCloseTo(12, 3);
  expect(call.delta - put.delta).toBeCloseTo(1, 6);
  expect(optionValue({ ...inputs, right: 'C', leftMs: 0 })).toMatchObject({ price: 12, delta: 1 });
});

test('scans rank what is listed; the older ones need their own session first', () => {
  const desk = openDesk();
  const { contracts } = desk.read('getScannerResults', {
    body: {
      instrument: 'STK',
      type: 'MOST_ACTIVE',
      location: 'STK.US.MAJOR',
      filter: [{ code: 'priceAbove', value: 100 }],
    },
  }) as { contracts: { column_name?: string; con_id: number }[] };
  expect(contracts.map(({ column_name }) => column_name).filter((name) => name !== undefined)).toEqual([
    'Volume',
  ]);
  expect(contracts[0]).toHaveProperty('column_name');
  expect(contracts.every(({ con_id }) => desk.world.market.quote(instrument(desk, con_id)).last >= 100)).toBe(
    true,
  );
  expect(
    desk.call('getScannerResults', { body: { instrument: 'STK', type: 'constructor', location: 'x' } })
      .status,
  ).toBe(400);
  expect(desk.call('getHmdsScannerParameters').status).toBe(404);
  desk.read('initializeHmds');
  expect(desk.read('getHmdsScannerParameters')).toHaveProperty('scan_type_list');
  expect(desk.read('getHmdsScannerResults', { body: { scanCode: 'TOP_PERC_GAIN' } })).toMatchObject({
    Contracts: { Contract: expect.any(Array) },
  });
});
