// The last rung before the human, over the appliance's own processes: the server asks, the supervisor restarts the Gateway,
// and the state says that somebody has to log in.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { delimiter, join } from 'node:path';

import { folder, supervisePlan, type Supervised } from '../gateway/supervisor/test/supervise.ts';
import { freePort } from '../gateway/supervisor/test/free-port.ts';

const commands = join(import.meta.dirname, '..', 'node_modules', '.bin');

let appliance: Supervised;
let ports: { public: number; admin: number; supervisor: number; gateway: number };
let ledger: string;

/** The simulator's own interface. */
function control(path: string, body: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port: ports.gateway,
      path,
      method: 'POST',
      rejectUnauthorized: false,
    };
    const sent = request({ ...options, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end(JSON.stringify(body));
  });
}

const text = async (port: number, path: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}${path}`)).text();

beforeAll(async () => {
  ports = {
    public: await freePort(),
    admin: await freePort(),
    supervisor: await freePort(),
    gateway: await freePort(),
  };
  const dataDir = folder();
  ledger = join(dataDir, 'demo', 'recovery.json');
  // Asking has been tried: IBKR said no twice. To get there takes minutes, for the sake of IBKR's patience.
  mkdirSync(join(dataDir, 'demo'));
  writeFileSync(ledger, JSON.stringify({ attemptsMs: [], failures: 2, refusals: 2, lockedUntilMs: null }));
  appliance = supervisePlan('combined', {
    PATH: [commands, process.env['PATH']].join(delimiter),
    BEZANT_DEMO: '1',
    BEZANT_DEMO_SCENARIO: 'logged-out',
    BEZANT_DATA_DIR: dataDir,
    BEZANT_BIND: `127.0.0.1:${ports.public}`,
    BEZANT_ADMIN_BIND: `127.0.0.1:${ports.admin}`,
    BEZANT_SUPERVISOR_BIND: `127.0.0.1:${ports.supervisor}`,
    BEZANT_GATEWAY_PORT: String(ports.gateway),
  });
  await appliance.line(/sidecar is ready/);
}, 120_000);

afterAll(async () => {
  appliance.signal('SIGTERM');
  await appliance.ended;
});

test('a login without a brokerage session ends in a restarted Gateway and a state that asks for a login', async () => {
  expect(await control('/simulator/login', { brokerage: 'down' })).toBe(200);

  await appliance.line(/supervisor \| gateway is restarted, as sidecar asked; stopping it/);
  await appliance.line(/gateway is ready/, 2);
  await appliance.line(/Recovery by restart worked: The Gateway was restarted and answers again/);
  await appliance.line(/Recovery by stop failed: .*the login went with it/);

  const ready = JSON.parse(await text(ports.admin, '/readyz')) as Record<string, unknown>;
  expect(ready).toMatchObject({
    ready: true,
    state: 'login-required',
    reason: expect.stringMatching(/The Gateway was restarted.*Log in again here/) as unknown,
  });
  const metrics = await text(ports.admin, '/metrics');
  expect(metrics).toContain('bezant_recovery_total{rung="restart",result="ok"} 1');
  expect(metrics).toContain('bezant_session_state{state="login-required"} 1');
  const processes = await text(ports.supervisor, '/metrics');
  expect(processes).toContain('bezant_process_restarts_total{process="gateway",reason="asked"} 1');
  expect(processes).toContain('bezant_process_restart_budget{process="gateway"} 5');
  expect(processes).toContain('bezant_process_restarts_total{process="sidecar",reason="exit"} 0');
  expect(JSON.parse(readFileSync(ledger, 'utf8'))).toMatchObject({ restart: { isOver: true } });
}, 180_000);
