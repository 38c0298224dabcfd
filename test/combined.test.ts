// The appliance's plan over the real server and, in place of the Gateway, the simulator: settings, and each process alone.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { folder, freePort, supervisePlan, type Supervised } from '../gateway/supervisor/test/supervise.ts';

const commands = join(import.meta.dirname, '..', 'node_modules', '.bin');

let appliance: Supervised;
let origin: string;
let dataDir: string;

beforeAll(async () => {
  const [port, adminPort, supervisorPort] = [await freePort(), await freePort(), await freePort()];
  origin = `http://127.0.0.1:${port}`;
  dataDir = folder();
  appliance = supervisePlan('combined', {
    PATH: [commands, process.env['PATH']].join(delimiter),
    BEZANT_DEMO: '1',
    BEZANT_DATA_DIR: dataDir,
    PORT: String(port),
    BEZANT_ADMIN_BIND: `127.0.0.1:${adminPort}`,
    BEZANT_SUPERVISOR_BIND: `127.0.0.1:${supervisorPort}`,
    BEZANT_GATEWAY_PORT: String(await freePort()),
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
