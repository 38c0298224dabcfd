// Every error is a problem that a program can read, under the request's id; and every answer says its id.

import { describe, expect, test } from '@jest/globals';
import { json, valuesOf, type Pairs } from './capturing-gateway.ts';
import { expectProblem } from './expect-problem.ts';
import { running } from './running.ts';
import type { Sent } from './wire.ts';

const on = running({ BEZANT_ALLOWED_ORIGINS: 'https://desk.example', BEZANT_DEBUG_TOKEN: 'debug' });

const asJson: Pairs = [['Content-Type', 'application/json']];
const order = '{"orders":[{"conid":1,"orderType":"MKT","side":"BUY","tif":"DAY","quantity":1,"cOID":"p"}]}';

const refusals: {
  name: string;
  sent: Sent;
  want: { status: number; code: string };
  headers?: Record<string, RegExp>;
}[] = [
  {
    name: 'a body that is no JSON',
    sent: {
      method: 'POST',
      path: '/v1/api/iserver/account/DU1/orders',
      headers: asJson,
      body: '{"orders":[',
    },
    want: { status: 400, code: 'bad_request' },
  },
  {
    name: 'a missing parameter',
    sent: { path: '/market/snapshot' },
    want: { status: 400, code: 'missing_query_param' },
  },
  {
    name: 'a wrong debug token',
    sent: { path: '/debug/jar', headers: [['X-Bezant-Debug-Token', 'wrong']] },
    want: { status: 401, code: 'debug_unauthorized' },
  },
  {
    name: 'a page of another origin',
    sent: { path: '/accounts', headers: [['Origin', 'https://evil.example']] },
    want: { status: 403, code: 'origin_refused' },
  },
  { name: 'an unknown path', sent: { path: '/no/such/path' }, want: { status: 404, code: 'path_refused' } },
  {
    name: 'a wrong method on /accounts',
    sent: { method: 'PUT', path: '/accounts' },
    want: { status: 405, code: 'method_not_allowed' },
    headers: { allow: /\bGET\b/ },
  },
  {
    name: 'a wrong method on a path of IBKR’s',
    sent: { method: 'PUT', path: '/v1/api/tickle' },
    want: { status: 405, code: 'method_not_allowed' },
    headers: { allow: /\bGET\b.*\bPOST\b/ },
  },
  {
    name: 'a wrong method on /health',
    sent: { method: 'POST', path: '/health' },
    want: { status: 405, code: 'method_not_allowed' },
    headers: { allow: /\bGET\b/ },
  },
  {
    name: 'a wrong method on an order',
    sent: { method: 'PATCH', path: '/accounts/DU1/orders/1' },
    want: { status: 405, code: 'method_not_allowed' },
    headers: { allow: /\bDELETE\b/ },
  },
  {
    name: 'an order that is text',
    sent: {
      method: 'POST',
      path: '/accounts/DU1/orders',
      headers: [['Content-Type', 'text/plain']],
      body: order,
    },
    want: { status: 415, code: 'unsupported_media_type' },
  },
  {
    name: 'an order that is a form',
    sent: {
      method: 'POST',
      path: '/v1/api/iserver/account/DU1/orders',
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: 'orders=1',
    },
    want: { status: 415, code: 'unsupported_media_type' },
  },
  {
    name: 'an order without a type',
    sent: { method: 'POST', path: '/v1/api/iserver/account/DU1/orders', body: order },
    want: { status: 415, code: 'unsupported_media_type' },
  },
  {
    name: 'an unknown host',
    sent: { path: '/accounts', headers: [['Host', 'evil.example']] },
    want: { status: 421, code: 'host_refused' },
  },
  {
    name: 'a path that is no path',
    sent: { path: '/accounts/%E0%A4%A/summary' },
    want: { status: 404, code: 'path_refused' },
  },
];

test.each(refusals)('$name: $want.status $want.code', async ({ sent, want, headers = {} }) => {
  const got = await on.send({ ...sent, headers: [...(sent.headers ?? []), ['X-Request-Id', 'refused-1']] });
  expectProblem(got, want);
  expect(got.get('x-request-id')).toBe('refused-1');
  for (const [name, pattern] of Object.entries(headers)) expect(got.get(name)).toMatch(pattern);
  expect(on.gateway.seen()).toEqual([]);
});

describe('bytes that are no request', () => {
  test.each([
    { name: 'a header without a colon', headers: [['X-Broken value', 'x\u0000y']] as Pairs, status: 400 },
    { name: 'headers beyond any measure', headers: [['X-Large', 'x'.repeat(40_000)]] as Pairs, status: 431 },
  ])('$name: $status', async ({ headers, status }) => {
    const got = await on.send({ path: '/accounts', headers });
    expect({ status: got.status, type: got.get('content-type')?.split(';')[0] }).toEqual({
      status,
      type: 'application/problem+json',
    });
  });

  test('no Host at all: 400', async () => {
    expect((await on.send({ path: '/accounts', withoutHost: true })).status).toBe(400);
    expect(on.gateway.seen()).toEqual([]);
  });
});

describe('the request id', () => {
  const served: { name: string; sent: Sent; status: number }[] = [
    { name: 'an answer of the Gateway', sent: { path: '/v1/api/trsrv/stocks?symbols=A' }, status: 200 },
    { name: 'a short path', sent: { path: '/accounts/ID/summary' }, status: 200 },
    { name: 'a login page', sent: { path: '/sso/Login' }, status: 200 },
    {
      name: 'a preflight',
      sent: {
        method: 'OPTIONS',
        path: '/accounts',
        headers: [
          ['Origin', 'https://desk.example'],
          ['Access-Control-Request-Method', 'GET'],
        ],
      },
      status: 204,
    },
    { name: 'liveness', sent: { path: '/livez' }, status: 200 },
    { name: 'a problem', sent: { path: '/no/such/path' }, status: 404 },
  ];
  test.each(served)('is on $name', async ({ sent, status }) => {
    for (const path of ['/v1/api/trsrv/stocks', '/v1/api/portfolio/ID/summary', '/sso/Login'])
      on.gateway.on(`GET ${path}`, json({}));
    const got = await on.send(sent);
    expect({ status: got.status, ids: got.all('x-request-id').length }).toEqual({ status, ids: 1 });
    expect(got.get('x-request-id')).toMatch(/^[A-Za-z0-9._-]{8,128}$/);
  });

  test.each([
    { given: 'caller.id_1-2', kept: true },
    { given: 'x'.repeat(128), kept: true },
    { given: 'x'.repeat(129), kept: false },
    { given: 'with space', kept: false },
    { given: '<script>', kept: false },
    { given: 'é', kept: false },
  ])('of a caller, $given, is kept: $kept', async ({ given, kept }) => {
    on.gateway.on('GET /v1/api/trsrv/stocks', json({}));
    const got = await on.send({
      path: '/v1/api/trsrv/stocks?symbols=A',
      headers: [
        ['X-Request-Id', given],
        ['Cache-Control', 'no-cache'],
      ],
    });
    expect(got.get('x-request-id') === given).toBe(kept);
    expect(got.get('x-request-id')).toMatch(/^[A-Za-z0-9._-]{8,128}$/);
    expect(valuesOf(on.onlyCall('/v1/api/trsrv/stocks'), 'x-request-id')).toEqual([]);
  });
});
