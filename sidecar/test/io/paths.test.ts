// Which paths lead to the Gateway at all. It has handlers that drop the session without asking who calls, and it redirects
// what it does not know to IBKR's cloud: neither may be reached from here, however the path is spelled.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { json, startCapturingGateway, type CapturingGateway, type Pairs } from './capturing-gateway.ts';
import { expectProblem } from './expect-problem.ts';
import { running } from './running.ts';
import { startSidecar, type Sidecar } from './sidecar-process.ts';
import { send } from './wire.ts';

const on = running();
const asJson: Pairs = [['Content-Type', 'application/json']];

describe('nothing is sent for', () => {
  const elsewhere = [
    '/clear',
    '/status',
    '/demo/index.html',
    '/tickle',
    '/iserver/accounts',
    '/v1',
    '/v1/api',
    '/v1/api/',
    '/v1/apix/tickle',
    '/v1/am/x',
    '/v1/tws/x',
    '/v2/api/tickle',
    '/qa/api/tickle',
    '/gw/api/v1/accounts',
    '/oauth2/api/v1/token',
    '/ssoX/Login',
    '/portal.proxy/v1/other',
    '/favicon.ico/x',
  ];
  const disguised = [
    '/v1/api/../clear',
    '/v1/api/../../clear',
    '/v1/api/%2e%2e/clear',
    '/v1/api/%2e%2e/%2E%2E/clear',
    '/v1/api/.%2e/clear',
    '/v1/api/..%2fclear',
    '/v1/api/..%2F..%2Fclear',
    '/v1/api/x%2F..%2F..%2F..%2Fclear',
    '/v1/api/..%5cclear',
    '/v1/api/x\\..\\..\\clear',
    '/v1/api/%252e%252e/clear',
    '/v1/api/%25252e%25252e/clear',
    '/v1/api/./../clear',
    '/v1/api/..;/clear',
    '/v1/api//../clear',
    '/v1/api//tickle',
    '/v1//api/tickle',
    '//v1/api/tickle',
    '//clear',
    '//evil.example/v1/api/tickle',
    '/v1/portal/../../clear',
    '/v1/portal/%2e%2e/clear',
    '/sso/../clear',
    '/sso/%2e%2e/clear',
    '/sso/..%2fclear',
    '/sso/..;/clear',
    '/sso/%252e%252e/clear',
    '/css/../../clear',
    '/accounts/../clear',
    '/accounts/%2e%2e/summary',
    '/accounts/../summary',
    '/accounts/%2e/summary',
    '/accounts/..%2f..%2f..%2fclear/summary',
    '/%2e%2e/clear',
    '/%63lear',
    '/CLEAR',
    '/v1/api/tickle%00',
    '/v1/api/%0d%0aX:%20y',
    '/v1/api/iserver/account/DU%2F1/never',
    '/v1/api/ISERVER/accounts',
    'http://evil.example/v1/api/tickle',
  ];
  test.each([...elsewhere, ...disguised])('%s', async (path) => {
    for (const method of ['GET', 'POST']) {
      const got = await on.send({ method, path });
      expect(on.gateway.seen()).toEqual([]);
      expect(got.status === 421 ? 'host_refused' : (got.json as { code: string }).code).toMatch(
        /^(path_refused|not_found|host_refused|passthrough_refused|method_not_allowed)$/,
      );
      expect([403, 404, 405, 421]).toContain(got.status);
    }
  });

  test.each(elsewhere)('%s, which is 404 path_refused', async (path) => {
    expectProblem(await on.send({ path }), { status: 404, code: 'path_refused' });
  });
});

describe('paths under /v1/api that the contract does not know', () => {
  test.each([
    { method: 'GET', path: '/v1/api/never/heard/of?a=%20b&c=True' },
    { method: 'GET', path: '/v1/portal/never/heard/of' },
  ])('$method $path passes as it is', async ({ method, path }) => {
    const [route = ''] = path.split('?');
    on.gateway.on(`* ${route}`, json({ raw: path }));
    const got = await on.send({ method, path });
    expect(got.json).toEqual({ raw: path });
    expect(on.onlyCall(route)).toMatchObject({ method, target: path });
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'])('%s is refused', async (method) => {
    const got = await on.send({ method, path: '/v1/api/never/heard/of', headers: asJson, body: '{}' });
    expectProblem(got, { status: 403, code: 'passthrough_refused' });
    expect(on.gateway.seen()).toEqual([]);
  });
});

interface Refused {
  method: string;
  path: string;
  code: string;
  status?: number;
}

const dangerous: Refused[] = [
  ...[
    '/v1/api/iserver/account/DU1/order/-1',
    '/v1/api/iserver/account/DU1/order/-1/',
    '/v1/api/iserver/account/DU1/order/%2D1',
    '/v1/api/iserver/account/DU1/order/-01',
    '/v1/api/iserver/account/DU1/order/-1.0',
    '/v1/api/iserver/account/DU1/order/-1e0',
    '/v1/api/iserver/account/DU1/order/%20-1',
    '/v1/api/iserver/account/DU1/order/-1%20',
    '/v1/portal/iserver/account/DU1/order/-1',
    '/accounts/DU1/orders/-1',
    '/accounts/DU1/orders/%2d1',
    '/v1/api/iserver/account/DU1/alert/0',
    '/v1/api/iserver/account/DU1/alert/%30',
    '/v1/api/iserver/account/DU1/alert/00',
    '/v1/api/iserver/account/DU1/alert/-0',
  ].map((path) => ({ method: 'DELETE', path, code: 'destructive_refused' })),
  ...[
    '/v1/api/iserver/marketdata/unsubscribeall',
    '/v1/api/iserver/marketdata/unsubscribeall/',
    '/v1/api/iserver/marketdata/unsubscribeall?x=1',
    '/v1/api/iserver/marketdata/%75nsubscribeall',
    '/v1/portal/iserver/marketdata/unsubscribeall',
  ].map((path) => ({ method: 'GET', path, code: 'destructive_refused' })),
  { method: 'GET', path: '/v1/api/md/regsnapshot?conid=265598', code: 'costs_money_refused' },
  { method: 'GET', path: '/v1/api/md/regsnapshot/?conid=265598', code: 'costs_money_refused' },
  { method: 'GET', path: '/v1/portal/md/regsnapshot?conid=265598', code: 'costs_money_refused' },
];

const cloud: Refused[] = [
  { method: 'GET', path: '/v1/api/gw/api/v1/accounts', code: 'not_served', status: 404 },
  { method: 'POST', path: '/v1/api/gw/api/v1/external-cash-transfers', code: 'not_served', status: 404 },
  { method: 'POST', path: '/v1/api/oauth2/api/v1/token', code: 'not_served', status: 404 },
  { method: 'POST', path: '/v1/api/oauth/request_token', code: 'not_served', status: 404 },
];

test.each([...dangerous, ...cloud])(
  '$method $path is refused: $code',
  async ({ method, path, code, status = 403 }) => {
    expectProblem(await on.send({ method, path }), { status, code });
    expect(on.gateway.seen()).toEqual([]);
  },
);

test.each([
  { method: 'HEAD', path: '/v1/api/iserver/marketdata/unsubscribeall' },
  { method: 'HEAD', path: '/v1/api/md/regsnapshot?conid=1' },
  { method: 'POST', path: '/v1/api/iserver/marketdata/unsubscribeall' },
  { method: 'GET', path: '/v1/api/iserver%2Fmarketdata%2Funsubscribeall' },
  { method: 'GET', path: '/v1/api/iserver/marketdata%2Funsubscribeall' },
  { method: 'GET', path: '/v1/api/iserver/marketdata/unsubscribeall;x=1' },
  { method: 'GET', path: '/v1/api/md%2fregsnapshot?conid=1' },
  { method: 'DELETE', path: '/v1/api/iserver/account/DU1%2Forder/-1' },
  { method: 'DELETE', path: '/v1/api/iserver/account/DU1/order%2F-1' },
])('$method $path does not slip past the guard', async ({ method, path }) => {
  const got = await on.send({ method, path });
  expect([403, 404, 405]).toContain(got.status);
  expect(on.gateway.seen()).toEqual([]);
});

describe('with the settings that allow it', () => {
  let gateway: CapturingGateway;
  let open: Sidecar;
  let closed: Sidecar;
  let reading: Sidecar;
  beforeAll(async () => {
    gateway = await startCapturingGateway();
    [open, closed, reading] = await Promise.all([
      startSidecar(gateway.apiUrl, { BEZANT_ALLOW_DESTRUCTIVE: '1', BEZANT_PASSTHROUGH: 'all' }),
      startSidecar(gateway.apiUrl, { BEZANT_PASSTHROUGH: 'off' }),
      startSidecar(gateway.apiUrl, {
        BEZANT_READ_ONLY: '1',
        BEZANT_ALLOW_DESTRUCTIVE: '1',
        BEZANT_PASSTHROUGH: 'all',
      }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([open.stop(), closed.stop(), reading.stop()]);
    await gateway.stop();
  });

  test.each([
    { method: 'DELETE', path: '/v1/api/iserver/account/DU1/order/-1' },
    { method: 'DELETE', path: '/v1/api/iserver/account/DU1/alert/0' },
    { method: 'GET', path: '/v1/api/iserver/marketdata/unsubscribeall' },
    { method: 'GET', path: '/v1/api/md/regsnapshot?conid=265598' },
  ])('$method $path goes through', async ({ method, path }) => {
    const [route = ''] = path.split('?');
    gateway.on(`${method} ${route}`, json({ done: true }));
    const got = await send(open.url, { method, path });
    expect({ status: got.status, body: got.json }).toEqual({ status: 200, body: { done: true } });
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    '%s of an unknown path goes through, byte for byte',
    async (method) => {
      const path = '/v1/api/never/heard/of';
      gateway.on(`${method} ${path}`, json({ done: method }));
      const body = ' {"a":1.10 }';
      const next = gateway.next(path);
      const got = await send(open.url, { method, path: `${path}?q=1`, headers: asJson, body });
      expect(got.json).toEqual({ done: method });
      const call = await next;
      expect({ target: call.target, body: call.body.toString() }).toEqual({ target: `${path}?q=1`, body });
    },
  );

  test('OPTIONS never does', async () => {
    gateway.reset();
    for (const path of ['/v1/api/never/heard/of', '/v1/api/tickle', '/sso/Login', '/accounts', '*'])
      await send(open.url, { method: 'OPTIONS', path });
    expect(gateway.seen()).toEqual([]);
  });

  test('no unknown path does when passing through is off', async () => {
    gateway.reset();
    const got = await send(closed.url, { path: '/v1/api/never/heard/of' });
    expectProblem(got, { status: 403, code: 'passthrough_refused' });
    expect(gateway.seen()).toEqual([]);
  });

  test.each([
    { method: 'POST', path: '/v1/api/iserver/account/DU1/orders', code: 'read_only' },
    { method: 'POST', path: '/accounts/DU1/orders', code: 'read_only' },
    { method: 'POST', path: '/v1/api/iserver/reply/abc', code: 'read_only' },
    { method: 'DELETE', path: '/v1/api/iserver/account/DU1/order/1', code: 'read_only' },
    { method: 'DELETE', path: '/v1/api/iserver/account/DU1/order/-1', code: 'read_only' },
    { method: 'POST', path: '/v1/api/never/heard/of', code: 'passthrough_refused' },
  ])('a read-only server refuses $method $path', async ({ method, path, code }) => {
    gateway.reset();
    const body = JSON.stringify({
      confirmed: true,
      orders: [{ conid: 1, orderType: 'MKT', side: 'BUY', tif: 'DAY', quantity: 1, cOID: 'r' }],
    });
    const sent = method === 'POST' ? { method, path, headers: asJson, body } : { method, path };
    expectProblem(await send(reading.url, sent), { status: 403, code });
    expect(gateway.seen()).toEqual([]);
  });

  test('and still keeps the session alive', async () => {
    gateway.on('POST /v1/api/tickle', json({ session: 'x' }));
    expect((await send(reading.url, { method: 'POST', path: '/v1/api/tickle' })).status).toBe(200);
  });
});
