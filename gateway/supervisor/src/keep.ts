// Keeps one process of the plan running: start, wait until it answers, watch it, start it again when it ends, hangs or is
// asked to, give up when its crash budget is spent. Never touches another process.
import { setTimeout as sleep } from 'node:timers/promises';

import { startChild, type Child, type ChildDeps, type Exit } from './child.ts';
import type { Entry } from './plan.ts';
import { probe, untilHung, untilReady } from './ready.ts';
import { nextRestart, restartsLeft } from './restart.ts';
import { stopChild } from './stop.ts';
import { newVitals, type RestartReason, type Vitals } from './vitals.ts';

export interface KeepDeps extends ChildDeps {
  say: (line: string) => void;
  /** Steady, of any origin. */
  now: () => number;
  epochMs: () => number;
  random: () => number;
}

export interface Kept {
  name: string;
  start: () => void;
  /** Answered for the first time. */
  ready: Promise<void>;
  /** There is no other start; the last exit. Never resolves when it is stopped first. */
  spent: Promise<Exit>;
  vitals: () => Vitals;
  /** Starts it anew, which does not count as a crash. `null` when that is under way, otherwise why not. */
  restart: (by: string) => string | null;
  /** True when it ended by itself, false when it had to be killed. */
  stop: (atOnce: AbortSignal) => Promise<boolean>;
  /** Without waiting, for when the supervisor itself is going down. */
  kill: () => void;
}

/** The end of a life. Who ended it for hanging, or for being asked, says so. */
interface End extends Exit {
  reason: RestartReason;
}

/** Restarts on request come this far apart: a process that asks in a loop must not become a crash loop of another. */
const askedEveryMs = 600_000;

export function keep(entry: Entry, deps: KeepDeps): Kept {
  const { say, now } = deps;
  const ready = Promise.withResolvers<undefined>();
  const spent = Promise.withResolvers<Exit>();
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const vitals = newVitals(entry.name, entry.restart.budget);
  let crashesAt: number[] = [];
  let askedAt = -Infinity;
  let child: Child | null = null;
  let running = Promise.resolve();
  /** Ends the present life for a restart that was asked for; `null` between lives. */
  let ask: ((by: string) => void) | null = null;

  const onReady = (): void => {
    say(`${entry.name} is ready`);
    vitals.fault = null;
    ready.resolve(undefined);
  };

  const measured: typeof probe = async (target, signal) => {
    const startedAt = now();
    const failure = await probe(target, signal);
    if (!signal.aborted) Object.assign(vitals, { fault: failure, probeMs: now() - startedAt });
    return failure;
  };

  /** Resolves with what is wrong with a running process; rejects when `over` fires before anything is. */
  async function healthFault(over: AbortSignal): Promise<string> {
    if (entry.ready !== null) {
      const late = await untilReady(entry.ready, over, now, measured);
      if (late !== null) return `was not ready within ${entry.ready.deadlineMs} ms (${late})`;
    }
    onReady();
    if (entry.ready === null || entry.watch === null) return fired(over);
    const hung = await untilHung(entry.ready, entry.watch, over, async (target, signal) => {
      const failure = await measured(target, signal);
      if (failure !== null && !signal.aborted) vitals.probeFailures += 1;
      return failure;
    });
    return `stopped answering (${hung}, ${entry.watch.failures} times in a row)`;
  }

  /** From a start to its end, whether it ended by itself or had to be ended. */
  async function live(): Promise<End> {
    const started = startChild(entry, deps);
    child = started;
    Object.assign(vitals, { pid: started.pid, startedAtMs: deps.epochMs(), fault: 'it is starting' });
    const ended = new AbortController();
    void started.exited.then(() => ended.abort());
    const asked = new AbortController();
    ask = (by) => asked.abort(by);
    const over = AbortSignal.any([ended.signal, stopping.signal, asked.signal]);
    const fault = await healthFault(over).catch((error: unknown) => {
      if (!over.aborted) throw error;
      return null;
    });
    ask = null;
    if (ended.signal.aborted || isStopping()) return { ...(await started.exited), reason: 'exit' };
    const why = fault ?? `is restarted, as ${String(asked.signal.reason)} asked`;
    say(`${entry.name} ${why}; stopping it`);
    vitals.fault = why;
    await stopChild(started, entry.stopMs);
    return { code: 1, why, reason: fault === null ? 'asked' : 'hang' };
  }

  /** How long to wait for the next start; `null` when there is none. */
  function delayMs({ reason, why, code }: End): number | null {
    if (reason === 'asked') return 0;
    if (reason === 'exit' && entry.final.includes(code)) {
      say(`${entry.name} ${why}, which another start does not mend`);
      spent.resolve({ why, code });
      return null;
    }
    const restart = nextRestart(entry.restart, crashesAt, now(), deps.random());
    if (restart === null) {
      say(`${entry.name} ${why}; its budget of ${entry.restart.budget} restarts is spent`);
      vitals.restartsLeft = 0;
      spent.resolve({ why, code: code === 0 ? 1 : code });
      return null;
    }
    ({ crashesAt } = restart);
    say(`${entry.name} ${why}; starting it again in ${restart.delayMs} ms`);
    return restart.delayMs;
  }

  async function run(): Promise<void> {
    while (!isStopping()) {
      const end = await live();
      Object.assign(vitals, { pid: null, fault: `it ${end.why}` });
      if (isStopping()) return;
      // Whatever its start script left behind would hold its port against the next start.
      child?.signal('SIGKILL');
      const waitMs = delayMs(end);
      if (waitMs === null) return;
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (!isStopping()) vitals.restarts[end.reason] += 1;
    }
  }

  return {
    name: entry.name,
    start: () => {
      running = run();
    },
    ready: ready.promise,
    spent: spent.promise,
    vitals: () => {
      if (crashesAt.length > 0 && vitals.restartsLeft > 0)
        vitals.restartsLeft = restartsLeft(entry.restart, crashesAt, now());
      return vitals;
    },
    restart: (by) => {
      if (isStopping()) return 'everything is being stopped';
      // Between two lives it is being restarted already.
      if (ask === null) return null;
      if (now() - askedAt < askedEveryMs)
        return `it was restarted on request less than ${askedEveryMs / 60_000} minutes ago`;
      askedAt = now();
      ask(by);
      return null;
    },
    stop: async (atOnce) => {
      stopping.abort();
      if (child === null) return true;
      const clean = await stopChild(child, entry.stopMs, atOnce);
      await running;
      return clean;
    },
    kill: () => child?.signal('SIGKILL'),
  };
}

/** Rejects when the signal fires. */
const fired = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const fail = (): void => reject(new Error('aborted'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
