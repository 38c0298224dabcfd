// A web page must never be able to trade: not from another origin, not by DNS rebinding, not by a form, not by an image.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { json, type Pairs } from './capturing-gateway.ts';
import { expectProblem } from './expect-problem.ts';
import { running } from './running.ts';
import { startSidecar, type Sidecar } from './sidecar-process.ts';
import { send } from './wire.ts';

const on = running({ BEZANT_ALLOWED_ORIGINS: 'https://desk.example' });

const order =
  '{"orders":[{"conid":1,"orderType":"MKT","side":"BUY","tif":"DAY","quantity":1,"cOID":"csrf"}]}';
const orders = '/v1/api/iserver/account/DU1/orders';

describe('Host', () => {
  test.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    'user:localhost@evil.example',
    'evil.example#localhost',
    'bezant.example',
    '',
  ])('%j is not ours', async (host) => {
    for (const path of ['/health', '/accounts', '/v1/api/tickle', '/sso/Login', '/']) {
      const got = await on.send({ path, headers: [['Host', host]] });
      expectProblem(got, { status: 421, code: 'host_refused' });
    }
    expect(on.gateway.seen()).toEqual([]);
  });

  test.each([
    'localhost',
    'LOCALHOST:1',
    '127.0.0.1',
    '127.0.0.1:9',
    '[::1]:8080',
    '192.168.7.7:8080',
    'localhost.',
  ])('%j is', async (host) => {
    on.gateway.on('GET /v1/api/trsrv/stocks', json({}));
    const got = await on.send({ path: '/v1/api/trsrv/stocks?symbols=A', headers: [['Host', host]] });
    expect(got.status).toBe(200);
  });

  test('counts on the admin port too, as long as that is bound to this machine', async () => {
    const named = (host: string) => ({ path: '/livez', headers: [['Host', host]] as Pairs });
    expect((await send(on.sidecar.adminUrl, named('evil.example'))).status).toBe(421);
    const wide = await startSidecar(on.gateway.apiUrl, { BEZANT_ADMIN_BIND: '0.0.0.0:0' });
    const { port } = new URL(wide.adminUrl);
    expect((await send(`http://127.0.0.1:${port}`, named('bezant.svc.cluster.local'))).status).toBe(200);
    await wide.stop();
  });
});

describe('Origin', () => {
  const foreign = (): string[] => [
    'https://evil.example',
    'null',
    'http://127.0.0.1:1',
    'http://localhost',
    `http://${on.host}.evil.example`,
    `http://evil.example/${on.host}`,
    'file://',
    'chrome-extension://abcdef',
    '',
    'https://desk.example.evil.example',
    'http://desk.example',
  ];

  test('of another page is refused for every method, and nothing is sent', async () => {
    for (const origin of foreign()) {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH']) {
        const got = await on.send({ method, path: '/v1/api/tickle', headers: [['Origin', origin]] });
        expect({ origin, method, status: got.status }).toEqual({ origin, method, status: 403 });
        expect(got.get('access-control-allow-origin')).toBeUndefined();
      }
    }
    for (const path of ['/health', '/accounts', '/sso/Login', '/', '/clear', '/events/orders', '/debug/jar'])
      expectProblem(await on.send({ path, headers: [['Origin', 'https://evil.example']] }), {
        status: 403,
        code: 'origin_refused',
      });
    expect(on.gateway.seen()).toEqual([]);
  });

  test('of our own page is served', async () => {
    on.gateway.on('POST /v1/api/tickle', json({ session: 'x' }));
    for (const origin of [on.origin, on.origin.replace('http:', 'https:')]) {
      const got = await on.send({ method: 'POST', path: '/v1/api/tickle', headers: [['Origin', origin]] });
      expect(got.status).toBe(200);
    }
  });

  test('that is configured is served, and the browser is told so', async () => {
    on.gateway.on('GET /v1/api/trsrv/stocks', json({}));
    const headers: Pairs = [['Origin', 'https://desk.example']];
    for (const path of ['/v1/api/trsrv/stocks?symbols=A', '/no/such/path']) {
      const got = await on.send({ path, headers });
      expect(got.get('access-control-allow-origin')).toBe('https://desk.example');
      expect(got.all('vary').join()).toMatch(/\borigin\b/i);
      expect(got.get('access-control-allow-credentials')).toBeUndefined();
    }
  });
});

describe('a preflight', () => {
  const asking = (origin: string): Pairs => [
    ['Origin', origin],
    ['Access-Control-Request-Method', 'DELETE'],
    ['Access-Control-Request-Headers', 'content-type'],
  ];
  test('of a configured page is answered here', async () => {
    for (const path of [orders, '/accounts/DU1/orders/1', '/health']) {
      const got = await on.send({ method: 'OPTIONS', path, headers: asking('https://desk.example') });
      expect({ status: got.status, origin: got.get('access-control-allow-origin') }).toEqual({
        status: 204,
        origin: 'https://desk.example',
      });
      expect(got.get('access-control-allow-methods')).toMatch(/\bDELETE\b/);
      expect(got.get('access-control-allow-headers')?.toLowerCase()).toContain('content-type');
      expect(got.all('vary').join()).toMatch(/\borigin\b/i);
    }
    expect(on.gateway.seen()).toEqual([]);
  });
  test('of any other page is refused', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      const got = await on.send({ method: 'OPTIONS', path: orders, headers: asking(origin) });
      expectProblem(got, { status: 403, code: 'origin_refused' });
      expect(got.get('access-control-allow-origin')).toBeUndefined();
    }
    expect(on.gateway.seen()).toEqual([]);
  });
});

describe('what a browser sends for a foreign page without a preflight', () => {
  const rows: { name: string; method: string; path: string; headers: Pairs; body?: string }[] = [
    {
      name: 'a form',
      method: 'POST',
      path: orders,
      headers: [
        ['Origin', 'https://evil.example'],
        ['Content-Type', 'text/plain'],
        ['Sec-Fetch-Site', 'cross-site'],
        ['Sec-Fetch-Mode', 'navigate'],
        ['Sec-Fetch-Dest', 'document'],
      ],
      body: order,
    },
    {
      name: 'a form of a sandboxed frame',
      method: 'POST',
      path: orders,
      headers: [
        ['Origin', 'null'],
        ['Content-Type', 'application/x-www-form-urlencoded'],
      ],
      body: 'a=1',
    },
    {
      name: 'a form without an origin',
      method: 'POST',
      path: orders,
      headers: [
        ['Content-Type', 'application/json'],
        ['Sec-Fetch-Site', 'cross-site'],
        ['Sec-Fetch-Mode', 'navigate'],
        ['Sec-Fetch-Dest', 'document'],
      ],
      body: order,
    },
    {
      name: 'an image',
      method: 'GET',
      path: '/v1/api/iserver/reauthenticate',
      headers: [
        ['Sec-Fetch-Site', 'cross-site'],
        ['Sec-Fetch-Mode', 'no-cors'],
        ['Sec-Fetch-Dest', 'image'],
      ],
    },
    {
      name: 'a script of a sibling domain',
      method: 'GET',
      path: '/accounts',
      headers: [
        ['Sec-Fetch-Site', 'same-site'],
        ['Sec-Fetch-Mode', 'no-cors'],
        ['Sec-Fetch-Dest', 'script'],
      ],
    },
    {
      name: 'a link to a call that acts',
      method: 'GET',
      path: '/v1/api/iserver/reauthenticate',
      headers: [
        ['Sec-Fetch-Site', 'cross-site'],
        ['Sec-Fetch-Mode', 'navigate'],
        ['Sec-Fetch-Dest', 'document'],
      ],
    },
    {
      name: 'a link to the logout',
      method: 'GET',
      path: '/sso/Logout',
      headers: [
        ['Sec-Fetch-Site', 'cross-site'],
        ['Sec-Fetch-Mode', 'navigate'],
        ['Sec-Fetch-Dest', 'document'],
      ],
    },
  ];
  test.each(rows)('$name is refused', async ({ method, path, headers, body }) => {
    const got = await on.send({ method, path, headers, ...(body === undefined ? {} : { body }) });
    expectProblem(got, { status: 403, code: 'origin_refused' });
    expect(on.gateway.seen()).toEqual([]);
  });

  test('a link to the login page is followed', async () => {
    on.gateway.on('GET /sso/Login', json({}));
    const got = await on.send({
      path: '/sso/Login',
      headers: [
        ['Sec-Fetch-Site', 'cross-site'],
        ['Sec-Fetch-Mode', 'navigate'],
        ['Sec-Fetch-Dest', 'document'],
      ],
    });
    expect(got.status).toBe(200);
  });
});

describe('behind a proxy that BEZANT_PUBLIC_URL names', () => {
  let proxied: Sidecar;
  beforeAll(async () => {
    proxied = await startSidecar(on.gateway.apiUrl, { BEZANT_PUBLIC_URL: 'https://bezant.example' });
  });
  afterAll(() => proxied.stop());

  test.each([
    { host: 'bezant.example', origin: 'https://bezant.example', status: 200 },
    { host: 'bezant.example', origin: 'https://evil.example', status: 403 },
    { host: 'bezant.example', origin: 'http://bezant.example:8080', status: 403 },
    { host: 'evil.example', origin: 'https://bezant.example', status: 421 },
  ])('Host $host and Origin $origin: $status', async ({ host, origin, status }) => {
    on.gateway.on('POST /v1/api/tickle', json({ session: 'x' }));
    const got = await send(proxied.url, {
      method: 'POST',
      path: '/v1/api/tickle',
      headers: [
        ['Host', host],
        ['Origin', origin],
      ],
    });
    expect(got.status).toBe(status);
  });

  test('a forwarded host is not taken for one', async () => {
    const got = await on.send({
      path: '/accounts',
      headers: [
        ['Host', 'evil.example'],
        ['X-Forwarded-Host', 'localhost'],
      ],
    });
    expectProblem(got, { status: 421, code: 'host_refused' });
  });
});
