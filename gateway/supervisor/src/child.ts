// One running process: its own process group (so that Ctrl-C in a terminal reaches only the supervisor, and a start
// script's children are signalled with it), its output line by line under its name.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Duplex, Readable } from 'node:stream';

import type { Env } from './expand.ts';
import type { Output } from './output.ts';
import type { Entry } from './plan.ts';

export interface Exit {
  /** What a shell would report: the code, or 128 + the signal's number, or 127 when it could not be started. */
  code: number;
  why: string;
}

export interface Child {
  /** `null` when it could not be started. */
  pid: number | null;
  /** The started process itself has ended; others of its group may still run. */
  exited: Promise<Exit>;
  /** It has ended and all its output has been written, as far as any comes. */
  drained: Promise<void>;
  signal: (name: NodeJS.Signals) => void;
  isGroupAlive: () => boolean;
}

export interface ChildDeps {
  env: Env;
  write: Output['write'];
  /** A message of the child's over its channel; what it gets for an answer, if any. */
  answer: (entry: Entry, message: unknown) => object | null;
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

/** A process that left the group can hold the pipe open for ever: after the end so much silence is the end of the output. */
const silenceMs = 500;

/** Where Node looks for the channel behind `process.send`: lines of JSON, both ways. */
const channelFd = 3;

/** Not Node's own end of the channel, which throws at what is not JSON: no child may end the supervisor. */
function listen(channel: Duplex, answer: (message: unknown) => object | null): void {
  // Whoever asked may have ended by now.
  channel.on('error', () => undefined);
  createInterface({ input: channel }).on('line', (line) => {
    const given = answer(parseOrNull(line));
    if (given !== null) channel.write(`${JSON.stringify(given)}\n`);
  });
}

function parseOrNull(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

export function startChild(entry: Entry, deps: ChildDeps): Child {
  const hasChannel = entry.mayRestart.length > 0;
  const child = spawn(entry.command, entry.args, {
    env: {
      ...environment(deps.env, entry.env),
      ...(hasChannel ? { NODE_CHANNEL_FD: String(channelFd) } : {}),
    },
    stdio: ['ignore', 'pipe', 'pipe', ...(hasChannel ? (['pipe'] as const) : [])],
    detached: true,
  }) as ChildProcessByStdio<null, Readable, Readable>;
  if (hasChannel) listen(child.stdio[channelFd] as Duplex, (message) => deps.answer(entry, message));
  let silence: NodeJS.Timeout | null = null;
  for (const stream of ['stdout', 'stderr'] as const) {
    createInterface({ input: child[stream], crlfDelay: Infinity }).on('line', (line) => {
      deps.write(entry.name, stream, line);
      silence?.refresh();
    });
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
  child.once('exit', () => {
    silence = setTimeout(() => drained.resolve(undefined), silenceMs);
  });
  child.once('close', () => {
    if (silence !== null) clearTimeout(silence);
    drained.resolve(undefined);
  });

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
    pid: child.pid ?? null,
    exited: exited.promise,
    drained: drained.promise,
    signal: toGroup,
    isGroupAlive: () => toGroup(0),
  };
}
