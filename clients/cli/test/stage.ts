// The command as its users run it: a process with arguments and an environment, before the real server and the simulated
// Gateway. All of it ends with the test.

import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../../gateway/simulator/src/simulator.ts';
import type { Scenario } from '../../../gateway/simulator/src/scenario.ts';
import { startSidecar, type Env, type Sidecar } from '../../../sidecar/test/io/sidecar-process.ts';

export const account = 'DU1234567';
const bin = join(import.meta.dirname, '../bin/bezant.js');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** All of stdout so far. */
  out(): string;
  /** Resolves when stdout (or stderr) has it. */
  shows(pattern: RegExp, stream?: 'stdout' | 'stderr'): Promise<void>;
  readonly ended: Promise<Ended>;
}

type Stop = () => unknown;

const untilTestEnds: Stop[] = [];
afterEach(() => stopAll(untilTestEnds));

async function stopAll(stops: Stop[]): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}

/** Nothing of the environment the test runs in. */
const cleanEnv = (env: Env): Env => ({ PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...env });

export function startBezant(args: readonly string[], env: Env = {}): Running {
  return follow(spawn(process.execPath, [bin, ...args], { env: cleanEnv(env) }));
}

export function follow(child: ChildProcessWithoutNullStreams): Running {
  const seen = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      seen[stream] += chunk;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...seen }));
  });
  untilTestEnds.push(() => {
    child.kill('SIGKILL');
    return ended;
  });
  return {
    child,
    out: () => seen.stdout,
    shows: (pattern, stream = 'stdout') =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(seen[stream])) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        void ended.then(() => {
          look();
          reject(new Error(`ended without ${String(pattern)}:\n${seen.stdout}\n${seen.stderr}`));
        });
        look();
      }),
    ended,
  };
}

export function bezant(args: readonly string[], env: Env = {}, input = ''): Promise<Ended> {
  const { child, ended } = startBezant(args, env);
  child.stdin.end(input);
  return ended;
}

/** Nobody listens there. */
export async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

export interface Setting {
  readonly scenario?: string | Scenario;
  readonly timeScale?: number;
  readonly env?: Env;
}

export interface Gateway {
  readonly simulator: Simulator;
  readonly control: (operation: string, body?: object) => Promise<unknown>;
  /** Straight to the Gateway. */
  readonly direct: (args: readonly string[], env?: Env) => Promise<Ended>;
}

export interface Stage extends Gateway {
  readonly sidecar: Sidecar;
  readonly env: Env;
  /** Through the server. */
  readonly run: (args: readonly string[], env?: Env, input?: string) => Promise<Ended>;
}

export async function startGateway(setting: Setting = {}, stops = untilTestEnds): Promise<Gateway> {
  const { scenario = 'demo', timeScale = 1 } = setting;
  const simulator = await startSimulator({ scenario, timeScale });
  stops.push(() => simulator.stop());
  const control: Gateway['control'] = (operation, body) => simulator.control.call(operation, body);
  await control('POST /faults', { pacing: 'off' });
  const own = { IBKR_GATEWAY_URL: `${simulator.url}/v1/api` };
  return { simulator, control, direct: (args, env) => bezant(args, { ...own, ...env }) };
}

export function startStage(setting: Setting = {}): Promise<Stage> {
  return begin(setting, untilTestEnds);
}

/** One for all tests of a describe. */
export function sharedStage(setting: Setting = {}): () => Stage {
  const stops: Stop[] = [];
  let stage: Stage | undefined;
  beforeAll(async () => {
    stage = await begin(setting, stops);
  });
  afterAll(() => stopAll(stops));
  return () => {
    if (stage === undefined) throw new Error('the stage is not there yet');
    return stage;
  };
}

async function begin(setting: Setting, stops: Stop[]): Promise<Stage> {
  const gateway = await startGateway(setting, stops);
  const sidecar = await startSidecar(`${gateway.simulator.url}/v1/api`, setting.env);
  stops.push(() => sidecar.stop());
  const env = { BEZANT_URL: sidecar.url };
  return { ...gateway, sidecar, env, run: (args, more, input) => bezant(args, { ...env, ...more }, input) };
}
