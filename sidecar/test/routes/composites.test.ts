// Routes that take several calls, against a stand-in Gateway.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { json, queryOf } from '../io/capturing-gateway.ts';
import { expectProblem } from '../io/expect-problem.ts';
import { startServing, type Serving } from '../request/serving.ts';

let on: Serving;
beforeAll(async () => {
  on = await startServing();
});
afterEach(() => on.gateway.reset());
afterAll(() => on.stop());

describe('history by symbol', () => {
  const stocks = 'GET /v1/api/trsrv/stocks';
  const bars = '/v1/api/iserver/marketdata/history';
  const path = (symbol: string, more = '') => `/market/${symbol}/history?period=1d&bar=1h${more}`;
  const listed = [
    { conid: 1, exchange: 'MEXI', isUS: false },
    { conid: 2 },
    { conid: 3, exchange: 'NASDAQ', isUS: true },
  ];

  test.each([
    { symbol: 'ONE', more: '', conid: '3' },
    { symbol: 'two', more: '&exchange=mexi', conid: '1' },
  ])('$symbol$more is of contract $conid', async ({ symbol, more, conid }) => {
    on.gateway.on(stocks, json({ [symbol.toUpperCase()]: [{ contracts: listed }] }));
    on.gateway.on(`GET ${bars}`, json({ data: [] }));
    const got = await on.send({ path: path(symbol, more) });
    expect({ status: got.status, body: got.json }).toEqual({ status: 200, body: { data: [] } });
    const [call] = on.gateway.calls(bars);
    expect(call && queryOf(call).get('conid')).toBe(conid);
  });

  test.each([
    { symbol: 'THREE', more: '&exchange=XETRA', stocks: { THREE: [{ contracts: listed }] } },
    { symbol: 'FOUR', more: '', stocks: {} },
    { symbol: 'FIVE', more: '', stocks: { FIVE: [{ name: 'no contracts' }] } },
    { symbol: '__proto__', more: '', stocks: {} },
    { symbol: 'constructor', more: '', stocks: {} },
  ])('$symbol$more is not listed', async ({ symbol, more, stocks: known }) => {
    on.gateway.on(stocks, json(known));
    expectProblem(await on.send({ path: path(symbol, more) }), { status: 404, code: 'symbol_not_found' });
    expect(on.gateway.calls(bars)).toEqual([]);
  });

  test.each([
    { symbol: 'SEVEN', stocks: null },
    { symbol: 'EIGHT', stocks: { EIGHT: 7 } },
    { symbol: 'NINE', stocks: { NINE: [null] } },
  ])(
    'an answer for $symbol that is no list of stocks is a fault of the Gateway',
    async ({ symbol, stocks: odd }) => {
      on.gateway.on(stocks, json(odd));
      expectProblem(await on.send({ path: path(symbol) }), { status: 502, code: 'upstream_decode_error' });
    },
  );
});

describe('all positions', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ conid: index }));
  const page = (account: string, number: number) => `GET /v1/api/portfolio/${account}/positions/${number}`;

  test('are all pages in one answer, which no cache keeps', async () => {
    on.gateway.on(page('DU1', 0), json(rows(100)));
    on.gateway.on(page('DU1', 1), json(rows(30)));
    on.gateway.on(page('DU1', 2), json([]));
    const got = await on.send({ path: '/accounts/DU1/positions/all' });
    expect((got.json as unknown[]).length).toBe(130);
    expect(got.get('cache-control')).toBe('no-store');
    expect(got.get('x-content-type-options')).toBe('nosniff');
  });

  test('end with the error that a page is', async () => {
    on.gateway.on(page('DU2', 0), json(rows(100)));
    on.gateway.on(page('DU2', 1), json({ error: 'no bridge' }, 400));
    const got = await on.send({ path: '/accounts/DU2/positions/all' });
    expect({ status: got.status, body: got.json }).toEqual({ status: 400, body: { error: 'no bridge' } });
  });
});
