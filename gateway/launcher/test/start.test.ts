// The start with a real Java and the stand-in for IBKR's Gateway, the simulator behind it.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { startSimulator, type Simulator } from '../../simulator/src/simulator.ts';
import { folder, launch, run, type Launched } from './launch.ts';
import { buildStandIn } from './stand-in/build.ts';
import { freePort } from '../../supervisor/test/free-port.ts';

const zip = join(folder(), 'clientportal.gw.zip');
const running = new Set<Launched>();
let simulator: Simulator;

beforeAll(async () => {
  buildStandIn(zip);
  simulator = await startSimulator({ scenario: 'logged-out' });
}, 120_000);

afterAll(async () => {
  for (const gateway of running) gateway.signal('SIGKILL');
  await simulator.stop();
});

interface Gateway extends Launched {
  port: number;
}

async function startGateway(dataDir: string, env: Record<string, string> = {}): Promise<Gateway> {
  const port = await freePort();
  const gateway = launch({
    BEZANT_DATA_DIR: dataDir,
    BEZANT_GATEWAY_ZIP: zip,
    BEZANT_GATEWAY_PORT: String(port),
    BEZANT_GATEWAY_REMOTE_HOST: `https://localhost:${simulator.port}`,
    ...env,
  });
  running.add(gateway);
  void gateway.ended.then(() => running.delete(gateway));
  await gateway.line(/^Open https:\/\/localhost:/);
  return { ...gateway, port };
}

async function get(port: number, path: string): Promise<{ status: number; location: string }> {
  const asked = request({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false }).end();
  const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
  response.resume();
  await once(response, 'end');
  return { status: response.statusCode ?? 0, location: response.headers.location ?? '' };
}

async function connects(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  const outcome = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return outcome;
}

test('the process becomes Java: it answers, streams, and ends by SIGTERM', async () => {
  const dataDir = folder();
  const gateway = await startGateway(dataDir, { BEZANT_API_KEYS: 'not-for-the-gateway' });
  const proc = (file: string): string => readFileSync(`/proc/${gateway.pid}/${file}`, 'latin1');
  expect(proc('cmdline').split('\0')).toEqual(
    expect.arrayContaining(['-Xmx128m', '-XX:+UseSerialGC', 'ibgroup.web.core.clientportal.gw.GatewayStart']),
  );
  expect(proc('environ')).not.toContain('not-for-the-gateway');
  expect(gateway.lines.join('\n')).not.toMatch(/warning/i);

  expect(await get(gateway.port, '/')).toMatchObject({
    status: 302,
    location: expect.stringMatching(/^\/sso\/Login/),
  });
  const socket = new WebSocket(`wss://127.0.0.1:${gateway.port}/v1/api/ws`, { rejectUnauthorized: false });
  const [frame] = (await once(socket, 'message')) as [Buffer];
  expect(JSON.parse(frame.toString())).toEqual({ message: 'waiting for session' });
  socket.terminate();

  gateway.signal('SIGTERM');
  // Java's own code for it.
  expect(await gateway.ended).toBe(143);
}, 120_000);

test('nobody but this machine reaches it', async () => {
  const gateway = await startGateway(folder());
  // Whoever listens on every address answers on each of these.
  expect([await connects('127.0.0.1', gateway.port), await connects('127.0.0.2', gateway.port)]).toEqual([
    true,
    false,
  ]);
  gateway.signal('SIGTERM');
  await gateway.ended;
}, 120_000);

test('a second start unpacks nothing, leaves no temporary files behind, and bounds the logs', async () => {
  const dataDir = folder();
  const first = await startGateway(dataDir);
  await first.line(/The Gateway is in/);
  first.signal('SIGKILL');
  await first.ended;

  const logs = join(dataDir, 'gateway/logs');
  const [today = ''] = readdirSync(logs);
  for (const [name, day] of [
    ['gw.2026-01-01.log', '2026-01-01'],
    ['gw.2026-01-02.log', '2026-01-02'],
  ] as const) {
    writeFileSync(join(logs, name), '');
    truncateSync(join(logs, name), 30 * 1024 * 1024);
    utimesSync(join(logs, name), new Date(day), new Date(day));
  }
  const left = join(dataDir, 'tmp/gateway/left-by-a-kill');
  mkdirSync(left, { recursive: true });

  const second = await startGateway(dataDir);
  expect(second.lines.join('\n')).not.toContain('The Gateway is in');
  expect(readdirSync(logs).sort()).toEqual(['gw.2026-01-02.log', today].sort());
  expect(existsSync(left)).toBe(false);
  second.signal('SIGTERM');
  await second.ended;
}, 120_000);

test('a folder of an image is used where it stands', async () => {
  const image = join(folder(), 'opt/gateway');
  const fetched = await run({ BEZANT_GATEWAY_ZIP: zip }, { args: ['fetch', image] });
  expect(fetched).toEqual({ code: 0, text: expect.stringContaining(`BEZANT_GATEWAY_ZIP=${image}`) });
  expect(readdirSync(join(image, '..'))).toEqual(['gateway']);

  const dataDir = folder();
  const gateway = await startGateway(dataDir, { BEZANT_GATEWAY_ZIP: image });
  expect(await get(gateway.port, '/')).toMatchObject({ status: 302 });
  expect(readdirSync(join(dataDir, 'gateway')).sort()).toEqual(['logs', 'root']);
  gateway.signal('SIGTERM');
  await gateway.ended;
}, 120_000);

test.each([
  [
    'BEZANT_JAVA',
    'no-such-java',
    /no Java to run the Gateway with: no-such-java is not on the PATH.*BEZANT_JAVA/s,
  ],
  ['BEZANT_JAVA', '/no/such/java', /\/no\/such\/java is not a program/],
])('without Java: %s=%s', async (name, value, want) => {
  const dataDir = folder();
  const { code, text } = await run({ BEZANT_DATA_DIR: dataDir, BEZANT_GATEWAY_ZIP: zip, [name]: value });
  expect([code, text]).toEqual([2, expect.stringMatching(want)]);
  expect(readdirSync(dataDir)).toEqual([]);
});

test('a data folder that is not ours', async () => {
  const taken = folder();
  // Root may write everywhere, so it becomes nobody; others find a folder that is closed to them.
  const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  const dataDir = 'uid' in uid ? taken : '/';
  const { code, text } = await run(
    { BEZANT_DATA_DIR: dataDir, BEZANT_GATEWAY_ZIP: zip },
    { args: ['fetch'], ...uid },
  );
  expect([code, text]).toEqual([
    1,
    expect.stringMatching(/may not be written by this user \(uid \d+\).*BEZANT_DATA_DIR/),
  ]);
});

/** A disk of its own, which only root may have; returns why there is none. */
function mount(...args: string[]): string | null {
  const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' });
  return status === 0 ? null : (error?.message ?? stderr.trim());
}

test('a disk that is full, and one that is read-only', async () => {
  const disk = folder();
  const refused = mount('-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', disk);
  if (refused !== null) {
    console.warn(`Skipped, as no disk can be mounted here: ${refused}`);
    return;
  }
  try {
    const fetched = () => run({ BEZANT_DATA_DIR: disk, BEZANT_GATEWAY_ZIP: zip }, { args: ['fetch'] });
    const full = await fetched();
    expect([full.code, full.text]).toEqual([
      1,
      expect.stringContaining(`no room left on the disk of ${disk}`),
    ]);
    expect(readdirSync(join(disk, 'gateway'))).toEqual([]);

    expect(mount('-o', 'remount,ro', disk)).toBeNull();
    const readOnly = await fetched();
    expect([readOnly.code, readOnly.text]).toEqual([
      1,
      expect.stringContaining(`${disk} is read-only. Mount a volume`),
    ]);
  } finally {
    spawnSync('umount', [disk]);
  }
});
