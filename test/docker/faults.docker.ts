// What dies or hangs inside the container comes back by itself, and takes nothing else along.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Appliance } from './appliance.ts';
import { Stage, startupMs } from './stage.ts';
import { until } from './until.ts';

const stage = new Stage();
let bezant: Appliance;
let key: string;

const second = 1_000_000_000;

beforeAll(async () => {
  stage.standIn();
  await stage.ibkr();
  bezant = await stage.combined({
    host: { ReadonlyRootfs: true },
    // The image's own command, asked more often.
    create: { Healthcheck: { Interval: second, Timeout: 10 * second, Retries: 1, StartPeriod: second } },
  });
  key = await bezant.key();
  await bezant.logIn(key);
}, 2 * startupMs);
afterAll(() => stage.clear(), startupMs);

const pids = async (): Promise<Record<'gateway' | 'sidecar', number>> => ({
  gateway: (await bezant.process('gateway')).pid,
  sidecar: (await bezant.process('sidecar')).pid,
});

/** Another one than before, and it answers. */
const isReplaced = (role: 'gateway' | 'sidecar', before: number): Promise<unknown> =>
  until(`a new ${role}`, async () => (await pids())[role] !== before);

test('the Gateway is killed: it returns, the server does not notice', async () => {
  const before = await pids();
  await bezant.signal('gateway', 'KILL');
  await isReplaced('gateway', before.gateway);
  await bezant.becomes('healthy');
  expect((await pids()).sidecar).toBe(before.sidecar);
  await bezant.untilLive(key);
});

test('the server is killed: it returns, and nobody has to log in again', async () => {
  const before = await pids();
  await bezant.signal('sidecar', 'KILL');
  await isReplaced('sidecar', before.sidecar);
  await bezant.untilLive(key);
  expect((await pids()).gateway).toBe(before.gateway);
});

test('the Gateway hangs: the container is unhealthy, until it has been replaced', async () => {
  await bezant.becomes('healthy');
  const before = await pids();
  await bezant.signal('gateway', 'STOP');
  await bezant.becomes('unhealthy');
  await isReplaced('gateway', before.gateway);
  await bezant.becomes('healthy');
  expect((await pids()).sidecar).toBe(before.sidecar);
  await bezant.untilLive(key);
});

test('the server hangs: it is replaced', async () => {
  const before = await pids();
  await bezant.signal('sidecar', 'STOP');
  await isReplaced('sidecar', before.sidecar);
  await bezant.untilLive(key);
  expect((await pids()).gateway).toBe(before.gateway);
});

test('each start is counted by its reason, and no zombie is left', async () => {
  const metrics = await bezant.exec(
    'node',
    '--eval',
    "fetch('http://127.0.0.1:9091/metrics').then((r) => r.text()).then(console.log)",
  );
  for (const process of ['gateway', 'sidecar'])
    for (const reason of ['exit', 'hang'])
      expect(metrics).toContain(`bezant_process_restarts_total{process="${process}",reason="${reason}"} 1`);
  expect((await bezant.processes()).filter(({ state }) => state === 'Z')).toEqual([]);
});

test('a process that loses its parent is reaped', async () => {
  // In the background of a shell that ends: tini is its parent then.
  await bezant.exec('sh', '-c', '(sleep 0.1 &) ; exit 0');
  await until('no sleeper and no zombie', async () =>
    (await bezant.processes()).every(({ state, command }) => state !== 'Z' && !command.startsWith('sleep')),
  );
});

test('the supervisor is killed: the container ends, with a code that restarts it', async () => {
  await bezant.signal('supervisor', 'KILL');
  await until('the container ends', async () => (await bezant.state()) === 'exited');
  expect(await bezant.exitCode()).toBe(137);
});
