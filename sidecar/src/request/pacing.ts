// One governor for all callers: IBKR's limits are kept here, so that its penalty box is never reached. Sliding windows from
// the table, five calls in flight, a bounded queue in which orders go first, and a breaker for when IBKR answers 429 after all.

import type { Clock } from '../clock.ts';
import type { Operation, Pacing } from '../contract.ts';
import { Problem } from '../errors.ts';
import type { Observe } from '../observe.ts';
import { SlidingWindow } from './sliding-window.ts';

export type Priority = 'order' | 'session' | 'caller';

/** Served in this order. */
const priorities: readonly Priority[] = ['order', 'session', 'caller'];

/**
 * The Gateway holds five connections to IBKR and queues the rest where orders could not overtake. One of them is kept from
 * callers' reads, so that slow ones never hold all five while an order waits.
 */
const places: Readonly<Record<Priority, number>> = { order: 5, session: 5, caller: 4 };

/** Of one priority, so that a crowd of readers turns no order away. */
const maxQueued = 512;

/** Gives the place in flight back, and the turn too when the call never left. */
export type Leave = (outcome: 'sent' | 'unsent') => void;

export interface PacingSettings {
  enforce: boolean;
  perSecond: number;
  waitMs: number;
  penaltyMs: number;
}

interface Waiter {
  operation: Operation;
  admit: (leave: Leave) => void;
  refuse: (problem: Problem) => void;
}

export class Governor {
  readonly #clock: Clock;
  readonly #observe: Observe;
  readonly #settings: PacingSettings;
  readonly #global: SlidingWindow;
  readonly #windows = new Map<string, SlidingWindow>();
  readonly #queues: Record<Priority, Waiter[]> = { order: [], session: [], caller: [] };
  readonly #inFlight = new Map<string, number>();
  #inFlightTotal = 0;
  #penaltyUntilMs = 0;
  #wake: (() => void) | null = null;

  constructor(deps: { clock: Clock; observe: Observe; settings: PacingSettings }) {
    this.#clock = deps.clock;
    this.#observe = deps.observe;
    this.#settings = deps.settings;
    this.#global = new SlidingWindow(deps.settings.perSecond, 1000);
  }

  get queued(): number {
    return priorities.reduce((sum, priority) => sum + this.#queues[priority].length, 0);
  }

  /** Waits for this call's turn; throws `paced`, `penalty_box` or the signal's reason. */
  async enter(operation: Operation, priority: Priority, signal: AbortSignal): Promise<Leave> {
    signal.throwIfAborted();
    const now = this.#clock.now();
    if (now < this.#penaltyUntilMs && priority !== 'order') throw this.#inPenaltyBox(now);
    const isFirst = this.queued === 0 && this.#hasPlace(operation, priority);
    if (isFirst && this.#windowsFreeAtMs(operation, now) <= now) return this.#start(operation, now);

    const waitMs = this.#expectedWaitMs(operation, priority, now);
    if (waitMs > this.#settings.waitMs || this.#queues[priority].length >= maxQueued)
      throw this.#paced(operation, waitMs);
    const leave = await this.#wait(operation, priority, signal);
    this.#observe({
      kind: 'paced',
      operation: operation.id,
      outcome: 'waited',
      waitMs: this.#clock.now() - now,
    });
    return leave;
  }

  /**
   * IBKR answered 429. A limit on calls at once is the operation's own; any other puts the whole
   * address into the box: nothing is sent but orders, as not being able to cancel one is worse than a longer penalty.
   */
  penalize(operation: Operation, retryAfterMs: number | null): void {
    if (operation.pacing !== null && 'concurrent' in operation.pacing) return;
    const ms = Math.max(retryAfterMs ?? 0, this.#settings.penaltyMs);
    const now = this.#clock.now();
    this.#penaltyUntilMs = now + ms;
    this.#observe({ kind: 'penalty', operation: operation.id, seconds: Math.ceil(ms / 1000) });
    const waiting = [...this.#queues.session, ...this.#queues.caller];
    for (const waiter of waiting) waiter.refuse(this.#inPenaltyBox(now));
  }

  #inPenaltyBox(now: number): Problem {
    const retryAfterSeconds = Math.ceil((this.#penaltyUntilMs - now) / 1000);
    const message = `IBKR answered 429; nothing is sent for another ${retryAfterSeconds} s.`;
    return new Problem('penalty_box', message, { retryAfterSeconds });
  }

  #hasPlace({ id, pacing }: Operation, priority: Priority): boolean {
    if (this.#inFlightTotal >= places[priority]) return false;
    if (!this.#settings.enforce || pacing === null || !('concurrent' in pacing)) return true;
    return this.#running(id) < pacing.concurrent;
  }

  #start(operation: Operation, now: number): Leave {
    const windows = [this.#global, this.#windowOf(operation)];
    this.#inFlightTotal += 1;
    this.#inFlight.set(operation.id, this.#running(operation.id) + 1);
    for (const window of windows) window?.take(now);
    return (outcome) => {
      this.#inFlightTotal -= 1;
      this.#inFlight.set(operation.id, this.#running(operation.id) - 1);
      if (outcome === 'unsent') for (const window of windows) window?.giveBack(now);
      this.#pump();
    };
  }

  #wait(operation: Operation, priority: Priority, signal: AbortSignal): Promise<Leave> {
    return new Promise((resolve, reject) => {
      const queue = this.#queues[priority];
      const unqueue = (): void => {
        queue.splice(queue.indexOf(waiter), 1);
        signal.removeEventListener('abort', onAbort);
        cancelDeadline();
      };
      const waiter: Waiter = {
        operation,
        admit(leave) {
          unqueue();
          resolve(leave);
        },
        refuse(problem) {
          unqueue();
          reject(problem);
        },
      };
      const onAbort = (): void => {
        unqueue();
        reject(signal.reason as Error);
      };
      const cancelDeadline = this.#clock.after(this.#settings.waitMs + 1, () => {
        waiter.refuse(this.#paced(operation, this.#expectedWaitMs(operation, priority, this.#clock.now())));
      });
      queue.push(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#pump();
    });
  }

  /** Lets in whoever may start now, then wakes up when the next window opens. A place that becomes free pumps by itself. */
  #pump(): void {
    this.#wake?.();
    this.#wake = null;
    const now = this.#clock.now();
    let nextMs = Infinity;
    for (const priority of priorities) {
      for (const waiter of [...this.#queues[priority]]) {
        if (!this.#hasPlace(waiter.operation, priority)) continue;
        const freeAtMs = this.#windowsFreeAtMs(waiter.operation, now);
        if (freeAtMs <= now) waiter.admit(this.#start(waiter.operation, now));
        else nextMs = Math.min(nextMs, freeAtMs);
      }
    }
    if (nextMs < Infinity) this.#wake = this.#clock.after(Math.max(1, nextMs - now), () => this.#pump());
  }

  /** When both windows have room, as far as they alone decide. */
  #windowsFreeAtMs(operation: Operation, now: number): number {
    if (!this.#settings.enforce) return now;
    return Math.max(this.#global.freeAtMs(0, now), this.#windowOf(operation)?.freeAtMs(0, now) ?? 0);
  }

  #expectedWaitMs(operation: Operation, priority: Priority, now: number): number {
    if (!this.#settings.enforce) return 0;
    const ahead = priorities
      .slice(0, priorities.indexOf(priority) + 1)
      .flatMap((each) => this.#queues[each].map((waiter) => waiter.operation.id));
    const own = ahead.filter((id) => id === operation.id).length;
    const global = this.#global.freeAtMs(ahead.length, now);
    return Math.max(0, global - now, (this.#windowOf(operation)?.freeAtMs(own, now) ?? 0) - now);
  }

  #paced(operation: Operation, waitMs: number): Problem {
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
    this.#observe({ kind: 'paced', operation: operation.id, outcome: 'refused', waitMs });
    if (waitMs === 0) {
      const message = `The Gateway is busy with other calls: ${operation.id} got no turn and was not sent.`;
      return new Problem('paced', message, { retryAfterSeconds });
    }
    const own = limitOf(operation.pacing);
    const { limit, windowMs } = own ?? { limit: this.#settings.perSecond, windowMs: 1000 };
    const what = own === null ? 'All calls together are' : `${operation.id} is`;
    return new Problem(
      'paced',
      `${what} limited to ${limit} in ${windowMs / 1000} s; the next turn is in ${retryAfterSeconds} s.`,
      {
        retryAfterSeconds,
        headers: {
          'ratelimit-policy': `${limit};w=${Math.ceil(windowMs / 1000)}`,
          ratelimit: `limit=${limit}, remaining=0, reset=${retryAfterSeconds}`,
        },
      },
    );
  }

  #windowOf(operation: Operation): SlidingWindow | null {
    const limit = limitOf(operation.pacing);
    if (limit === null || !this.#settings.enforce) return null;
    let window = this.#windows.get(operation.id);
    if (window === undefined) {
      window = new SlidingWindow(limit.limit, limit.windowMs);
      this.#windows.set(operation.id, window);
    }
    return window;
  }

  #running(operationId: string): number {
    return this.#inFlight.get(operationId) ?? 0;
  }
}

const limitOf = (pacing: Pacing | null): { limit: number; windowMs: number } | null =>
  pacing !== null && 'limit' in pacing ? pacing : null;
