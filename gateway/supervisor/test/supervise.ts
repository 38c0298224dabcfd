// Runs the built supervisor on a plan, and knows what it printed and which processes it left behind.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const bin = join(import.meta.dirname, '..', 'bin', 'bezant-supervisor.js');
const standIn = join(import.meta.dirname, 'stand-in.js');

export const folder = (): string => mkdtempSync(join(tmpdir(), 'bezant-supervisor-'));

/** Asks again until it is so; the test's own time limit ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50);
}

/** A plan entry that runs the stand-in with this behaviour. */
export function entry(name: string, behaviour: object, rest: object = {}): object {
  return {
    name,
    command: process.execPath,
    args: [standIn, JSON.stringify(behaviour)],
    stopMs: 5_000,
    ...rest,
  };
}

/** Probes quickly, so that tests wait for conditions and not for intervals. */
export const readyAt = (port: number, rest: object = {}): object => ({
  url: `http://127.0.0.1:${port}/`,
  everyMs: 20,
  deadlineMs: 10_000,
  ...rest,
});

export interface Supervised {
  pid: number;
  lines: string[];
  /** Resolves with the nth line that matches, seen already or to come; rejects when the supervisor ends before it. */
  line: (pattern: RegExp, nth?: number) => Promise<string>;
  signal: (name: NodeJS.Signals) => void;
  /** What the reader of a pipe does when it ends. */
  closeOutput: () => void;
  /** The exit code, once the supervisor has ended and all its output is here. */
  ended: Promise<number | NodeJS.Signals>;
  /** Processes that said their pid and still run. */
  alive: () => number[];
}

/** A dead process that its adoptive parent has not collected still answers to its number; Linux says that it is one. */
function isZombie(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && /\) Z /.test(readFileSync(stat, 'utf8'));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

export function supervise(
  plan: object | string,
  env: Record<string, string> = {},
  under: string[] = [],
): Supervised {
  const path = join(folder(), 'plan.json');
  writeFileSync(path, typeof plan === 'string' ? plan : JSON.stringify(plan));
  return supervisePlan(path, env, under);
}

/** `plan` as on the command line: a name or a path. `under` is a command that runs it, such as an image's init. */
export function supervisePlan(plan: string, env: Record<string, string>, under: string[] = []): Supervised {
  const [command = process.execPath, ...args] = under.concat(process.execPath, bin, plan);
  const child = spawn(command, args, {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let hasEnded = false;
  let waiting: (() => boolean)[] = [];
  const look = (): void => {
    waiting = waiting.filter((isDone) => !isDone());
  };
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      look();
    });
  }
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => {
      hasEnded = true;
      look();
      resolve(code ?? signal ?? 'SIGKILL');
    });
  });
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    line: (pattern, nth = 1) =>
      new Promise((found, missed) => {
        waiting.push(() => {
          const line = lines.filter((printed) => pattern.test(printed))[nth - 1];
          if (line !== undefined) found(line);
          else if (hasEnded) missed(new Error(`never printed ${String(pattern)}:\n${lines.join('\n')}`));
          return line !== undefined || hasEnded;
        });
        look();
      }),
    signal: (name) => child.kill(name),
    closeOutput: () => {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    alive: () =>
      lines
        .map((line) => Number(/pid=(\d+)/.exec(line)?.[1]))
        .filter((pid) => pid > 0)
        .filter(isAlive),
  };
}
