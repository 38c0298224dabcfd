// The command as its users run it: a process with arguments and an environment, before the real server and the simulated
// Gateway. All of it ends with the test.

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Env } from '../../../sidecar/test/io/sidecar-process.ts';
import { createStages, type Stage as Servers } from '../../../sidecar/test/io/stages.ts';

export { account } from '../../../sidecar/test/io/stages.ts';

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

const { startGateway, startStage, sharedStage, untilTestEnds } = createStages<Direct, Through>({
  tls: true,
  direct({ url }) {
    const own = { IBKR_GATEWAY_URL: `${url}/v1/api` };
    return { direct: (args, env) => bezant(args, { ...own, ...env }) };
  },
  through({ url }) {
    const env = { BEZANT_URL: url };
    return { env, run: (args, more, input) => bezant(args, { ...env, ...more }, input) };
  },
});
export { startGateway, startStage, sharedStage };

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
  untilTestEnds(() => {
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

interface Direct {
  /** Straight to the Gateway. */
  readonly direct: (args: readonly string[], env?: Env) => Promise<Ended>;
}

interface Through {
  readonly env: Env;
  /** Through the server. */
  readonly run: (args: readonly string[], env?: Env, input?: string) => Promise<Ended>;
}

export type Stage = Servers & Direct & Through;
