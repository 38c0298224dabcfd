// The appliance from an empty volume to a filled order, and stopped and started again: as its user meets it, with nothing but
// /data that can be written to, and 512 MB.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { request } from 'node:http';
import type { Appliance } from './appliance.ts';
import { must } from './docker.ts';
import { Stage, startupMs } from './stage.ts';
import { until } from './until.ts';

const stage = new Stage();
let bezant: Appliance;
let key: string;

const megabyte = 1024 * 1024;
const account = 'DU1234567';

beforeAll(async () => {
  stage.standIn();
  await stage.ibkr();
  bezant = await stage.combined({
    volume: await stage.volume(),
    ports: [8080, 9090, 9091],
    host: {
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Memory: 512 * megabyte,
      MemorySwap: 512 * megabyte,
    },
  });
  key = await bezant.key();
}, 2 * startupMs);
afterAll(() => stage.clear(), startupMs);

test('its log says what was fetched, the key that was made, and where to go on', async () => {
  const log = await bezant.log();
  expect(log).toMatch(/^gateway +\| .*sha256 [0-9a-f]{64}$/m);
  expect(log).toContain('An API key was made');
  expect(log).toContain(key);
  expect(log).toMatch(/bezant is ready[^]*Log in +http:\/\/localhost:8080\//);
  expect(log).toContain('in /data/api-key');
  expect(log).not.toMatch(/^sidecar .*no setting of this server/m);
});

test('nobody without the key comes in, not even to the login page', async () => {
  for (const path of ['/', '/health', '/accounts', '/sso/Login'])
    expect(await bezant.ask(path)).toMatchObject({ status: 401, body: { code: 'api_key_required' } });
});

test('before the login it says what is missing', async () => {
  expect(await bezant.ask('/health', { key })).toMatchObject({
    status: 401,
    body: { code: 'not_authenticated' },
  });
  expect(await bezant.ask('/', { key })).toMatchObject({ status: 302 });
});

test('every process is the one user without rights, and nothing can be written but /data', async () => {
  const processes = await bezant.processes();
  expect(processes.map(({ uid }) => uid)).toEqual(processes.map(() => 10_001));
  expect(processes.find(({ pid }) => pid === 1)?.command).toMatch(/^tini /);
  for (const role of ['supervisor', 'gateway', 'sidecar'] as const) await bezant.process(role);
  const writable = await bezant.exec(
    'sh',
    '-c',
    'for d in / /app /tmp /var/tmp /opt /usr/local /data /data/tmp; do touch $d/probe 2>/dev/null && rm $d/probe && echo $d; done',
  );
  expect(writable.split('\n')).toEqual(['/data', '/data/tmp']);
});

test('the Gateway is reached from inside alone', async () => {
  const address = await must(
    'inspect',
    '--format',
    '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
    bezant.id,
  );
  const connects = `
    const socket = require('node:net').connect(5000, process.argv[1]);
    socket.once('connect', () => process.exit(0)).once('error', () => process.exit(7));
  `;
  await bezant.exec('node', '--eval', connects, '127.0.0.1');
  await expect(bezant.exec('node', '--eval', connects, address)).rejects.toThrow('left with 7');
});

test('a login through it makes the session live', async () => {
  await bezant.logIn(key);
  expect(await bezant.ask('/health', { key })).toMatchObject({
    status: 200,
    body: { authenticated: true, connected: true },
  });
});

test('accounts and positions', async () => {
  expect(await bezant.ask('/accounts', { key })).toMatchObject({ status: 200, body: [{ id: account }] });
  const { status, body } = await bezant.ask(`/accounts/${account}/positions`, { key });
  expect([status, body]).toEqual([200, expect.arrayContaining([expect.objectContaining({ conid: 265598 })])]);
});

test('an order is placed, and told as an event', async () => {
  await until('the stream of events is up', async () =>
    (await bezant.log()).includes('IBKR sends its events'),
  );
  const ticket = { conid: 265598, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity: 1, price: 1 };
  let answer = await bezant.post(`/accounts/${account}/orders`, { orders: [ticket] }, key);
  const first = (): Record<string, unknown> => (answer.body as Record<string, unknown>[])[0] ?? {};
  // IBKR asks back until it has heard yes to everything.
  for (let asked = 0; first()['id'] !== undefined && asked < 10; asked += 1)
    answer = await bezant.post(`/v1/api/iserver/reply/${String(first()['id'])}`, { confirmed: true }, key);
  const orderId = String(first()['order_id']);
  expect(orderId).toMatch(/^\d+$/);

  const told = await until('the event', async () => {
    const { status, body } = await bezant.ask('/events/orders?since=0&wait=5', { key });
    if (status !== 200) return null;
    const { events } = body as { events: { order_id: string; payload: { status: string } }[] };
    return (
      events.find(({ order_id, payload }) => order_id === orderId && payload.status === 'Submitted') ?? null
    );
  });
  expect(told.payload).toMatchObject({ conid: 265598 });
});

test('its probes and metrics are on the two other ports', async () => {
  const ask = async (port: number, path: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${bezant.container.getMappedPort(port)}${path}`);
    expect(response.status).toBe(200);
    return response.text();
  };
  expect(JSON.parse(await ask(9091, '/readyz'))).toMatchObject({ ready: true });
  expect(await ask(9091, '/metrics')).toMatch(/^bezant_process_up\{process="gateway"\} 1$/m);
  expect(await ask(9090, '/metrics')).toContain('bezant_');
});

test('no page of another name is served', async () => {
  const { port } = new URL(await bezant.url());
  const status = await new Promise((resolve, reject) => {
    request({ port, path: '/health', headers: { host: 'evil.example', authorization: `Bearer ${key}` } })
      .once('response', (response) => resolve(response.statusCode))
      .once('error', reject)
      .end();
  });
  expect(status).toBe(421);
});

test('it is healthy, within its memory, and leaves no secret in its log', async () => {
  await bezant.becomes('healthy');
  expect(await must('inspect', '--format', '{{.State.OOMKilled}}', bezant.id)).toBe('false');
  const log = await bezant.log();
  const beyondKey = log.replaceAll(key, '');
  expect(beyondKey.length).toBe(log.length - key.length);
  expect(beyondKey).not.toMatch(/JSESSIONID=\w|XYZAB=\w|x-sess-uuid=\w|"session":"[0-9a-f]/);
});

test('docker stop is in time, and clean', async () => {
  const { code, ms } = await bezant.stop();
  expect(code).toBe(0);
  // Docker itself waits 10 s before it kills.
  expect(ms).toBeLessThan(10_000);
});

test('started again it has its key, its Gateway and its events', async () => {
  await bezant.start();
  // Over both starts together.
  const log = await bezant.log();
  for (const once of ['An API key was made', 'The Gateway is in']) expect(log.split(once)).toHaveLength(2);
  expect(log.split('gateway is ready')).toHaveLength(3);
  expect(await bezant.key()).toBe(key);
  await bezant.untilLive(key);
  const { body } = await bezant.ask('/events/orders?since=0', { key });
  expect((body as { events: unknown[] }).events.length).toBeGreaterThan(0);
});
