// What of a caller's request reaches IBKR: an allow-list on API calls, and on the login pages everything but credentials,
// proxy traces and foreign cookies. The Gateway hands every other header on to IBKR, so what passes here leaves the house.

import { describe, expect, test } from '@jest/globals';
import { html, json, queryOf, valuesOf, type Captured, type Pairs } from './capturing-gateway.ts';
import { running } from './running.ts';

const on = running();

const namesOf = (call: Captured): string[] =>
  [...new Set(call.headers.map(([name]) => name.toLowerCase()))].sort();

/** Headers that must never reach IBKR, whatever the path. */
const private_: Pairs = [
  ['Authorization', 'Bearer secret'],
  ['Proxy-Authorization', 'Basic secret'],
  ['X-Api-Key', 'secret'],
  ['X-Bezant-Debug-Token', 'secret'],
  ['X-Request-Id', 'caller-1'],
  ['X-Forwarded-For', '10.0.0.9'],
  ['X-Forwarded-Host', 'bezant.example'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Port', '443'],
  ['X-Forwarded-Prefix', '/ibkr'],
  ['X-Forwarded-Server', 'edge'],
  ['X-Real-Ip', '10.0.0.9'],
  ['X-Client-Ip', '10.0.0.9'],
  ['True-Client-Ip', '10.0.0.9'],
  ['Forwarded', 'for=10.0.0.9'],
  ['Via', '1.1 edge'],
  ['CF-Access-Jwt-Assertion', 'secret'],
  ['CF-Access-Client-Id', 'secret'],
  ['CF-Access-Client-Secret', 'secret'],
  ['CF-Connecting-Ip', '10.0.0.9'],
  ['CF-Ray', '1'],
  ['Proxy-Connection', 'keep-alive'],
  ['Keep-Alive', 'timeout=5'],
  ['TE', 'trailers'],
  ['Trailer', 'X-Sum'],
  ['X-Nominated', 'secret'],
];
const nominating: Pairs = [['Connection', 'close, X-Nominated, If-Match']];

const search = { method: 'POST', path: '/v1/api/iserver/secdef/search', body: '{"symbol":"AAPL"}' };

test('an API call carries the allowed headers and nothing else', async () => {
  on.gateway.on('POST /v1/api/iserver/secdef/search', json([]));
  const allowed: Pairs = [
    ['Accept', 'application/json'],
    ['Accept', 'text/plain'],
    ['Accept-Language', 'de'],
    ['Content-Type', 'application/json; charset=utf-8'],
    ['User-Agent', 'my-bot/2'],
    ['Range', 'bytes=0-10'],
    ['If-None-Match', '"a"'],
    ['If-Modified-Since', 'Mon, 24 Apr 2023 00:00:00 GMT'],
  ];
  await on.send({
    ...search,
    headers: [
      ...allowed,
      ...private_,
      ...nominating,
      ['Accept-Encoding', 'gzip'],
      ['If-Match', '"b"'],
      ['X-Else', '1'],
    ],
  });
  const call = on.onlyCall(search.path);
  expect(namesOf(call).filter((name) => name !== 'connection')).toEqual([
    'accept',
    'accept-language',
    'content-length',
    'content-type',
    'host',
    'if-modified-since',
    'if-none-match',
    'origin',
    'range',
    'referer',
    'user-agent',
  ]);
  expect(valuesOf(call, 'accept').join(', ')).toBe('application/json, text/plain');
  expect(valuesOf(call, 'content-type')).toEqual(['application/json; charset=utf-8']);
  expect(valuesOf(call, 'user-agent')).toEqual(['my-bot/2']);
  expect(valuesOf(call, 'content-length')).toEqual(['17']);
  expect(call.body.toString()).toBe(search.body);
});

test('a caller without a User-Agent gets one, because IBKR refuses an empty one', async () => {
  on.gateway.on('POST /v1/api/iserver/secdef/search', json([]));
  await on.send(search);
  expect(valuesOf(on.onlyCall(search.path), 'user-agent')).toEqual([expect.stringMatching(/^bezant\/\d/)]);
});

describe('a login page', () => {
  test('is asked for with the browser’s headers, without anything private', async () => {
    on.gateway.on('GET /sso/Login', html('<html>login</html>'));
    await on.send({
      path: '/sso/Login?forwardTo=22',
      headers: [
        ['Accept', 'text/html'],
        ['User-Agent', 'browser'],
        ['X-Requested-With', 'XMLHttpRequest'],
        ...private_,
        ['Connection', 'close, X-Nominated'],
      ],
    });
    const call = on.onlyCall('/sso/Login');
    const refused = new Set(private_.map(([name]) => name.toLowerCase()));
    expect(namesOf(call).filter((name) => refused.has(name))).toEqual([]);
    expect(call.headers.flat().filter((text) => text.includes('secret'))).toEqual([]);
    expect(valuesOf(call, 'accept')).toEqual(['text/html']);
    expect(valuesOf(call, 'user-agent')).toEqual(['browser']);
    expect(valuesOf(call, 'x-requested-with')).toEqual(['XMLHttpRequest']);
    expect(valuesOf(call, 'host')).toEqual([`localhost:${on.gateway.port}`]);
  });

  test('passes a form on with its length', async () => {
    on.gateway.on('POST /sso/Authenticator', json({ ok: true }));
    const form = 'ACTION=INIT&USER=me';
    const got = await on.send({
      method: 'POST',
      path: '/sso/Authenticator',
      headers: [
        ['Origin', on.origin],
        ['Content-Type', 'application/x-www-form-urlencoded'],
      ],
      body: form,
    });
    const call = on.onlyCall('/sso/Authenticator');
    expect({
      status: got.status,
      body: call.body.toString(),
      length: valuesOf(call, 'content-length'),
    }).toEqual({
      status: 200,
      body: form,
      length: [String(form.length)],
    });
  });
});

describe('Origin and Referer', () => {
  interface Row {
    name: string;
    path: string;
    method?: string;
    headers: (own: string) => Pairs;
    want: (gateway: string, own: string) => { origin: string[]; referer: string[] };
  }
  const api = '/v1/api/iserver/secdef/search';
  const rows: Row[] = [
    {
      name: 'API, none sent',
      path: api,
      method: 'POST',
      headers: () => [],
      want: (gateway) => ({ origin: [gateway], referer: [`${gateway}/`] }),
    },
    {
      name: 'API, our own',
      path: api,
      method: 'POST',
      headers: (own) => [
        ['Origin', own],
        ['Referer', `${own}/desk/page?a=1&b=%20`],
      ],
      want: (gateway) => ({ origin: [gateway], referer: [`${gateway}/desk/page?a=1&b=%20`] }),
    },
    {
      name: 'API, a Referer that is none',
      path: api,
      method: 'POST',
      headers: () => [['Referer', 'nonsense']],
      want: (gateway) => ({ origin: [gateway], referer: [`${gateway}/`] }),
    },
    {
      name: 'unknown API path',
      path: '/v1/api/never/heard/of',
      headers: (own) => [['Origin', own]],
      want: (gateway) => ({ origin: [gateway], referer: [`${gateway}/`] }),
    },
    {
      name: 'portal path',
      path: '/v1/portal/iserver/reauthenticate',
      method: 'POST',
      headers: (own) => [['Origin', own]],
      want: (gateway) => ({ origin: [gateway], referer: [`${gateway}/`] }),
    },
    {
      name: 'login page, which compares them with the address in the browser',
      path: '/sso/Dispatcher',
      method: 'POST',
      headers: (own) => [
        ['Origin', own],
        ['Referer', `${own}/sso/Login?forwardTo=22`],
      ],
      want: (_gateway, own) => ({ origin: [own], referer: [`${own}/sso/Login?forwardTo=22`] }),
    },
    {
      name: 'login page, none sent',
      path: '/sso/Login',
      headers: () => [],
      want: () => ({ origin: [], referer: [] }),
    },
  ];
  test.each(rows)('$name', async ({ path, method = 'GET', headers, want }) => {
    on.gateway.on(`${method} ${path}`, json({}));
    const body = method === 'POST' && path === api ? search.body : undefined;
    await on.send({ method, path, headers: headers(on.origin), ...(body === undefined ? {} : { body }) });
    const call = on.onlyCall(path);
    expect({ origin: valuesOf(call, 'origin'), referer: valuesOf(call, 'referer') }).toEqual(
      want(on.gateway.origin, on.origin),
    );
  });
});

describe('Content-Length', () => {
  test.each([
    { method: 'POST', path: '/v1/api/tickle', want: ['0'] },
    { method: 'POST', path: '/v1/api/logout', want: ['0'] },
    { method: 'PUT', path: '/v1/api/fyi/deliveryoptions/email?enabled=true', want: ['0'] },
    // RFC 9110 §8.6 gives a length to methods that expect a body; curl and browsers send none here either.
    { method: 'DELETE', path: '/v1/api/iserver/account/DU1/order/77', want: [] },
    { method: 'GET', path: '/v1/api/iserver/secdef/search?symbol=AAPL', want: [] },
  ])('of $method $path without a body is $want', async ({ method, path, want }) => {
    const [route = ''] = path.split('?');
    on.gateway.on(`${method} ${route}`, json({}));
    const got = await on.send({ method, path });
    expect(got.status).toBe(200);
    const call = on.onlyCall(route);
    expect(valuesOf(call, 'content-length')).toEqual(want);
    expect(valuesOf(call, 'transfer-encoding')).toEqual([]);
  });

  test('of a chunked body is its length, because the Gateway drops chunked bodies', async () => {
    on.gateway.on('POST /v1/api/iserver/secdef/search', json([]));
    const headers: Pairs = [['Content-Type', 'application/json']];
    await on.send({ ...search, headers, chunked: true });
    const call = on.onlyCall(search.path);
    expect({ length: valuesOf(call, 'content-length'), body: call.body.toString() }).toEqual({
      length: ['17'],
      body: search.body,
    });
  });
});

test('path and query arrive as they were written', async () => {
  const path = '/v1/api/iserver/secdef/search';
  on.gateway.on(`GET ${path}`, json([]));
  await on.send({ path: `${path}?symbol=BRK%20B&name=True&other=a%2Cb+c&empty=` });
  const call = on.onlyCall(path);
  expect(call.target).toBe(`${path}?symbol=BRK%20B&name=True&other=a%2Cb+c&empty=`);
  expect(queryOf(call).get('symbol')).toBe('BRK B');
});
