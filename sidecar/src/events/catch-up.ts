// From the moment that IBKR is heard again until nothing is missing any more: heals, then writes the outage's record and
// begins a new epoch. An outage is not over before that, so a connection that comes and goes makes one record, not many.

import type { Observe } from '../observe.ts';
import type { NewEvent } from '../event.ts';
import type { Gaps } from './gaps.ts';
import { heal, type HealDeps } from './heal.ts';
import { momentOf, wallMsOf, type Clocks, type Moment } from './moment.ts';

/** So long the record of an outage waits for what was missed; healing goes on after that. */
const patienceMs = 60_000;
/** Between two readings that frames ask for which could not be read. */
const againMs = 60_000;

export interface CatchUp {
  ready(): void;
  down(): void;
  /** Something has come that could not be read: it may have been an order. */
  wish(): void;
  isRunning(): boolean;
  stop(): Promise<void>;
}

export function createCatchUp(
  deps: Clocks &
    HealDeps & {
      gaps: Gaps;
      observe: Observe;
      /** The epoch of what follows an outage. */
      nextEpoch: (isInherited: boolean) => Promise<number>;
      write: (event: NewEvent) => void;
      /** Called once nothing is waited for any more. */
      onDone: () => void;
    },
): CatchUp {
  const { gaps, steady, observe } = deps;
  let running: AbortController | null = null;
  let work: Promise<void> = Promise.resolve();
  let healedAt: Moment | null = null;
  let readyAt = momentOf(deps);
  let cancelWish: (() => void) | null = null;

  async function writeGap(signal: AbortSignal, isComplete: boolean): Promise<void> {
    const outage = gaps.outage();
    if (outage === null) return;
    const epoch = await deps.nextEpoch(outage.isInherited);
    // The outage goes on, and its record comes when that is over.
    if (signal.aborted) return;
    const record = gaps.end(readyAt, epoch, isComplete);
    if (record !== null) deps.write(record);
  }

  async function run(signal: AbortSignal): Promise<void> {
    const now = momentOf(deps);
    const lastMs = wallMsOf(healedAt ?? now, now);
    const sinceMs = Math.min(gaps.outage()?.startMs ?? lastMs, gaps.unhealedSinceMs() ?? Infinity);
    // Once, whatever comes first: the healing or the end of patience.
    let written: Promise<void> | null = null;
    const write = (isComplete: boolean): Promise<void> => (written ??= writeGap(signal, isComplete));
    const cancelPatience = steady.after(patienceMs, () => void write(false).catch(fault));
    try {
      const { isComplete } = await heal(deps, sinceMs, signal);
      healedAt = momentOf(deps);
      await write(isComplete);
      gaps.healed();
      gaps.alive();
    } finally {
      cancelPatience();
    }
  }

  const fault = (cause: unknown): void => observe({ kind: 'events-fault', part: 'catch-up', cause });

  function begin(): void {
    const mine = new AbortController();
    running = mine;
    work = run(mine.signal)
      .catch((error: unknown) => {
        if (!mine.signal.aborted) fault(error);
      })
      .finally(() => {
        if (running !== mine) return;
        running = null;
        deps.onDone();
      });
  }

  function wish(): void {
    const ageMs = healedAt === null ? Infinity : steady.now() - healedAt.steadyMs;
    cancelWish ??= steady.after(Math.max(0, againMs - ageMs), () => {
      cancelWish = null;
      if (running === null) begin();
      else wish();
    });
  }

  function end(): void {
    cancelWish?.();
    cancelWish = null;
    const ended = running;
    running = null;
    ended?.abort(new Error('the connection to IBKR is gone'));
  }

  return {
    ready() {
      end();
      readyAt = momentOf(deps);
      begin();
    },
    down: end,
    wish,
    isRunning: () => running !== null,
    async stop() {
      end();
      await work;
    },
  };
}
