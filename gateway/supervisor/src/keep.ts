// Keeps one process of the plan running: start, wait until it answers, watch it, start it again when it ends or hangs,
// give up when its crash budget is spent. Never touches another process.
import { setTimeout as sleep } from 'node:timers/promises';

import { startChild, type Child, type ChildDeps, type Exit } from './child.ts';
import type { Entry } from './plan.ts';
import { untilHung, untilReady } from './ready.ts';
import { nextRestart } from './restart.ts';
import { stopChild } from './stop.ts';

export interface KeepDeps extends ChildDeps {
  say: (line: string) => void;
  now: () => number;
  random: () => number;
}

export interface Kept {
  /** Answered for the first time. */
  ready: Promise<void>;
  /** The crash budget is spent; the last exit. Never resolves when it is stopped first. */
  spent: Promise<Exit>;
  /** True when it ended by itself, false when it had to be killed. */
  stop: (atOnce: AbortSignal) => Promise<boolean>;
  /** Without waiting, for when the supervisor itself is going down. */
  kill: () => void;
}

/** Resolves with what is wrong with a running process, or with `null` when `ended` fires before anything is. */
async function healthFault(entry: Entry, ended: AbortSignal, now: () => number, onReady: () => void) {
  try {
    if (entry.ready === null) {
      onReady();
      return null;
    }
    const late = await untilReady(entry.ready, ended, now);
    if (late !== null) return `was not ready within ${entry.ready.deadlineMs} ms (${late})`;
    onReady();
    if (entry.watch === null) return null;
    const hung = await untilHung(entry.ready, entry.watch, ended);
    return `stopped answering (${hung}, ${entry.watch.failures} times in a row)`;
  } catch (error) {
    if (ended.aborted) return null;
    throw error;
  }
}

export function keep(entry: Entry, deps: KeepDeps): Kept {
  const ready = Promise.withResolvers<undefined>();
  const spent = Promise.withResolvers<Exit>();
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  let child: Child;

  const onReady = (): void => {
    deps.say(`${entry.name} is ready`);
    ready.resolve(undefined);
  };

  /** From a start to its end, whether it ended by itself or had to be ended. */
  async function live(): Promise<Exit> {
    child = startChild(entry, deps);
    const ended = new AbortController();
    void child.exited.then(() => ended.abort());
    const over = AbortSignal.any([ended.signal, stopping.signal]);
    const fault = await healthFault(entry, over, deps.now, onReady);
    if (fault === null || over.aborted) return child.exited;
    deps.say(`${entry.name} ${fault}; stopping it`);
    await stopChild(child, entry.stopMs);
    return { code: 1, why: fault };
  }

  async function run(): Promise<void> {
    for (let crashesAt: number[] = []; !isStopping();) {
      const exit = await live();
      if (isStopping()) return;
      // Whatever its start script left behind would hold its port against the next start.
      child.signal('SIGKILL');
      const restart = nextRestart(entry.restart, crashesAt, deps.now(), deps.random());
      if (restart === null) {
        deps.say(`${entry.name} ${exit.why}; its budget of ${entry.restart.budget} restarts is spent`);
        spent.resolve({ ...exit, code: exit.code === 0 ? 1 : exit.code });
        return;
      }
      crashesAt = restart.crashesAt;
      deps.say(`${entry.name} ${exit.why}; starting it again in ${restart.delayMs} ms`);
      await sleep(restart.delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    ready: ready.promise,
    spent: spent.promise,
    stop: async (atOnce) => {
      stopping.abort();
      const clean = await stopChild(child, entry.stopMs, atOnce);
      await running;
      return clean;
    },
    kill: () => child.signal('SIGKILL'),
  };
}
