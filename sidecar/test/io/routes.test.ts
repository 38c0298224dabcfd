// The predecessor's routes over the contract: what each asks of the Gateway, and that the answer's bytes come back.

import { describe, expect, test } from '@jest/globals';
import { json, pathOf, queryOf, startCapturingGateway, valuesOf, type Pairs } from './capturing-gateway.ts';
import { running } from './running.ts';
import { startSidecar } from './sidecar-process.ts';
import { send } from './wire.ts';

const on = running();

interface Row {
  call: string;
  body?: string;
  headers?: Pairs;
  /** Method and undecoded path. */
  want: string;
  query?: Record<string, string>;
  /** Exact bytes, or a value to be found as JSON. */
  upstreamBody?: string | Record<string, unknown>;
  /** A whole answer where an empty one would be asked again. */
  answer?: unknown;
}

const asJson: Pairs = [['Content-Type', 'application/json']];
const ticket =
  '{ "orders" : [{"conid":265598,"orderType":"LMT","side":"BUY","tif":"DAY","quantity":1.10,"price":100.10, "cOID":"one","big":12345678901234567890}] }';
const quote = [{ conid: 265598, '31': '1', '84': '1', '86': '1', '87': '1', '7219': '1', '6509': 'R' }];

const rows: Row[] = [
  { call: 'GET /accounts', want: 'GET /v1/api/portfolio/accounts' },
  { call: 'GET /accounts/DU1/summary', want: 'GET /v1/api/portfolio/DU1/summary' },
  { call: 'GET /accounts/DU%2F1/summary', want: 'GET /v1/api/portfolio/DU%2F1/summary' },
  { call: 'GET /accounts/DU%201/ledger', want: 'GET /v1/api/portfolio/DU%201/ledger' },
  { call: 'GET /accounts/DU1/positions', want: 'GET /v1/api/portfolio/DU1/positions/0' },
  { call: 'GET /accounts/DU1/positions?page=3', want: 'GET /v1/api/portfolio/DU1/positions/3' },
  {
    call: 'GET /accounts/DU1/positions?page=4&sort=name&direction=a',
    want: 'GET /v1/api/portfolio/DU1/positions/4',
    query: { sort: 'name', direction: 'a' },
  },
  { call: 'GET /accounts/DU1/ledger', want: 'GET /v1/api/portfolio/DU1/ledger' },
  {
    call: 'GET /accounts/DU1/orders',
    want: 'GET /v1/api/iserver/account/orders',
    query: { accountId: 'DU1' },
    answer: { orders: [{ orderId: 1 }], snapshot: true },
  },
  {
    call: 'GET /accounts/DU2/orders?force=true&filters=filled',
    want: 'GET /v1/api/iserver/account/orders',
    query: { accountId: 'DU2', force: 'true', filters: 'filled' },
    answer: { orders: [{ orderId: 1 }], snapshot: true },
  },
  {
    call: 'POST /accounts/DU1/orders',
    headers: asJson,
    body: ticket,
    want: 'POST /v1/api/iserver/account/DU1/orders',
    upstreamBody: ticket,
  },
  {
    call: 'DELETE /accounts/DU1/orders/1234567890',
    want: 'DELETE /v1/api/iserver/account/DU1/order/1234567890',
    upstreamBody: '',
  },
  {
    call: 'DELETE /accounts/DU1/orders/12?manualIndicator=true&extOperator=me',
    want: 'DELETE /v1/api/iserver/account/DU1/order/12',
    query: { manualIndicator: 'true', extOperator: 'me' },
    upstreamBody: '',
  },
  {
    call: 'GET /contracts/search?symbol=AAPL',
    want: 'POST /v1/api/iserver/secdef/search',
    upstreamBody: { symbol: 'AAPL', name: false, secType: 'STK' },
  },
  {
    call: 'GET /contracts/search?symbol=BRK%20B&name=true&secType=IND',
    want: 'POST /v1/api/iserver/secdef/search',
    upstreamBody: { symbol: 'BRK B', name: true, secType: 'IND' },
  },
  {
    call: 'GET /market/snapshot?conids=265598',
    want: 'GET /v1/api/iserver/marketdata/snapshot',
    query: { conids: '265598', fields: '31,84,86,87' },
    answer: quote,
  },
  {
    call: 'GET /market/snapshot?conids=265598,8314&fields=31,7219',
    want: 'GET /v1/api/iserver/marketdata/snapshot',
    query: { conids: '265598,8314', fields: '31,7219' },
    answer: quote,
  },
];

test.each(rows)(
  '$call is $want',
  async ({ call, body, headers = [], want, query = {}, upstreamBody, answer }) => {
    const [method = '', path = ''] = call.split(' ');
    const [wantMethod = '', wantPath = ''] = want.split(' ');
    const bytes = answer ?? { answered: call };
    on.gateway.on(`${wantMethod} ${wantPath}`, json(bytes));

    const got = await on.send({ method, path, headers, ...(body === undefined ? {} : { body }) });

    expect({ status: got.status, text: got.text }).toEqual({ status: 200, text: JSON.stringify(bytes) });
    expect(got.get('content-type')).toBe('application/json');
    const upstream = on.onlyCall(wantPath);
    expect({ method: upstream.method, path: pathOf(upstream) }).toEqual({
      method: wantMethod,
      path: wantPath,
    });
    expect(Object.fromEntries(queryOf(upstream))).toEqual(query);
    const sent = upstream.body.toString();
    expect(typeof upstreamBody === 'object' ? JSON.parse(sent) : sent).toEqual(upstreamBody ?? '');
    expect(valuesOf(upstream, 'origin')).toEqual([on.gateway.origin]);
    expect(valuesOf(upstream, 'referer')).toEqual([`${on.gateway.origin}/`]);
    expect(valuesOf(upstream, 'host')).toEqual([`localhost:${on.gateway.port}`]);
    expect(valuesOf(upstream, 'transfer-encoding')).toEqual([]);
    expect(valuesOf(upstream, 'content-length')).toEqual(
      ['GET', 'DELETE'].includes(wantMethod) ? [] : [String(upstream.body.length)],
    );
  },
);

test('HEAD is answered as GET is, without the body', async () => {
  on.gateway.on('* /v1/api/portfolio/HEAD/summary', json({ amount: 1 }));
  const got = await on.send({ method: 'HEAD', path: '/accounts/HEAD/summary' });
  expect({ status: got.status, length: got.body.length, type: got.get('content-type') }).toEqual({
    status: 200,
    length: 0,
    type: 'application/json',
  });
});

test('a trailing slash is the same route', async () => {
  on.gateway.on('GET /v1/api/portfolio/SLASH/summary', json({ slash: true }));
  const got = await on.send({ path: '/accounts/SLASH/summary/' });
  expect(got.json).toEqual({ slash: true });
});

test('the accounts are asked first, once', async () => {
  const fresh = await startSidecar(on.gateway.apiUrl);
  try {
    on.gateway.on('GET /v1/api/portfolio/FIRST/summary', json({}));
    await send(fresh.url, { path: '/accounts/FIRST/summary', headers: [['Cache-Control', 'no-cache']] });
    await send(fresh.url, { path: '/accounts/FIRST/summary', headers: [['Cache-Control', 'no-cache']] });
    const portfolio = on.gateway.calls().filter(({ target }) => target.startsWith('/v1/api/portfolio/'));
    expect(portfolio.map(({ target }) => target)).toEqual([
      '/v1/api/portfolio/accounts',
      '/v1/api/portfolio/FIRST/summary',
      '/v1/api/portfolio/FIRST/summary',
    ]);
  } finally {
    await fresh.stop();
  }
});

describe('the Gateway’s address', () => {
  test.each([
    { suffix: '', want: '/v1/api/portfolio/DU1/summary' },
    { suffix: '/', want: '/v1/api/portfolio/DU1/summary' },
    { suffix: '/v1/api/', want: '/v1/api/portfolio/DU1/summary' },
    { suffix: '/ibkr/v1/api', want: '/ibkr/v1/api/portfolio/DU1/summary' },
    { suffix: '/ibkr', want: '/ibkr/v1/api/portfolio/DU1/summary' },
  ])('with "$suffix" behind it', async ({ suffix, want }) => {
    const gateway = await startCapturingGateway();
    gateway.on(`GET ${want}`, json({ found: want }));
    const sidecar = await startSidecar(gateway.origin + suffix);
    try {
      const got = await send(sidecar.url, { path: '/accounts/DU1/summary' });
      expect(got.json).toEqual({ found: want });
    } finally {
      await sidecar.stop();
      await gateway.stop();
    }
  });
});
