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

/** The Gateway holds five connections to IBKR and queues the rest where orders could not overtake. */
const maxInFlight = 5;
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
  queuedMs: number;
  admit: (leave: Leave) => void;
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
    this.#refuseDuringPenalty(now);
    if (this.queued === 0 && this.#mayStart(operation, now)) return this.#start(operation, now);

    const waitMs = this.#expectedWaitMs(operation, priority, now);
    if (waitMs > this.#settings.waitMs || this.queued >= maxQueued) throw this.#paced(operation, waitMs);
    const leave = await this.#wait(operation, priority, signal);
    this.#observe({
      kind: 'paced',
      operation: operation.id,
      outcome: 'waited',
      waitMs: this.#clock.now() - now,
    });
    return leave;
  }

  /** IBKR answered 429. A limit on calls at once is the operation's own; any other puts the whole address into the box. */
  penalize(operation: Operation, retryAfterMs: number | null): void {
    if (operation.pacing !== null && 'concurrent' in operation.pacing) return;
    const ms = Math.max(retryAfterMs ?? 0, this.#settings.penaltyMs);
    this.#penaltyUntilMs = this.#clock.now() + ms;
    this.#observe({ kind: 'penalty', operation: operation.id, seconds: Math.ceil(ms / 1000) });
  }

  #refuseDuringPenalty(now: number): void {
    if (now >= this.#penaltyUntilMs) return;
    const retryAfterSeconds = Math.ceil((this.#penaltyUntilMs - now) / 1000);
    throw new Problem(
      'penalty_box',
      `IBKR answered 429; nothing is sent for another ${retryAfterSeconds} s.`,
      {
        retryAfterSeconds,
      },
    );
  }

  #mayStart(operation: Operation, now: number): boolean {
    if (this.#inFlightTotal >= maxInFlight) return false;
    if (!this.#settings.enforce) return true;
    const { pacing } = operation;
    if (pacing !== null && 'concurrent' in pacing && this.#running(operation) >= pacing.concurrent)
      return false;
    const window = this.#windowOf(operation);
    return this.#global.freeAtMs(0, now) <= now && (window === null || window.freeAtMs(0, now) <= now);
  }

  #start(operation: Operation, now: number): Leave {
    const windows = [this.#global, this.#windowOf(operation)];
    this.#inFlightTotal += 1;
    this.#inFlight.set(operation.id, this.#running(operation) + 1);
    for (const window of windows) window?.take(now);
    return (outcome) => {
      this.#inFlightTotal -= 1;
      this.#inFlight.set(operation.id, this.#running(operation) - 1);
      if (outcome === 'unsent') for (const window of windows) window?.giveBack(now);
      this.#pump();
    };
  }

  #wait(operation: Operation, priority: Priority, signal: AbortSignal): Promise<Leave> {
    return new Promise((resolve, reject) => {
      const queue = this.#queues[priority];
      const leave = (): boolean => {
        const index = queue.indexOf(waiter);
        if (index === -1) return false;
        queue.splice(index, 1);
        signal.removeEventListener('abort', onAbort);
        cancelDeadline();
        return true;
      };
      const onAbort = (): void => {
        if (leave()) reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        operation,
        queuedMs: this.#clock.now(),
        admit: (admitted) => {
          leave();
          resolve(admitted);
        },
      };
      const cancelDeadline = this.#clock.after(this.#settings.waitMs + 1, () => {
        const waitMs = this.#expectedWaitMs(operation, priority, this.#clock.now());
        if (leave()) reject(this.#paced(operation, waitMs));
      });
      queue.push(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#pump();
    });
  }

  /** Lets in whoever may start now, then wakes up when the next window opens. */
  #pump(): void {
    this.#wake?.();
    this.#wake = null;
    const now = this.#clock.now();
    let nextMs = Infinity;
    for (const priority of priorities) {
      for (const waiter of [...this.#queues[priority]]) {
        if (this.#mayStart(waiter.operation, now)) {
          waiter.admit(this.#start(waiter.operation, now));
        } else {
          nextMs = Math.min(nextMs, this.#windowsFreeAtMs(waiter.operation, now));
        }
      }
    }
    if (this.queued === 0 || this.#inFlightTotal >= maxInFlight || !Number.isFinite(nextMs)) return;
    this.#wake = this.#clock.after(Math.max(1, nextMs - now), () => this.#pump());
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
    const { limit, windowMs } = limitOf(operation.pacing) ?? {
      limit: this.#settings.perSecond,
      windowMs: 1000,
    };
    return new Problem(
      'paced',
      `${operation.id} is limited to ${limit} in ${windowMs / 1000} s; its next turn is in ${retryAfterSeconds} s.`,
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

  #running(operation: Operation): number {
    return this.#inFlight.get(operation.id) ?? 0;
  }
}

const limitOf = (pacing: Pacing | null): { limit: number; windowMs: number } | null =>
  pacing !== null && 'limit' in pacing ? pacing : null;
