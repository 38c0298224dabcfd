// Who is let into /v1/api, and with which words the others are turned away.
import { expect, test } from '@jest/globals';
import { loadContract } from '../src/operation.ts';
import { start } from './client.ts';

const loggedOut: { form: string; want: Record<string, unknown> }[] = [
  {
    form: 'problem',
    want: {
      status: 401,
      json: { type: '/simple', title: 'Unauthorized', status: 401, detail: expect.any(String) },
    },
  },
  { form: 'text', want: { status: 401, text: 'Access Denied' } },
  { form: 'empty', want: { status: 401, text: '' } },
  {
    form: 'redirect',
    want: { status: 302, headers: { location: '/sso/Login?forwardTo=22&RL=1&ip2loc=US' } },
  },
];
test.each(loggedOut)('before login, form $form', async ({ form, want }) => {
  const simulator = await start({ scenario: 'logged-out' });
  await simulator.control.call('POST /faults', { loggedOut: form });
  expect(await simulator.api('GET', '/iserver/auth/status')).toMatchObject(want);
  await simulator.stop();
});

test('without a brokerage session /iserver has no bridge, /portfolio works, ssodh/init brings it up', async () => {
  const simulator = await start({ scenario: 'no-bridge' });
  expect(await simulator.api('GET', '/iserver/accounts')).toMatchObject({
    status: 400,
    json: { error: 'Bad Request: no bridge', statusCode: 400 },
  });
  expect((await simulator.api('GET', '/portfolio/accounts')).status).toBe(200);
  const init = await simulator.api('POST', '/iserver/auth/ssodh/init', {
    body: { publish: true, compete: false },
  });
  expect(init).toMatchObject({ status: 200, json: { passed: true, authenticated: true, connected: true } });
  expect((await simulator.api('GET', '/iserver/accounts')).status).toBe(200);
  await simulator.stop();
});

test('ssodh/init without publish is an error', async () => {
  const simulator = await start({ scenario: 'no-bridge' });
  const init = await simulator.api('POST', '/iserver/auth/ssodh/init', { body: { compete: true } });
  expect(init).toMatchObject({ status: 500, json: { error: expect.stringContaining('publish') } });
  await simulator.stop();
});

const competitions: { scenario: string; compete: boolean; want: Record<string, boolean> }[] = [
  { scenario: 'competing', compete: false, want: { authenticated: false, competing: true, connected: true } },
  { scenario: 'competing', compete: true, want: { authenticated: true, competing: false, connected: true } },
  {
    scenario: 'competing-stubborn',
    compete: true,
    want: { authenticated: false, competing: true, connected: true },
  },
];
test.each(competitions)('$scenario, compete $compete', async ({ scenario, compete, want }) => {
  const simulator = await start({ scenario });
  const body = { publish: true, compete };
  expect((await simulator.api('POST', '/iserver/auth/ssodh/init', { body })).json).toMatchObject(want);
  expect((await simulator.api('POST', '/iserver/auth/status', { body: '' })).json).toMatchObject(want);
  await simulator.stop();
});

test('a second ssodh/init can take a live bridge down for a while', async () => {
  const simulator = await start();
  await simulator.control.call('POST /faults', { reinitOutageMs: 5000 });
  const body = { publish: true, compete: true };
  expect((await simulator.api('POST', '/iserver/auth/ssodh/init', { body })).json).toMatchObject({
    authenticated: false,
  });
  simulator.clock.advance(5000);
  expect((await simulator.api('GET', '/iserver/auth/status')).json).toMatchObject({ authenticated: true });
  await simulator.stop();
});

const preflights: { path: string; first: string; status: number }[] = [
  { path: '/iserver/account/orders', first: '/iserver/accounts', status: 400 },
  { path: '/iserver/account/DU1234567/summary', first: '/iserver/accounts', status: 400 },
  { path: '/iserver/marketdata/snapshot?conids=265598&fields=31', first: '/iserver/accounts', status: 500 },
  { path: '/portfolio/DU1234567/ledger', first: '/portfolio/accounts', status: 400 },
  { path: '/portfolio/DU1234567/positions/0', first: '/portfolio/subaccounts', status: 400 },
];
test.each(preflights)('$path needs $first', async ({ path, first, status }) => {
  const simulator = await start();
  expect(await simulator.api('GET', path)).toMatchObject({
    status,
    json: { error: 'Bad Request: Please query /accounts first', statusCode: status },
  });
  expect((await simulator.api('GET', first)).status).toBe(200);
  expect((await simulator.api('GET', path)).status).toBe(200);
  await simulator.stop();
});

test('preflights are forgotten with the brokerage session', async () => {
  const simulator = await start();
  await simulator.api('GET', '/iserver/accounts');
  await simulator.control.call('POST /session', { brokerage: 'down' });
  await simulator.control.call('POST /session', { brokerage: 'up' });
  expect((await simulator.api('GET', '/iserver/account/orders')).status).toBe(400);
  await simulator.stop();
});

test.each(['/nope', '/iserver/account/DU1234567/positions', '/gw/api/v1/accounts'])(
  '%s does not exist',
  async (path) => {
    const simulator = await start();
    expect(await simulator.api('GET', path)).toMatchObject({
      status: 404,
      text: '<html><body><h1>Resource not found</h1></body></html>',
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
    await simulator.stop();
  },
);

test('tickle says how the session is, and its countdown starts anew', async () => {
  const simulator = await start({ scenario: 'idle' });
  simulator.clock.advance(60_000);
  const first = await simulator.api('POST', '/tickle', { body: '' });
  expect(first.json).toEqual({
    session: expect.stringMatching(/^[0-9a-f]{32}$/),
    ssoExpires: 540_000,
    collission: false,
    userId: expect.any(Number),
    hmds: { error: 'no bridge' },
    iserver: {
      authStatus: expect.objectContaining({ authenticated: true, competing: false, connected: true }),
    },
  });
  const second = await simulator.api('GET', '/tickle');
  expect(second.json).toMatchObject({
    ssoExpires: 600_000,
    session: (first.json as { session: string }).session,
  });
  await simulator.stop();
});

test('idle: brokerage goes after six minutes and comes back by ssodh/init, then the login goes', async () => {
  const simulator = await start({ scenario: 'idle' });
  simulator.clock.advance(360_000);
  expect((await simulator.api('GET', '/iserver/auth/status')).json).toMatchObject({
    authenticated: false,
    connected: true,
  });
  const body = { publish: true, compete: true };
  expect((await simulator.api('POST', '/iserver/auth/ssodh/init', { body })).json).toMatchObject({
    authenticated: true,
  });
  simulator.clock.advance(600_000);
  expect((await simulator.api('POST', '/tickle', { body: '' })).status).toBe(401);
  await simulator.stop();
});

test("gateway-tickle: the Gateway's own tickle keeps the session, and logs out of a lost one", async () => {
  const simulator = await start({ scenario: 'gateway-tickle' });
  simulator.clock.advance(3_600_000);
  expect((await simulator.api('GET', '/iserver/auth/status')).json).toMatchObject({ authenticated: true });
  await simulator.control.call('POST /session', { brokerage: 'down', connected: true });
  simulator.clock.advance(30_000);
  expect((await simulator.api('GET', '/iserver/auth/status')).json).toMatchObject({
    connected: false,
    MAC: null,
  });
  await simulator.stop();
});

test('demo: nothing ends by itself, whoever logs in', async () => {
  const simulator = await start();
  await simulator.control.call('POST /logout');
  await simulator.control.call('POST /login', {});
  simulator.clock.advance(2 * 3_600_000);
  expect((await simulator.api('GET', '/iserver/auth/status')).json).toMatchObject({ authenticated: true });
  await simulator.stop();
});

test('logout leaves SSO alive and answers without a content type', async () => {
  const simulator = await start();
  const logout = await simulator.api('POST', '/logout', { body: '' });
  expect(logout).toMatchObject({ status: 200, text: '{"status":true}' });
  expect(logout.headers).not.toHaveProperty('content-type');
  expect((await simulator.api('GET', '/iserver/auth/status')).json).toEqual({
    authenticated: false,
    established: false,
    competing: false,
    connected: false,
    MAC: null,
  });
  expect((await simulator.api('GET', '/tickle')).status).toBe(200);
  await simulator.stop();
});

test('the nightly reset: 401, and after a login 503 until the outage is over', async () => {
  const simulator = await start({ scenario: 'nightly-reset' });
  simulator.clock.advance(120_000);
  expect((await simulator.api('GET', '/tickle')).status).toBe(401);
  await simulator.control.call('POST /login', {});
  expect(await simulator.api('GET', '/iserver/accounts')).toMatchObject({
    status: 503,
    json: { error: 'Service Unavailable', statusCode: 503 },
    headers: { 'x-cnection': 'close' },
  });
  expect((await simulator.api('GET', '/portfolio/accounts')).status).toBe(200);
  simulator.clock.advance(300_000);
  await simulator.control.call('POST /session', { brokerage: 'up' });
  expect((await simulator.api('GET', '/iserver/accounts')).status).toBe(200);
  await simulator.stop();
});

test('strict pacing answers 429 and shuts the box', async () => {
  const simulator = await start({ scenario: 'strict-pacing' });
  expect((await simulator.api('GET', '/portfolio/accounts')).status).toBe(200);
  expect(await simulator.api('GET', '/portfolio/accounts')).toMatchObject({
    status: 429,
    json: { error: expect.stringContaining('Too many requests') },
  });
  simulator.clock.advance(6000);
  expect((await simulator.api('GET', '/tickle')).status).toBe(429);
  expect(await simulator.control.call('GET /state')).toMatchObject({ penaltyBoxMs: 894_000 });
  await simulator.stop();
});

test('every operation of the Gateway that has no handler answers from the contract', async () => {
  const simulator = await start();
  await simulator.control.call('POST /faults', { pacing: 'off' });
  await simulator.api('GET', '/iserver/accounts');
  await simulator.api('GET', '/portfolio/accounts');
  const { operations } = loadContract();
  const model = operations.filter(({ path }) => path.startsWith('/fa/model/'));
  expect(model.length).toBeGreaterThan(0);
  for (const { method, path } of model) {
    const { status, json } = await simulator.api(method, path, { body: {} });
    expect({ path, status, type: typeof json }).toEqual({ path, status: 200, type: 'object' });
  }
  await simulator.stop();
});

const edge: { scenario: string; headers: Record<string, string>; status: number }[] = [
  { scenario: 'strict-edge', headers: {}, status: 200 },
  { scenario: 'strict-edge', headers: { origin: 'https://elsewhere.example' }, status: 401 },
  { scenario: 'strict-edge', headers: { referer: 'https://elsewhere.example/page' }, status: 401 },
  { scenario: 'strict-edge', headers: { origin: 'https://sim.example', host: 'sim.example' }, status: 200 },
  { scenario: 'strict-edge', headers: { cookie: 'CF_Authorization=1' }, status: 401 },
  { scenario: 'strict-edge', headers: { cookie: 'RL=1; RL=1' }, status: 401 },
  { scenario: 'strict-edge', headers: { cookie: 'RL=1; USERID=7' }, status: 200 },
  { scenario: 'stale-cookie', headers: { cookie: 'JSESSIONID=old' }, status: 401 },
  { scenario: 'stale-cookie', headers: {}, status: 200 },
  {
    scenario: 'demo',
    headers: { cookie: 'a=1; a=1; JSESSIONID=old', origin: 'https://elsewhere.example' },
    status: 200,
  },
];
test.each(edge)('$scenario with $headers: $status', async ({ scenario, headers, status }) => {
  const simulator = await start({ scenario });
  expect((await simulator.api('GET', '/tickle', { headers })).status).toBe(status);
  await simulator.stop();
});

test('stale-cookie: a cookie of this session passes, until the next login', async () => {
  const simulator = await start({ scenario: 'stale-cookie' });
  const { headers } = await simulator.api('GET', '/tickle');
  const cookie = String(headers['set-cookie']).split(';')[0] ?? '';
  expect((await simulator.api('GET', '/tickle', { headers: { cookie } })).status).toBe(200);
  await simulator.control.call('POST /faults', { staleCookies: true });
  expect((await simulator.api('GET', '/tickle', { headers: { cookie } })).status).toBe(401);
  await simulator.stop();
});
