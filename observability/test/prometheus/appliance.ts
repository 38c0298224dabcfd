// The appliance as its users run it: the real supervisor with the simulator as Gateway and the real sidecar, on ports of
// their own, in a hurry: a keepalive a second, penalties of seconds.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../sidecar/test/io/events-until.ts';
import { send, type Sent } from '../../../sidecar/test/io/wire.ts';
import { freePort } from '../../../gateway/supervisor/test/free-port.ts';

const root = join(import.meta.dirname, '../../..');

export interface Appliance {
  /** `http://127.0.0.1:port` of what callers use, of the sidecar's own port and of the supervisor's. */
  url: string;
  adminUrl: string;
  supervisorUrl: string;
  eventsFile: string;
  /** To the sidecar; any answer will do. */
  ask: (sent: Sent) => Promise<number>;
  /** A call of IBKR's API past the sidecar. */
  trade: (method: string, path: string, body?: unknown) => Promise<unknown>;
  /** `POST /faults` and so on, as docs/simulator.md lists them. */
  control: (operation: string, body?: unknown) => Promise<unknown>;
  /** Ends a process as a crash would; the supervisor starts it again. */
  kill(process: 'gateway' | 'sidecar'): Promise<void>;
  stop(): Promise<void>;
}

const hurried = {
  BEZANT_AUTH: 'none',
  BEZANT_KEEPALIVE_SECS: '1',
  BEZANT_PENALTY_SECS: '6',
  // Less than the five seconds between two lists of orders would leave no outage ever read up.
  BEZANT_PACING_WAIT_SECS: '6',
  BEZANT_UPSTREAM_TIMEOUT_SECS: '2',
  BEZANT_DRIFT_SAMPLE: '1',
  BEZANT_LOG: 'info',
};

export async function startAppliance(): Promise<Appliance> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bezant-observability-'));
  const [gatewayPort, port, adminPort, supervisorPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const gateway = `https://127.0.0.1:${gatewayPort}`;
  const plan = join(dataDir, 'plan.json');
  const restart = { minMs: 100, maxMs: 100, budget: 100, windowMs: 600_000 };
  const bin = (workspace: string, name: string): string => join(root, workspace, 'bin', name);
  writeFileSync(
    plan,
    JSON.stringify({
      admin: { address: `127.0.0.1:${supervisorPort}`, setting: 'the test' },
      banner: ['the appliance is ready'],
      processes: [
        {
          name: 'gateway',
          command: process.execPath,
          args: [bin('gateway/simulator', 'bezant-simulator.js'), '--port', String(gatewayPort)],
          ready: { url: `${gateway}/simulator/state`, deadlineMs: 60_000, insecure: true },
          watch: { everyMs: 1000, failures: 10 },
          restart,
        },
        {
          name: 'sidecar',
          command: process.execPath,
          args: [bin('sidecar', 'bezant-server.js')],
          env: {
            ...hurried,
            BEZANT_BIND: `127.0.0.1:${port}`,
            BEZANT_ADMIN_BIND: `127.0.0.1:${adminPort}`,
            BEZANT_DATA_DIR: dataDir,
            IBKR_GATEWAY_URL: `${gateway}/v1/api`,
          },
          ready: { url: `http://127.0.0.1:${port}/livez`, deadlineMs: 60_000 },
          watch: { everyMs: 1000, failures: 10 },
          restart,
        },
      ],
    }),
  );
  const child = spawn(process.execPath, [bin('gateway/supervisor', 'bezant-supervisor.js'), plan], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  let isOver = false;
  child.once('exit', () => (isOver = true));
  await until(
    'the appliance',
    () => {
      if (isOver) throw new Error(`the supervisor ended:\n${output}`);
      return output.includes('the appliance is ready');
    },
    120_000,
  );

  const url = `http://127.0.0.1:${port}`;
  const trade: Appliance['trade'] = async (method, path, body) => {
    const answer = await send(gateway, {
      method,
      path,
      headers: [['content-type', 'application/json']],
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  };
  return {
    url,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    supervisorUrl: `http://127.0.0.1:${supervisorPort}`,
    eventsFile: join(dataDir, 'events.db'),
    ask: async (sent) => (await send(url, sent)).status,
    trade,
    control(operation, body) {
      const [method = '', path = ''] = operation.split(' ');
      return trade(method, `/simulator${path}`, body);
    },
    kill: async (name) => {
      process.kill(await until(`a ${name} to end`, () => pidOf(child.pid ?? 0, name)), 'SIGKILL');
    },
    async stop() {
      const gone = isOver ? null : once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const programs = { gateway: 'bezant-simulator.js', sidecar: 'bezant-server.js' };

/** Of the supervisor's own children, so that nobody else's process is ever meant; null between two lives. */
function pidOf(supervisorPid: number, name: keyof typeof programs): number | null {
  const children = readFileSync(`/proc/${supervisorPid}/task/${supervisorPid}/children`, 'utf8');
  const pids = children
    .trim()
    .split(' ')
    .filter((pid) => pid !== '');
  return Number(pids.find((pid) => commandOf(pid).includes(programs[name])) ?? 0) || null;
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
