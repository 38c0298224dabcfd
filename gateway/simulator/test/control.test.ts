import { expect, test } from '@jest/globals';
import WebSocket from 'ws';
import { isLoopback } from '../src/control.ts';
import { start } from './client.ts';

test('state tells the scenario, the clock, the session and the faults', async () => {
  const simulator = await start({ scenario: 'competing' });
  expect((await simulator.call('GET', '/simulator/state')).json).toMatchObject({
    scenario: { name: 'competing', description: expect.any(String) },
    mode: 'gateway',
    clock: { nowMs: simulator.clock.now(), scale: 0 },
    session: { loggedIn: true, username: 'simulator', brokerage: 'competing' },
    penaltyBoxMs: 0,
    faults: { socket: 'normal', pacing: 'lenient', paths: [] },
    sockets: 0,
    requests: 0,
  });
  await simulator.stop();
});

test('requests are kept as they came', async () => {
  const simulator = await start();
  await simulator.api('POST', '/tickle?a=1&a=2', {
    headers: { 'X-Mixed-Case': 'kept', cookie: 'one=1' },
    body: { acctId: 'DU1234567' },
  });
  await simulator.api('GET', '/tickle');
  const all = (await simulator.call('GET', '/simulator/requests')).json as unknown[];
  expect(all).toHaveLength(2);
  expect(
    (await simulator.call('GET', '/simulator/requests?method=POST&path=/v1/api/tickle')).json,
  ).toMatchObject([
    {
      id: 1,
      atMs: simulator.clock.now(),
      method: 'POST',
      url: '/v1/api/tickle?a=1&a=2',
      path: '/v1/api/tickle',
      query: { a: ['1', '2'] },
      rawHeaders: expect.arrayContaining([['X-Mixed-Case', 'kept']]),
      headers: { cookie: 'one=1', 'content-length': '22' },
      body: '{"acctId":"DU1234567"}',
      bodyBytes: 22,
      status: 200,
    },
  ]);
  await simulator.call('DELETE', '/simulator/requests');
  expect((await simulator.call('GET', '/simulator/requests')).json).toEqual([]);
  await simulator.stop();
});

test('a scenario by name or given replaces everything', async () => {
  const simulator = await start();
  await simulator.call('POST', '/simulator/scenario', { body: { name: 'logged-out-302' } });
  expect((await simulator.api('GET', '/tickle')).status).toBe(302);
  const given = { description: 'Mine.', session: { loggedIn: true, brokerage: 'up', username: 'me' } };
  const state = await simulator.call('POST', '/simulator/scenario', {
    body: { name: 'mine', scenario: given },
  });
  expect(state.json).toMatchObject({
    scenario: { name: 'mine' },
    session: { username: 'me', brokerage: 'up' },
  });
  await simulator.stop();
});

test('a scenario that is not usable leaves the old one in place', async () => {
  const simulator = await start({ scenario: 'idle' });
  const scenario = { description: 'Mine.', brokerage: { accounts: 'many' } };
  const refused = await simulator.call('POST', '/simulator/scenario', { body: { scenario } });
  expect(refused).toMatchObject({
    status: 400,
    json: { error: expect.stringContaining('brokerage.accounts') },
  });
  simulator.clock.advance(360_000);
  expect(await simulator.control.call('GET /state')).toMatchObject({
    scenario: { name: 'idle' },
    session: { loggedIn: true, brokerage: 'down' },
  });
  await simulator.stop();
});

test('time is moved and scaled', async () => {
  const simulator = await start();
  const beforeMs = simulator.clock.now();
  const { json } = await simulator.call('POST', '/simulator/clock', { body: { advanceMs: 5000 } });
  expect(json).toEqual({ nowMs: beforeMs + 5000, scale: 0 });
  expect((await simulator.call('POST', '/simulator/clock', { body: { scale: 60 } })).json).toMatchObject({
    scale: 60,
  });
  await simulator.stop();
});

test('login and logout are shortcuts', async () => {
  const simulator = await start({ scenario: 'logged-out' });
  await simulator.call('POST', '/simulator/login', { body: { username: 'me', paper: false } });
  expect((await simulator.api('GET', '/iserver/auth/status')).json).toMatchObject({ authenticated: true });
  await simulator.call('POST', '/simulator/logout');
  expect((await simulator.api('GET', '/tickle')).status).toBe(401);
  await simulator.call('POST', '/simulator/login', { body: { brokerage: 'down' } });
  expect((await simulator.api('GET', '/iserver/auth/status')).json).toMatchObject({ authenticated: false });
  await simulator.stop();
});

test('an order is filled on demand', async () => {
  const simulator = await start();
  await simulator.api('GET', '/iserver/accounts');
  const orders = async () => {
    const { json } = await simulator.api('GET', '/iserver/account/orders');
    return (json as { orders: { orderId: number; status: string; filledQuantity: number }[] }).orders;
  };
  await orders();
  simulator.clock.advance(1000);
  const [resting] = await orders();
  expect(resting).toMatchObject({ status: 'Submitted', filledQuantity: 0 });
  const filled = await simulator.call('POST', `/simulator/orders/${resting?.orderId ?? 0}/fill`, {
    body: { quantity: 4, price: 101 },
  });
  expect(filled.status).toBe(200);
  expect((await orders())[0]).toMatchObject({ filledQuantity: 4 });
  expect((await simulator.call('POST', '/simulator/orders/1/fill', { body: {} })).json).toEqual({
    error: expect.stringContaining('1'),
  });
  await simulator.stop();
});

test('a WebSocket is kept as a request, told raw frames, and broken on demand', async () => {
  const simulator = await start();
  const socket = new WebSocket(`wss://127.0.0.1:${simulator.port}/v1/api/ws`, {
    ca: simulator.cert,
    headers: { cookie: 'api=token' },
  });
  const frame = new Promise<string>((resolve) =>
    socket.once('message', (data: Buffer) => resolve(data.toString('hex'))),
  );
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  expect((await simulator.call('GET', '/simulator/requests?path=/v1/api/ws')).json).toMatchObject([
    { method: 'GET', headers: { upgrade: 'websocket', cookie: 'api=token' }, status: null },
  ]);
  const base64 = Buffer.from('00ff80', 'hex').toString('base64');
  expect((await simulator.call('POST', '/simulator/frames', { body: { base64 } })).json).toEqual({
    sentTo: 1,
  });
  expect(await frame).toBe('00ff80');
  expect((await simulator.call('DELETE', '/simulator/sockets')).json).toEqual({ broken: 1 });
  expect(await closed).toBe(1006);
  await simulator.stop();
});

const wrong: { method: string; path: string; body?: unknown; status: number; error: string }[] = [
  { method: 'GET', path: '/nope', status: 404, error: 'There is no "GET /nope". Known: GET /state' },
  {
    method: 'POST',
    path: '/faults',
    body: { socket: 'loud' },
    status: 400,
    error: 'socket must be one of normal',
  },
  {
    method: 'POST',
    path: '/faults',
    body: { paths: [{}] },
    status: 400,
    error: 'paths[0].path must be a string',
  },
  {
    method: 'POST',
    path: '/clock',
    body: { advanceMs: '1' },
    status: 400,
    error: 'advanceMs must be a number',
  },
  {
    method: 'POST',
    path: '/scenario',
    body: { name: 'none' },
    status: 400,
    error: 'There is no scenario "none"',
  },
  {
    method: 'POST',
    path: '/session',
    body: {},
    status: 400,
    error: 'brokerage must be one of up, down, competing',
  },
  { method: 'POST', path: '/quotes/265598', body: {}, status: 400, error: 'price must be a number' },
];
test('what is wrong is said', async () => {
  const simulator = await start();
  for (const { method, path, body, status, error } of wrong) {
    const received = await simulator.call(method, `/simulator${path}`, { body });
    expect({ path, status: received.status, json: received.json }).toMatchObject({
      path,
      status,
      json: { error: expect.stringContaining(error) },
    });
  }
  await simulator.stop();
});

test.each([
  ['127.0.0.1', true],
  ['::ffff:127.0.0.1', true],
  ['::1', true],
  ['10.0.0.7', false],
  ['::ffff:10.0.0.7', false],
  ['1127.0.0.1', false],
  ['', false],
])('a caller from "%s" may control it: %s', (peer, want) => {
  expect(isLoopback(peer)).toBe(want);
});
