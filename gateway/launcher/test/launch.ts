// Runs the built launcher as a user would, and knows what it printed.

import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const bin = join(import.meta.dirname, '..', 'bin', 'bezant-gateway.js');

export const folder = (): string => mkdtempSync(join(tmpdir(), 'bezant-gateway-'));

export interface Launched {
  pid: number;
  lines: string[];
  /** Resolves with the first line that matches, seen already or to come; rejects when the process ends before it. */
  line: (pattern: RegExp) => Promise<string>;
  signal: (name: NodeJS.Signals) => void;
  ended: Promise<number | NodeJS.Signals>;
}

interface As {
  args?: readonly string[];
  uid?: number;
}

export function launch(env: Readonly<Record<string, string>>, { args = [], uid }: As = {}): Launched {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const look of waiting) look();
    });
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? -1)),
  );
  return {
    pid: child.pid ?? 0,
    lines,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.find((line) => pattern.test(line));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        void ended.then((code) => reject(new Error(`ended with ${code}:\n${lines.join('\n')}`)));
      }),
    signal: (name) => child.kill(name),
    ended,
  };
}

/** Runs it to its end. */
export async function run(
  env: Readonly<Record<string, string>>,
  as: As = {},
): Promise<{ code: number | NodeJS.Signals; text: string }> {
  const launched = launch(env, as);
  const code = await launched.ended;
  return { code, text: launched.lines.join('\n') };
}
