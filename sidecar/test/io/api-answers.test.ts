// What comes back on IBKR's own paths: the Gateway's status and bytes, without what belongs to its connection, its session
// or its origin.

import { describe, expect, test } from '@jest/globals';
import { answer, html, type Pairs } from './capturing-gateway.ts';
import { expectProblem } from './expect-problem.ts';
import { running } from './running.ts';

const on = running();
const known = '/v1/api/iserver/secdef/search';
const unknown = '/v1/api/never/heard/of';
const asJson: Pairs = [['content-type', 'application/json']];

const askKnown = () => on.send({ method: 'POST', path: known, headers: asJson, body: '{"symbol":"AAPL"}' });
const askUnknown = () => on.send({ path: unknown });

describe('status and body', () => {
  const bytes = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x00, 0x22, 0x3a, 0x31, 0x7d]);
  const page = '<html><body><h1>Resource not found</h1></body></html>';
  const rows: {
    name: string;
    status: number;
    headers: Pairs;
    body: string | Buffer;
    type: string | undefined;
  }[] = [
    {
      name: 'JSON, odd spacing',
      status: 200,
      headers: asJson,
      body: ' { "a" : 1.10 , "a":2}\n',
      type: 'application/json',
    },
    { name: 'bytes that are no UTF-8', status: 200, headers: asJson, body: bytes, type: 'application/json' },
    {
      name: 'JSON with a charset',
      status: 200,
      headers: [['content-type', 'application/json;charset=utf-8']],
      body: '{}',
      type: 'application/json;charset=utf-8',
    },
    {
      name: 'JSON without a type',
      status: 200,
      headers: [],
      body: '{"status":true}',
      type: 'application/json',
    },
    { name: 'text without a type', status: 200, headers: [], body: 'Unknown service', type: 'text/plain' },
    { name: 'an empty success', status: 200, headers: [], body: '', type: undefined },
    {
      name: 'a download',
      status: 200,
      headers: [['content-type', 'application/octet-stream']],
      body: '{"a":1}',
      type: 'application/octet-stream',
    },
    {
      name: 'a JSON error',
      status: 500,
      headers: asJson,
      body: '{"error":"Order size 0 is not valid."}',
      type: 'application/json',
    },
    {
      name: 'an error within a success',
      status: 200,
      headers: asJson,
      body: '{"error":"no"}',
      type: 'application/json',
    },
    { name: 'a refused session', status: 401, headers: [], body: 'Access Denied', type: 'text/plain' },
    {
      name: 'a bad request',
      status: 400,
      headers: asJson,
      body: '{"error":"Bad Request: no bridge"}',
      type: 'application/json',
    },
    {
      name: 'a page as error',
      status: 404,
      headers: [['content-type', 'text/html']],
      body: page,
      type: 'text/html',
    },
    {
      name: 'a page as fault',
      status: 503,
      headers: [['content-type', 'text/html']],
      body: page,
      type: 'text/html',
    },
    {
      name: 'an unusual status',
      status: 423,
      headers: asJson,
      body: '{"error":"locked"}',
      type: 'application/json',
    },
  ];
  test.each(rows)('$name ($status) is relayed', async ({ status, headers, body, type }) => {
    on.gateway.on(`POST ${known}`, answer(status, headers, body));
    on.gateway.on(`GET ${unknown}`, answer(status, headers, body));
    for (const got of [await askKnown(), await askUnknown()]) {
      expect({ status: got.status, body: got.body, length: got.get('content-length') }).toEqual({
        status,
        body: Buffer.from(body),
        length: String(Buffer.from(body).length),
      });
      const base = type?.includes(';') === true ? type : got.get('content-type')?.split(';')[0];
      expect(base).toBe(type);
      expect(got.get('x-content-type-options')).toBe('nosniff');
    }
  });

  test.each([204, 304])('%i has neither body nor type', async (status) => {
    on.gateway.on(`GET ${unknown}`, answer(status, [['etag', '"a"']]));
    const got = await askUnknown();
    expect({
      status: got.status,
      body: got.body.length,
      type: got.get('content-type'),
      etag: got.get('etag'),
    }).toEqual({
      status,
      body: 0,
      type: undefined,
      etag: '"a"',
    });
  });

  test.each([
    { name: 'a page', reply: html('<html>maintenance</html>') },
    { name: 'a page without a type', reply: answer(200, [], '<!DOCTYPE html><html></html>') },
  ])('$name as success of a JSON operation is a fault', async ({ reply }) => {
    on.gateway.on(`POST ${known}`, reply);
    expectProblem(await askKnown(), { status: 502, code: 'upstream_decode_error' });
  });
});

test('headers of the connection, the session and the origin stay behind; the others come, doubles included', async () => {
  const kept: Pairs = [
    ['cache-control', 'no-cache'],
    ['content-type', 'application/json'],
    ['etag', '"a"'],
    ['expires', '0'],
    ['last-modified', 'Mon, 24 Apr 2023 00:00:00 GMT'],
    ['pragma', 'no-cache'],
    ['referrer-policy', 'same-origin'],
    ['retry-after', '3'],
    ['warning', '199 - one'],
    ['warning', '199 - two'],
    ['x-response-time', '12ms'],
  ];
  const dropped: Pairs = [
    ['set-cookie', 'x-sess-uuid=secret; secure; HttpOnly'],
    ['set-cookie', 'JSESSIONID=secret'],
    ['strict-transport-security', 'max-age=600 ; includeSubDomains'],
    ['server-timing', 'cdn-cache; desc=MISS'],
    ['access-control-allow-origin', '*'],
    ['access-control-allow-credentials', 'true'],
    ['access-control-expose-headers', 'x'],
    ['x-cnection', 'close'],
    ['connection', 'close, x-nominated'],
    ['x-nominated', '1'],
    ['keep-alive', 'timeout=5'],
    ['proxy-authenticate', 'Basic'],
    ['proxy-authorization', 'Basic x'],
    ['te', 'trailers'],
    ['trailer', 'x-sum'],
    ['upgrade', 'h2c'],
    ['x-request-id', 'of-ibkr'],
  ];
  on.gateway.on(
    `GET ${unknown}`,
    answer(200, [...kept, ...dropped, ['x-content-type-options', 'nosniff']], '{}'),
  );
  const got = await on.send({ path: unknown, headers: [['X-Request-Id', 'mine']] });
  const names = new Set(kept.map(([name]) => name));
  expect(got.headers.filter(([name]) => names.has(name)).map((pair) => pair.join('='))).toEqual(
    expect.arrayContaining(kept.map((pair) => pair.join('='))),
  );
  const gone = new Set(
    dropped.map(([name]) => name).filter((name) => name !== 'connection' && name !== 'x-request-id'),
  );
  // Node says on its own how long it keeps the connection.
  gone.delete('keep-alive');
  expect(got.headers.filter(([name]) => gone.has(name))).toEqual([]);
  expect(got.all('connection').join()).not.toContain('x-nominated');
  expect(got.all('x-request-id')).toEqual(['mine']);
  expect(got.all('x-content-type-options')).toEqual(['nosniff']);
  expect(got.headers.flat().join()).not.toContain('secret');
});

describe('a redirect', () => {
  const rows: { name: string; location: (gateway: string) => string; want: (own: string) => string }[] = [
    {
      name: 'to the Gateway',
      location: (gateway) => `${gateway}/sso/Login?a=1#b`,
      want: (own) => `${own}/sso/Login?a=1#b`,
    },
    { name: 'without an origin', location: () => '/sso/Login?a=1', want: (own) => `${own}/sso/Login?a=1` },
    {
      name: 'to elsewhere',
      location: () => 'https://api.ibkr.com/oauth2?a=1',
      want: () => 'https://api.ibkr.com/oauth2?a=1',
    },
    {
      name: 'to another port of the Gateway’s host',
      location: () => 'https://localhost:1/x',
      want: () => 'https://localhost:1/x',
    },
  ];
  test.each(rows)(
    '$name is not followed, and leads back here if it led to the Gateway',
    async ({ location, want }) => {
      on.gateway.on(`GET ${unknown}`, answer(302, [['location', location(on.gateway.origin)]]));
      const got = await askUnknown();
      expect({ status: got.status, type: got.get('content-type'), body: got.body.length }).toEqual({
        status: 302,
        type: undefined,
        body: 0,
      });
      expect(new URL(got.get('location') ?? '', `${on.origin}${unknown}`).href).toBe(want(on.origin));
      expect(new Set(on.gateway.calls().map(({ target }) => target))).toEqual(new Set([unknown]));
    },
  );
});

test('HEAD has the headers of GET and no body', async () => {
  on.gateway.on(`* ${unknown}`, answer(200, asJson, '{"a":1}'));
  const got = await on.send({ method: 'HEAD', path: unknown });
  expect({ status: got.status, type: got.get('content-type'), body: got.body.length }).toEqual({
    status: 200,
    type: 'application/json',
    body: 0,
  });
});
