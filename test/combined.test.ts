// The appliance's plan over the real server and, in place of the Gateway, the simulator: settings, and each process alone.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { folder, supervisePlan, until, type Supervised } from '../gateway/supervisor/test/supervise.ts';
import { freePort } from '../gateway/supervisor/test/free-port.ts';

const commands = join(import.meta.dirname, '..', 'node_modules', '.bin');

let appliance: Supervised;
let origin: string;
let dataDir: string;
let gatewayPort: number;

beforeAll(async () => {
  const [port, adminPort, supervisorPort] = [await freePort(), await freePort(), await freePort()];
  origin = `http://127.0.0.1:${port}`;
  dataDir = folder();
  gatewayPort = await freePort();
  appliance = supervisePlan('combined', {
    PATH: [commands, process.env['PATH']].join(delimiter),
    BEZANT_DEMO: '1',
    BEZANT_DATA_DIR: dataDir,
    PORT: String(port),
    BEZANT_ADMIN_BIND: `127.0.0.1:${adminPort}`,
    BEZANT_SUPERVISOR_BIND: `127.0.0.1:${supervisorPort}`,
    BEZANT_GATEWAY_PORT: String(gatewayPort),
    BEZANT_GATEWAY_HEAP_MB: '128',
  });
  await appliance.line(/^bezant is ready\. Behind it: a simulated Gateway/);
}, 120_000);

afterAll(async () => {
  appliance.signal('SIGTERM');
  await appliance.ended;
});

test('listens at PORT, without a key and without a word about settings of others', async () => {
  const accounts = await fetch(`${origin}/accounts`);
  expect(accounts.status).toBe(200);
  expect(await accounts.text()).toContain('DU1234567');
  expect(appliance.lines.filter((line) => line.includes('is no setting of this server'))).toEqual([]);
});

test('keeps what the demo makes apart from what an account makes', () => {
  expect(existsSync(join(dataDir, 'demo', 'events.db'))).toBe(true);
  expect(existsSync(join(dataDir, 'events.db'))).toBe(false);
});

/** From /proc, so on Linux. */
function pidOf(command: string): number {
  const children = readFileSync(`/proc/${appliance.pid}/task/${appliance.pid}/children`, 'utf8')
    .trim()
    .split(' ');
  const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(command));
  if (found === undefined) throw new Error(`no ${command} among ${children.join(' ')}`);
  return Number(found);
}

async function health(): Promise<{ status: number; text: string }> {
  const response = await fetch(`${origin}/health`);
  return { status: response.status, text: await response.text() };
}

if (process.platform !== 'linux') test.todo('each process alone: needs Linux’ /proc');
else {
  test('a killed server comes back, and the Gateway with its login has noticed nothing', async () => {
    const [gateway, sidecar] = [pidOf('bezant-simulator'), pidOf('bezant-server')];
    process.kill(sidecar, 'SIGKILL');
    await appliance.line(/sidecar was ended by SIGKILL; starting it again/);
    await appliance.line(/sidecar is ready/, 2);
    expect(pidOf('bezant-simulator')).toBe(gateway);
    expect(pidOf('bezant-server')).not.toBe(sidecar);
    const { status, text } = await health();
    expect(status).toBe(200);
    expect(text).toContain('"authenticated":true');
  }, 120_000);

  test('a killed Gateway comes back, and the server goes on, telling the truth meanwhile', async () => {
    const [gateway, sidecar] = [pidOf('bezant-simulator'), pidOf('bezant-server')];
    process.kill(gateway, 'SIGKILL');
    await appliance.line(/gateway was ended by SIGKILL; starting it again/);
    await appliance.line(/gateway is ready/, 2);
    expect(pidOf('bezant-server')).toBe(sidecar);
    expect(pidOf('bezant-simulator')).not.toBe(gateway);
    await until(async () => (await health()).text.includes('"authenticated":true'));
  }, 120_000);
}
