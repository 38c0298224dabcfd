// A request is held against the contract before anything is sent: each fault is named by a JSON pointer into the request
// as the caller wrote it.

import { expect, test } from '@jest/globals';
import { json, type Pairs } from './capturing-gateway.ts';
import { expectProblem } from './expect-problem.ts';
import { running } from './running.ts';
import type { Sent } from './wire.ts';

const on = running();
const asJson: Pairs = [['Content-Type', 'application/json']];

const ticket = { conid: 265598, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity: 1, price: 1, cOID: 'v' };
const post = (path: string, body: unknown): Sent => ({
  method: 'POST',
  path,
  headers: asJson,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const place = (body: unknown): Sent => post('/v1/api/iserver/account/DU1/orders', body);
const sideless = { conid: 265598, orderType: 'MKT', tif: 'DAY', quantity: 1, cOID: 'w' };

interface Row {
  name: string;
  sent: Sent;
  pointers: string[];
  code?: string;
}

const rows: Row[] = [
  {
    name: 'a snapshot of nothing',
    sent: { path: '/v1/api/iserver/marketdata/snapshot' },
    pointers: ['/query/conids'],
  },
  { name: 'definitions of nothing', sent: { path: '/v1/api/trsrv/secdef' }, pointers: ['/query/conids'] },
  {
    name: 'bars of a word',
    sent: { path: '/v1/api/iserver/marketdata/history?conid=apple&period=1d&bar=1min' },
    pointers: ['/query/conid'],
  },
  {
    name: 'of two faults in a query the first',
    sent: { path: '/v1/api/iserver/exchangerate' },
    pointers: ['/query/target'],
  },
  {
    name: 'neither true nor false',
    sent: { path: '/v1/api/iserver/marketdata/history?conid=1&period=1d&bar=1min&outsideRth=maybe' },
    pointers: ['/query/outsideRth'],
  },
  {
    name: 'a page that is none',
    sent: { path: '/v1/api/portfolio/DU1/positions/first' },
    pointers: ['/path/pageId'],
  },
  {
    name: 'an order id that is none',
    sent: { path: '/v1/api/iserver/account/order/status/mine' },
    pointers: ['/path/orderId'],
  },
  { name: 'an order that is no JSON', sent: place('{"orders":['), pointers: ['/body'] },
  {
    name: 'no order at all',
    sent: { method: 'POST', path: '/v1/api/iserver/account/DU1/orders', headers: asJson },
    pointers: ['/body'],
  },
  { name: 'orders without a list', sent: place({}), pointers: ['/body/orders'] },
  { name: 'an empty list of orders', sent: place({ orders: [] }), pointers: ['/body/orders'] },
  { name: 'a list instead of orders', sent: place([ticket]), pointers: ['/body'] },
  {
    name: 'a side that is none',
    sent: place({ orders: [{ ...ticket, side: 'HOLD' }] }),
    pointers: ['/body/orders/0/side'],
  },
  {
    name: 'an order without a side',
    sent: place({ orders: [ticket, sideless] }),
    pointers: ['/body/orders/1/side'],
  },
  {
    name: 'a quantity in words',
    sent: place({ orders: [{ ...ticket, quantity: 'ten' }] }),
    pointers: ['/body/orders/0/quantity'],
  },
  {
    name: 'a reply without an answer',
    sent: post('/v1/api/iserver/reply/abc', {}),
    pointers: ['/body/confirmed'],
  },
  {
    name: 'a short path, no symbol',
    sent: { path: '/contracts/search' },
    pointers: ['/query/symbol'],
    code: 'missing_query_param',
  },
  {
    name: 'a short path, no conids',
    sent: { path: '/market/snapshot' },
    pointers: ['/query/conids'],
    code: 'missing_query_param',
  },
  {
    name: 'a short path, no truth value',
    sent: { path: '/contracts/search?symbol=A&name=maybe' },
    pointers: ['/query/name'],
  },
  {
    name: 'a short path, a page in words',
    sent: { path: '/accounts/DU1/positions?page=first' },
    pointers: ['/query/page'],
  },
  {
    name: 'a short path, a page below zero',
    sent: { path: '/accounts/DU1/positions?page=-1' },
    pointers: ['/query/page'],
  },
  {
    name: 'a short path, a wrong side',
    sent: post('/accounts/DU1/orders', { orders: [{ ...ticket, side: 'HOLD' }] }),
    pointers: ['/body/orders/0/side'],
  },
];

test.each(rows)('$name', async ({ sent, pointers, code = 'bad_request' }) => {
  const problem = expectProblem(await on.send(sent), { status: 400, code, pointers });
  for (const pointer of pointers.slice(0, 1)) {
    const name = pointer.split('/').at(-1) ?? '';
    expect(problem['message']).toContain(name);
  }
  expect(on.gateway.seen()).toEqual([]);
});

const lenient: { name: string; sent: Sent; upstream: string }[] = [
  {
    name: 'True',
    sent: { path: '/v1/api/iserver/marketdata/history?conid=1&period=1d&bar=1min&outsideRth=True' },
    upstream: '/v1/api/iserver/marketdata/history',
  },
  {
    name: 'a trailing slash',
    sent: { path: '/v1/api/iserver/account/trades/?accountId=DU1' },
    upstream: '/v1/api/iserver/account/trades/',
  },
  {
    name: 'an undocumented parameter',
    sent: { path: '/v1/api/trsrv/stocks?symbols=A&beta=1' },
    upstream: '/v1/api/trsrv/stocks',
  },
  {
    name: 'an undocumented member',
    sent: place({ orders: [{ ...ticket, myField: { a: 1 } }], extra: true }),
    upstream: '/v1/api/iserver/account/DU1/orders',
  },
  {
    name: 'a list joined by commas',
    sent: { path: '/v1/api/iserver/marketdata/snapshot?conids=1,2%2C3&fields=31' },
    upstream: '/v1/api/iserver/marketdata/snapshot',
  },
];

test.each(lenient)('$name is accepted and sent on as it came', async ({ sent, upstream }) => {
  on.gateway.on(`* ${upstream}`, json([{ '31': '1', '6509': 'R' }]));
  const got = await on.send(sent);
  expect(got.status).toBe(200);
  const call = on.onlyCall(upstream);
  expect({ target: call.target, body: call.body.toString() }).toEqual({
    target: sent.path,
    body: sent.body ?? '',
  });
});
