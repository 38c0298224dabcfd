// IBKR's login in the user's browser, through this server: pages, cookies and redirects, on plain HTTP, on HTTPS and
// behind a proxy that ends the TLS.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  answer,
  html,
  startCapturingGateway,
  type CapturingGateway,
  type Pairs,
} from './capturing-gateway.ts';
import { startSidecar, type Sidecar } from './sidecar-process.ts';
import { send, type Answer, type Sent } from './wire.ts';

let gateway: CapturingGateway;
let plain: Sidecar;
let proxied: Sidecar;

beforeAll(async () => {
  gateway = await startCapturingGateway();
  [plain, proxied] = await Promise.all([
    startSidecar(gateway.apiUrl),
    startSidecar(gateway.apiUrl, { BEZANT_PUBLIC_URL: 'https://bezant.example' }),
  ]);
});
afterAll(async () => {
  await Promise.all([plain.stop(), proxied.stop()]);
  await gateway.stop();
});

const https = (sidecar: Sidecar): string => sidecar.url.replace(/^http:/, 'https:');

/** The ways a browser reaches the server, and what it takes itself to be talking to. */
const ways: { way: string; ask: (sent: Sent) => Promise<Answer>; seenAs: () => string; secure: boolean }[] = [
  { way: 'plain HTTP', ask: (sent) => send(plain.url, sent), seenAs: () => plain.url, secure: false },
  {
    way: 'HTTPS on the same port',
    ask: (sent) => send(https(plain), sent),
    seenAs: () => https(plain),
    secure: true,
  },
  {
    way: 'a proxy that BEZANT_PUBLIC_URL names',
    ask: (sent) =>
      send(proxied.url, { ...sent, headers: [...(sent.headers ?? []), ['Host', 'bezant.example']] }),
    seenAs: () => 'https://bezant.example',
    secure: true,
  },
  {
    way: 'a proxy nobody has named, whose word is not taken',
    ask: (sent) =>
      send(plain.url, {
        ...sent,
        headers: [
          ...(sent.headers ?? []),
          ['X-Forwarded-Proto', 'https'],
          ['X-Forwarded-Host', 'bezant.example'],
          ['Forwarded', 'proto=https;host=bezant.example'],
        ],
      }),
    seenAs: () => plain.url,
    secure: false,
  },
];

describe.each(ways)('over $way', ({ ask, seenAs, secure }) => {
  test.each([
    {
      name: 'a Gateway address',
      location: () => `${gateway.origin}/sso/Dispatcher?x=1`,
      want: '/sso/Dispatcher?x=1',
    },
    {
      name: 'a path',
      location: () => '/sso/Login?forwardTo=22&RL=1&ip2loc=US',
      want: '/sso/Login?forwardTo=22&RL=1&ip2loc=US',
    },
  ])('a redirect to $name stays here', async ({ location, want }) => {
    gateway.on('GET /', answer(302, [['location', location()]]));
    const got = await ask({ path: '/' });
    expect(got.status).toBe(302);
    expect(new URL(got.get('location') ?? '', seenAs()).href).toBe(new URL(want, seenAs()).href);
  });

  test('a redirect elsewhere is left alone', async () => {
    gateway.on(
      'GET /sso/Login',
      answer(302, [['location', 'https://ndcdyn.interactivebrokers.com/AccountManagement']]),
    );
    const got = await ask({ path: '/sso/Login' });
    expect(got.get('location')).toBe('https://ndcdyn.interactivebrokers.com/AccountManagement');
  });

  test('cookies suit the address in the browser', async () => {
    gateway.on(
      'GET /sso/Login',
      answer(
        200,
        [
          ['content-type', 'text/html'],
          ['set-cookie', 'A=1; Domain=.ibkr.com; Path=/; Secure; HttpOnly; SameSite=None'],
          ['set-cookie', 'B=2; domain = ibkr.com; path=/sso; Max-Age=60'],
          ['set-cookie', 'domain=3; DOMAIN=api.ibkr.com; Path=/'],
        ],
        '<html></html>',
      ),
    );
    const got = await ask({ path: '/sso/Login' });
    const cookies = got.all('set-cookie').map((cookie) => cookie.split(/;\s*/));
    expect(cookies.map(([pair]) => pair)).toEqual(['A=1', 'B=2', 'domain=3']);
    const attributes = cookies.map(([, ...rest]) => rest.map((text) => text.toLowerCase()));
    expect(attributes.flat().filter((text) => text.startsWith('domain'))).toEqual([]);
    expect(attributes[0]).toEqual(expect.arrayContaining(['path=/', 'httponly']));
    expect(attributes[1]).toEqual(expect.arrayContaining(['path=/sso', 'max-age=60']));
    const [first = []] = attributes;
    expect({ secure: first.includes('secure'), crossSite: first.includes('samesite=none') }).toEqual({
      secure,
      crossSite: secure,
    });
  });
});

describe('types', () => {
  const text = 'Client login succeeds';
  const image = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x00, 0x01, 0xff]);
  const rows: {
    name: string;
    path: string;
    headers: Pairs;
    body: string | Buffer;
    want: string | undefined;
  }[] = [
    {
      name: 'the success text as octet-stream',
      path: '/sso/Dispatcher',
      headers: [['content-type', 'application/octet-stream']],
      body: text,
      want: 'text/html; charset=utf-8',
    },
    {
      name: 'the success text without a type',
      path: '/sso/Dispatcher',
      headers: [],
      body: text,
      want: 'text/html; charset=utf-8',
    },
    {
      name: 'a page',
      path: '/sso/Login',
      headers: [['content-type', 'text/html']],
      body: '<html></html>',
      want: 'text/html',
    },
    {
      name: 'a binary as octet-stream',
      path: '/sso/images/a.bin',
      headers: [['content-type', 'application/octet-stream']],
      body: image,
      want: 'application/octet-stream',
    },
    {
      name: 'a script',
      path: '/scripts/a.js',
      headers: [['content-type', 'text/javascript']],
      body: 'x',
      want: 'text/javascript',
    },
    { name: 'nothing', path: '/sso/ping', headers: [], body: '', want: undefined },
  ];
  test.each(rows)('$name', async ({ path, headers, body, want }) => {
    gateway.on(`GET ${path}`, answer(200, headers, body));
    const got = await send(plain.url, { path });
    expect({ status: got.status, body: got.body, type: got.get('content-type')?.toLowerCase() }).toEqual({
      status: 200,
      body: Buffer.from(body),
      type: want,
    });
    expect(got.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('what of the Gateway is login pages', () => {
  test.each([
    '/',
    '/sso/Login',
    '/sso/lib/a.js',
    '/css/a.css',
    '/scripts/a.js',
    '/stylesheet/a.css',
    '/images/a.png',
    '/fonts/a.woff',
    '/en/includes/general/gdpr-am.php',
  ])('%s', async (path) => {
    gateway.on(`GET ${path}`, answer(200, [['content-type', 'text/plain']], path));
    const got = await send(plain.url, { path });
    expect({ status: got.status, text: got.text }).toEqual({ status: 200, text: path });
  });

  test('the maintenance bulletin of the login page, which it posts for', async () => {
    const path = '/portal.proxy/v1/gstat/bulletins';
    gateway.on(`POST ${path}`, answer(200, [['content-type', 'application/json']], '[]'));
    const got = await send(plain.url, {
      method: 'POST',
      path,
      headers: [
        ['Origin', new URL(plain.url).origin],
        ['Content-Type', 'application/json'],
      ],
      body: '{}',
    });
    expect({ status: got.status, text: got.text }).toEqual({ status: 200, text: '[]' });
  });
});

test('IBKR cannot pin this host to HTTPS, nor open it to other origins', async () => {
  gateway.on('GET /sso/Login', (response) => {
    response.writeHead(200, {
      'content-type': 'text/html',
      'strict-transport-security': 'max-age=600 ; includeSubDomains',
      'access-control-allow-origin': '*',
    });
    response.end('<html></html>');
  });
  const got = await send(plain.url, { path: '/sso/Login' });
  expect(got.headers.map(([name]) => name)).not.toEqual(
    expect.arrayContaining(['strict-transport-security']),
  );
  expect(got.get('access-control-allow-origin')).toBeUndefined();
});

test('a large page arrives whole', async () => {
  const page = `<html>${'x'.repeat(3 * 1024 * 1024)}</html>`;
  gateway.on('GET /sso/Login', html(page));
  const got = await send(plain.url, { path: '/sso/Login' });
  expect(got.body.length).toBe(page.length);
});
