// A simulator, a server before it that can be killed and started again on the same address and data, and somebody who
// trades: what the events tests play with.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type SimulatorProcess } from './events-simulator.ts';
import { startTrader, type Trader } from './events-trader.ts';
import { until } from './events-until.ts';
import { startSidecar, type Env, type Sidecar } from './sidecar-process.ts';
import { send, type Answer } from './wire.ts';

export interface Server {
  /** The same over restarts. */
  readonly url: string;
  readonly dataDir: string;
  readonly sidecar: Sidecar;
  get(path: string): Promise<Answer>;
  status(): Promise<Record<string, unknown>>;
  /** Until IBKR's events come. */
  connected(limitMs?: number): Promise<void>;
  /** Until what came before the connection has been read up, and the gap is told: an outage lasts until then. */
  caughtUp(limitMs?: number): Promise<void>;
  /** At once, as by a power cut. */
  kill(): Promise<void>;
  /** After `kill` or a stop; settings given here replace those from before. */
  start(env?: Env): Promise<void>;
  /** In order, as on deployment. */
  end(): Promise<void>;
  /** For good. */
  stop(): Promise<void>;
}

export async function startServer(apiUrl: string, settings: Env = {}): Promise<Server> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bezant-events-'));
  let env: Env = { BEZANT_EVENTS_ENABLED: 'true', BEZANT_DATA_DIR: dataDir, ...settings };
  let sidecar = await startSidecar(apiUrl, env);
  const { url } = sidecar;
  env = { ...env, BEZANT_BIND: new URL(url).host };
  const status = async (): Promise<Record<string, unknown>> =>
    (await send(url, { path: '/events/_status' })).json as Record<string, unknown>;
  const kill = async (): Promise<void> => {
    // Refused by the system when it is gone already.
    try {
      process.kill(sidecar.pid, 'SIGKILL');
    } catch {
      return;
    }
    await sidecar.exited;
  };
  return {
    url,
    dataDir,
    get sidecar() {
      return sidecar;
    },
    get: (path) => send(url, { path }),
    status,
    async connected(limitMs) {
      await until('a connection to IBKR', async () => (await status())['connected'] === true, limitMs);
    },
    async caughtUp(limitMs) {
      const isDone = async (): Promise<boolean> => {
        const { connected, catching_up } = await status();
        return connected === true && catching_up === false;
      };
      await until('an end of reading up', isDone, limitMs);
    },
    kill,
    async start(more = {}) {
      env = { ...env, ...more };
      sidecar = await startSidecar(apiUrl, env);
    },
    async end() {
      await sidecar.stop();
    },
    async stop() {
      await kill();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface Scene {
  readonly simulator: SimulatorProcess;
  readonly server: Server;
  readonly trader: Trader;
  stop(): Promise<void>;
}

export async function startScene(settings: Env = {}): Promise<Scene> {
  const simulator = await startSimulator();
  let server: Server | null = null;
  const stop = async (): Promise<void> => {
    await server?.stop();
    await simulator.stop();
  };
  try {
    const trader = await startTrader(simulator);
    server = await startServer(simulator.apiUrl, settings);
    await server.connected();
    return { simulator, server, trader, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
