// The built server as its users run it: a process with an environment, addressed only through its ports and its log.

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const bin = join(import.meta.dirname, '../../bin/bezant-server.js');

export type Env = Readonly<Record<string, string>>;
export type LogLine = Readonly<Record<string, unknown>>;

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Sidecar {
  url: string;
  adminUrl: string;
  pid: number;
  /** The first log line that fits, past or future. */
  logged(fits: (line: LogLine) => boolean): Promise<LogLine>;
  exited: Promise<Exit>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<Exit>;
}

/** Quiet and unpaced, so that every call at the Gateway is one the test made. */
const calm: Env = {
  BEZANT_BIND: '127.0.0.1:0',
  BEZANT_ADMIN_BIND: '127.0.0.1:0',
  BEZANT_PACING: 'off',
  BEZANT_KEEPALIVE_SECS: '0',
  BEZANT_DRIFT_SAMPLE: '0',
  BEZANT_EVENTS_ENABLED: 'false',
};

export async function startSidecar(gatewayApiUrl: string, env: Env = {}): Promise<Sidecar> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bezant-io-'));
  const child = launch([], { ...calm, BEZANT_DATA_DIR: dataDir, IBKR_GATEWAY_URL: gatewayApiUrl, ...env });
  const exited = new Promise<Exit>((resolve) => {
    child.on('exit', (code, signal) => {
      rmSync(dataDir, { recursive: true, force: true });
      resolve({ code, signal });
    });
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const logged = watchLog(child.stdout);
  const started = await Promise.race([
    logged((line) => typeof line['publicUrl'] === 'string'),
    exited.then(({ code }): never => {
      throw new Error(`the server ended with ${String(code)} before it had started:\n${errors}`);
    }),
  ]);
  return {
    url: String(started['publicUrl']),
    adminUrl: String(started['adminUrl']),
    pid: child.pid ?? 0,
    logged,
    exited,
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Runs the server to its end, for what it prints and how it leaves. */
export function runSidecar(
  args: readonly string[],
  env: Env = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = launch(args, env);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

function launch(args: readonly string[], env: Env): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function watchLog(stdout: Readable): Sidecar['logged'] {
  const log: LogLine[] = [];
  let waiting: { fits: (line: LogLine) => boolean; resolve: (line: LogLine) => void }[] = [];
  createInterface({ input: stdout }).on('line', (text) => {
    const line = parseLine(text);
    log.push(line);
    const served = waiting.filter(({ fits }) => fits(line));
    waiting = waiting.filter((waiter) => !served.includes(waiter));
    for (const { resolve } of served) resolve(line);
  });
  return (fits) => {
    const past = log.find(fits);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve) => waiting.push({ fits, resolve }));
  };
}

function parseLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { text };
  }
}
