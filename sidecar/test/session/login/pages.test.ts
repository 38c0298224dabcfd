// The login pages on a real server in front of a real HTTPS Gateway.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayCookies } from '../../../src/cookies.ts';
import type { Happening } from '../../../src/observe.ts';
import { problemWriter } from '../../../src/request/problem.ts';
import { createLoginPages, type LoginPages } from '../../../src/session/login/pages.ts';
import type { SessionState } from '../../../src/session/session.ts';
import {
  answer,
  hang,
  html,
  reset,
  stall,
  startCapturingGateway,
  truncate,
  valuesOf,
  type CapturingGateway,
  type Pairs,
} from '../../io/capturing-gateway.ts';
import { send, type Answer, type Sent } from '../../io/wire.ts';

let gateway: CapturingGateway;
let cookies: GatewayCookies;
let happenings: Happening[];
let logins: number;
let state: SessionState;
const opened: { pages: LoginPages; server: Server }[] = [];

beforeAll(async () => {
  gateway = await startCapturingGateway();
});
beforeEach(() => {
  cookies = new GatewayCookies([]);
  happenings = [];
  logins = 0;
  state = { name: 'authenticating', reason: 'IBKR is asked <twice>.', sinceMs: 0 };
});
afterEach(() => {
  gateway.reset();
  for (const { pages, server } of opened.splice(0)) {
    pages.stop();
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => gateway.stop());

interface Open {
  url: string;
  ask: (sent: Sent) => Promise<Answer>;
}

async function open(
  settings: Partial<{ origin: string; fingerprint: string; timeoutMs: number; publicUrl: string }> = {},
): Promise<Open> {
  const pages = createLoginPages({
    gateway: {
      url: { origin: settings.origin ?? gateway.origin, prefix: '' },
      cookies,
      tls: { rejectUnauthorized: false },
    },
    fingerprint: settings.fingerprint ?? null,
    timeoutMs: settings.timeoutMs ?? 5000,
    publicUrl: settings.publicUrl ?? null,
    session: { state: () => state, loginCompleted: () => void (logins += 1) },
    observe: (happening) => happenings.push(happening),
  });
  const app = express();
  app.use(pages.handle);
  app.use((_request, response) => void response.status(404).end('elsewhere'));
  app.use(problemWriter((happening) => happenings.push(happening)));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ pages, server });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, ask: (sent) => send(url, sent) };
}

const asPerson: Pairs = [['Accept', 'text/html,application/xhtml+xml;q=0.9']];
const dispatcher = { method: 'POST', path: '/sso/Dispatcher', body: 'loginType=2&forwardTo=22' };
const success = answer(
  200,
  [
    ['set-cookie', 'USERID=1; Domain=.ibkr.com; Path=/; Secure'],
    ['location', 'https://x/portal'],
  ],
  'Client login succeeds',
);

describe('a request', () => {
  test('keeps everything private here even with an Expect header', async () => {
    gateway.on('POST /sso/Authenticator', html('ok'));
    const { ask } = await open();
    await ask({
      method: 'POST',
      path: '/sso/Authenticator?a=%20b',
      headers: [
        ['Expect', '100-continue'],
        ['Authorization', 'Bearer secret'],
        ['X-Bezant-Debug-Token', 'secret'],
        ['Cookie', 'RL=1; mine=secret'],
      ],
      body: 'ACTION=INIT',
    });
    const [call] = gateway.calls('/sso/Authenticator');
    expect(call).toMatchObject({
      method: 'POST',
      target: '/sso/Authenticator?a=%20b',
      body: Buffer.from('ACTION=INIT'),
    });
    expect(JSON.stringify(call?.headers)).not.toContain('secret');
    expect(
      valuesOf(call ?? { method: '', target: '', headers: [], body: Buffer.alloc(0) }, 'cookie'),
    ).toEqual(['RL=1']);
  });

  test.each([
    { name: 'without a length', sent: { body: 'a=1', chunked: true }, status: 411, code: 'bad_request' },
    {
      name: 'too large',
      sent: { headers: [['Content-Length', String(10 * 1024 * 1024 + 1)]] as Pairs },
      status: 413,
      code: 'payload_too_large',
    },
    { name: 'with another method', sent: { method: 'DELETE' }, status: 405, code: 'method_not_allowed' },
    { name: 'a preflight', sent: { method: 'OPTIONS' }, status: 405, code: 'method_not_allowed' },
  ])('$name is refused: $status', async ({ sent, status, code }) => {
    const { ask } = await open();
    const got = await ask({ method: 'POST', path: '/sso/Authenticator', ...sent });
    expect({ status: got.status, body: got.json }).toEqual({
      status,
      body: expect.objectContaining({ code }) as unknown,
    });
    expect(gateway.calls()).toEqual([]);
  });

  test('for anything else is somebody else’s', async () => {
    const { ask } = await open();
    for (const path of ['/clear', '/sso/../clear', '/accounts'])
      expect((await ask({ path })).text).toBe('elsewhere');
    expect(gateway.calls()).toEqual([]);
  });

  test('that its browser gives up ends at the Gateway too', async () => {
    let gone = (): void => undefined;
    const left = new Promise<void>((resolve) => (gone = resolve));
    gateway.on('GET /sso/Login', (response) => void response.once('close', gone));
    const { url } = await open();
    const asked = gateway.next('/sso/Login');
    const leaving = new AbortController();
    const page = fetch(`${url}/sso/Login`, { signal: leaving.signal });
    await asked;
    leaving.abort();
    await expect(page).rejects.toThrow();
    await left;
    expect(happenings).toEqual([]);
  });
});

test('HEAD is answered without a body', async () => {
  gateway.on('HEAD /sso/Login', answer(200, [['content-type', 'text/html']]));
  const { ask } = await open();
  expect(await ask({ method: 'HEAD', path: '/sso/Login' })).toMatchObject({ status: 200, text: '' });
});

describe('the end of a login', () => {
  test('is told to the session, and the jar forgets the sessions before', async () => {
    cookies.fromIbkr(['JSESSIONID=dead']);
    gateway.on('GET /sso/Login', answer(200, [['set-cookie', 'XYZAB=new']], '<html></html>'));
    gateway.on('POST /sso/Dispatcher', success);
    const { ask } = await open();
    await ask({ path: '/sso/Login' });
    await ask(dispatcher);
    expect({ logins, jar: cookies.header() }).toEqual({ logins: 1, jar: 'XYZAB=new; USERID=1' });
    expect(happenings.filter(({ kind }) => kind === 'cookies')).toEqual([
      { kind: 'cookies', what: 'new-login' },
    ]);
  });

  test('counts although the login page was opened before this server was', async () => {
    gateway.on('POST /sso/Dispatcher', success);
    const { ask } = await open();
    await ask({ ...dispatcher, headers: [['Cookie', 'XYZAB=browser']] });
    expect(cookies.header()).toBe('XYZAB=browser; USERID=1');
  });

  test('leaves a program the Gateway’s own words', async () => {
    gateway.on('POST /sso/Dispatcher', success);
    const { ask } = await open();
    const got = await ask(dispatcher);
    expect({ text: got.text, type: got.get('content-type') }).toEqual({
      text: 'Client login succeeds',
      type: 'text/html; charset=utf-8',
    });
  });

  test('gives a person those words and the state of the session', async () => {
    gateway.on('POST /sso/Dispatcher', success);
    const { ask } = await open();
    const got = await ask({ ...dispatcher, headers: asPerson });
    expect({ status: got.status, type: got.get('content-type'), location: got.get('location') }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
      location: undefined,
    });
    expect(got.text).toContain('<pre>Client login succeeds</pre>');
    expect(got.text).toContain('<h1>Waiting for IBKR</h1>');
    expect(got.text).toContain('IBKR is asked &lt;twice&gt;.');
    expect(got.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'sha256-/);
    expect(got.all('set-cookie')).toEqual(['USERID=1; Path=/']);
  });

  test('a redirect that ends it lands a person on the same page', async () => {
    gateway.on('POST /sso/Dispatcher', answer(302, [['location', `${gateway.origin}/portal/?RL=1`]]));
    const { ask } = await open();
    expect((await ask({ ...dispatcher, headers: asPerson })).status).toBe(200);
    expect((await ask(dispatcher)).get('location')).toBe('/portal/?RL=1');
    expect(logins).toBe(2);
  });

  test('a refused login is none', async () => {
    gateway.on('POST /sso/Dispatcher', answer(302, [['location', '/sso/Login?error=1']]), html('Invalid'));
    const { ask } = await open();
    await ask(dispatcher);
    await ask(dispatcher);
    expect(logins).toBe(0);
  });
});

describe('a Gateway that fails', () => {
  test.each([
    { name: 'hangs', reply: hang, status: 504, code: 'upstream_timeout' },
    { name: 'stops half-way', reply: stall('<html>'), status: 504, code: 'upstream_timeout' },
    { name: 'breaks off', reply: truncate(200, '<html>'), status: 502, code: 'upstream_truncated' },
    { name: 'resets', reply: reset, status: 502, code: 'upstream_http_error' },
    {
      name: 'sends too much',
      reply: html('x'.repeat(25 * 1024 * 1024 + 1)),
      status: 502,
      code: 'upstream_too_large',
    },
  ])('$name: $status $code, and a page for a person', async ({ reply, status, code }) => {
    gateway.on('GET /sso/Login', reply);
    const { ask } = await open({ timeoutMs: code === 'upstream_timeout' ? 100 : 5000 });
    const got = await ask({ path: '/sso/Login' });
    expect({ status: got.status, body: got.json }).toEqual({
      status,
      body: expect.objectContaining({ code }) as unknown,
    });
    const page = await ask({ path: '/sso/Login', headers: asPerson });
    expect({ status: page.status, type: page.get('content-type') }).toEqual({
      status,
      type: 'text/html; charset=utf-8',
    });
    expect(page.text).toMatch(/<h1>[^<]+<\/h1>[^]*Try again/);
    expect(page.text + got.text).not.toMatch(/localhost:\d|https:/);
    expect(happenings.filter(({ kind }) => kind === 'upstream-failed')).toEqual([
      expect.objectContaining({ operation: 'login-pages', code }),
      expect.objectContaining({ operation: 'login-pages', code }),
    ]);
  });

  test('hangs: it is not left with the request', async () => {
    let gone = (): void => undefined;
    const left = new Promise<void>((resolve) => (gone = resolve));
    gateway.on('GET /sso/Login', (response) => void response.once('close', gone));
    const { ask } = await open({ timeoutMs: 100 });
    expect((await ask({ path: '/sso/Login' })).status).toBe(504);
    await left;
  });

  test('is not there', async () => {
    const gone = await startCapturingGateway();
    await gone.stop();
    const { ask } = await open({ origin: gone.origin });
    expect((await ask({ path: '/' })).json).toMatchObject({ status: 503, code: 'upstream_unreachable' });
    expect(await ask({ path: '/', headers: asPerson })).toMatchObject({ status: 503 });
  });

  test('a form sent to it is read to its end, so that the next request works', async () => {
    const gone = await startCapturingGateway();
    await gone.stop();
    const { url } = await open({ origin: gone.origin });
    for (let turn = 0; turn < 3; turn += 1) {
      const got = await fetch(`${url}/sso/Authenticator`, { method: 'POST', body: 'x'.repeat(300_000) });
      expect(got.status).toBe(503);
      await got.arrayBuffer();
    }
  });
});

describe('the certificate', () => {
  test('that is pinned is taken', async () => {
    gateway.on('GET /sso/Login', html('in'));
    const { ask } = await open({ fingerprint: new X509Certificate(gateway.cert).fingerprint256 });
    const got = await Promise.all([1, 2, 3].map(() => ask({ path: '/sso/Login' })));
    expect(got.map(({ text }) => text)).toEqual(['in', 'in', 'in']);
  });

  test('that is another is refused before anything is sent', async () => {
    const { ask } = await open({ fingerprint: Array(32).fill('00').join(':') });
    const got = await ask({ path: '/sso/Login', headers: [['Cookie', 'RL=1']] });
    expect(got.json).toMatchObject({ status: 503, code: 'upstream_unreachable' });
    expect(gateway.calls()).toEqual([]);
  });
});

test.each([
  { name: 'plain HTTP', publicUrl: undefined, host: undefined, want: ['A=1'] },
  {
    name: 'the public address',
    publicUrl: 'https://bezant.example',
    host: 'bezant.example',
    want: ['A=1; Secure; SameSite=None'],
  },
  {
    name: 'another address than the public one',
    publicUrl: 'https://bezant.example',
    host: '127.0.0.1',
    want: ['A=1'],
  },
  {
    name: 'a public address without TLS',
    publicUrl: 'http://bezant.example',
    host: 'bezant.example',
    want: ['A=1'],
  },
])('cookies over $name', async ({ publicUrl, host, want }) => {
  gateway.on(
    'GET /sso/Login',
    answer(200, [['set-cookie', 'A=1; Secure; SameSite=None; Domain=.ibkr.com']], '<html></html>'),
  );
  const { ask } = await open(publicUrl === undefined ? {} : { publicUrl });
  const got = await ask({ path: '/sso/Login', headers: host === undefined ? [] : [['Host', host]] });
  expect(got.all('set-cookie')).toEqual(want);
});

test('many pages at once each get their own answer', async () => {
  const { ask } = await open();
  const names = Array.from({ length: 40 }, (_, index) => `/images/${index}.svg`);
  for (const name of names) gateway.on(`GET ${name}`, answer(200, [['content-type', 'image/svg+xml']], name));
  const got = await Promise.all(names.map((path) => ask({ path })));
  expect(got.map(({ text }) => text)).toEqual(names);
});
