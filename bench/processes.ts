// The processes that are measured, and what they say of themselves.

import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Load } from './events-source.ts';

const root = join(import.meta.dirname, '..');

export interface Running {
  url: string;
  stop(): Promise<void>;
}

export async function startUpstream(): Promise<Running> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'upstream.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await firstLine(child, () => true);
  return { url: `https://127.0.0.1:${port}`, stop: () => end(child) };
}

export interface FrameSource extends Running {
  /** Resolves to how many were sent, when they have been. */
  send(load: Load): Promise<number>;
}

export async function startFrameSource(): Promise<FrameSource> {
  const child = fork(join(import.meta.dirname, 'events-source.ts'));
  const said = async <Message>(): Promise<Message> => ((await once(child, 'message')) as [Message])[0];
  const { port } = await said<{ port: number }>();
  return {
    url: `https://127.0.0.1:${port}`,
    async send(load) {
      child.send(load);
      return (await said<{ sent: number }>()).sent;
    },
    stop: () => end(child),
  };
}

export interface Sidecar extends Running {
  adminUrl: string;
  /** From the start of the process to the first answer of /livez. */
  readyMs: number;
  cpuSeconds(): Promise<number>;
  rssMegabytes(): Promise<number>;
  /** A metric's value, all its labels together; 0 when it is not there. */
  sum(name: string): Promise<number>;
}

export async function startSidecar(
  upstreamUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Sidecar> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bezant-bench-'));
  const startedMs = performance.now();
  // As its command is run, with the options of Node.js that stand in its first line, on the Node.js that runs this.
  const child = spawn(join(root, 'sidecar/bin/bezant-server.js'), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
      NODE_ENV: 'production',
      IBKR_GATEWAY_URL: `${upstreamUrl}/v1/api`,
      BEZANT_BIND: '127.0.0.1:0',
      BEZANT_ADMIN_BIND: '127.0.0.1:0',
      BEZANT_DATA_DIR: dataDir,
      BEZANT_PACING: 'off',
      BEZANT_KEEPALIVE_SECS: '0',
      ...settings,
    },
  });
  const line = JSON.parse(await firstLine(child, (text) => text.includes('"publicUrl"'))) as {
    publicUrl: string;
    adminUrl: string;
  };
  await (await fetch(`${line.publicUrl}/livez`)).arrayBuffer();
  const readyMs = performance.now() - startedMs;
  const sum = async (name: string): Promise<number> => {
    const text = await (await fetch(`${line.adminUrl}/metrics`)).text();
    const values = text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'));
    return [...values].reduce((total, [, value]) => total + Number(value), 0);
  };
  return {
    url: line.publicUrl,
    adminUrl: line.adminUrl,
    readyMs,
    cpuSeconds: () => sum('process_cpu_seconds_total'),
    rssMegabytes: async () => (await sum('process_resident_memory_bytes')) / 1024 / 1024,
    sum,
    async stop() {
      await end(child);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Wall time of a whole command of the project, in seconds. */
export async function timeCommand(args: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(code)}`);
  return (performance.now() - startedMs) / 1000;
}

function firstLine(child: ChildProcess, fits: (line: string) => boolean): Promise<string> {
  const { stdout } = child;
  if (stdout === null) throw new Error('the process has no output');
  return new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`the process ended with ${String(code)} before it was ready`)),
    );
    createInterface({ input: stdout }).on('line', (line) => {
      if (fits(line)) resolve(line);
    });
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
