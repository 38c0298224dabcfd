// A clock that a test moves.

import type { Clock } from '../src/clock.ts';

export class ManualClock implements Clock {
  #nowMs: number;
  #timers: { atMs: number; run: () => void }[] = [];

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Timers that are waiting. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Moves on, running what falls due in order and letting promises settle in between. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (;;) {
      const due = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.run();
      await settle();
    }
    this.#nowMs = untilMs;
  }
}

/** Goes with another clock, in whole milliseconds as the system's, until somebody sets it. */
export class WallClock implements Clock {
  readonly #steady: Clock;
  #aheadMs = 0;

  constructor(steady: Clock) {
    this.#steady = steady;
  }

  now(): number {
    return Math.floor(this.#steady.now()) + this.#aheadMs;
  }

  after(ms: number, run: () => void): () => void {
    return this.#steady.after(ms, run);
  }

  /** On, or back when it is negative. */
  jump(ms: number): void {
    this.#aheadMs += ms;
  }
}

/** Lets every promise that can settle do so. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
