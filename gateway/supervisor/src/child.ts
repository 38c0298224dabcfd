// One running process: its own process group (so that Ctrl-C in a terminal reaches only the supervisor, and a start
// script's children are signalled with it), its output line by line under its name.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';

import type { Env } from './expand.ts';
import type { Output } from './output.ts';
import type { Entry } from './plan.ts';

export interface Exit {
  /** What a shell would report: the code, or 128 + the signal's number, or 127 when it could not be started. */
  code: number;
  why: string;
}

export interface Child {
  /** The started process itself has ended; others of its group may still run. */
  exited: Promise<Exit>;
  /** All its output has been written. */
  drained: Promise<void>;
  signal: (name: NodeJS.Signals) => void;
  isGroupAlive: () => boolean;
}

export interface ChildDeps {
  env: Env;
  write: Output['write'];
}

const startFailures: Record<string, string> = {
  ENOENT: 'was not found on PATH; run through npm (`npm run …`, `npx …`) or name it with its path',
  EACCES: 'may not be executed by this user',
};

function environment(own: Env, added: Entry['env']): Env {
  const all = Object.entries({ ...own, ...added });
  return Object.fromEntries(
    all.filter((variable): variable is [string, string | undefined] => variable[1] !== null),
  );
}

export function startChild(entry: Entry, deps: ChildDeps): Child {
  const child = spawn(entry.command, entry.args, {
    env: environment(deps.env, entry.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of ['stdout', 'stderr'] as const) {
    createInterface({ input: child[stream], crlfDelay: Infinity }).on('line', (line) =>
      deps.write(entry.name, stream, line),
    );
  }
  const exited = Promise.withResolvers<Exit>();
  const drained = Promise.withResolvers<undefined>();
  child.once('error', (error: NodeJS.ErrnoException) => {
    const reason = startFailures[error.code ?? ''] ?? `could not be started (${error.code ?? error.name})`;
    exited.resolve({ code: 127, why: `${entry.command} ${reason}` });
    drained.resolve(undefined);
  });
  child.once('exit', (code, signal) => {
    exited.resolve(
      signal === null
        ? { code: code ?? 0, why: `ended with code ${code ?? 0}` }
        : { code: 128 + constants.signals[signal], why: `was ended by ${signal}` },
    );
  });
  child.once('close', () => drained.resolve(undefined));

  // A negative number addresses the group. Once it is gone its number may be given to a stranger: never use it again.
  let gone = child.pid === undefined;
  const toGroup = (signal: NodeJS.Signals | 0): boolean => {
    if (gone || child.pid === undefined) return false;
    try {
      return process.kill(-child.pid, signal);
    } catch {
      gone = true;
      return false;
    }
  };
  return {
    exited: exited.promise,
    drained: drained.promise,
    signal: toGroup,
    isGroupAlive: () => toGroup(0),
  };
}
