// At most `limit` starts within any `windowMs`.

export class SlidingWindow {
  readonly limit: number;
  readonly windowMs: number;
  /** The last `limit` starts, oldest first. */
  readonly #starts: number[] = [];

  constructor(limit: number, windowMs: number) {
    this.limit = limit;
    this.windowMs = windowMs;
  }

  take(nowMs: number): void {
    this.#starts.push(nowMs);
    if (this.#starts.length > this.limit) this.#starts.shift();
  }

  /** A start that came to nothing gives its place back. */
  giveBack(startMs: number): void {
    const index = this.#starts.lastIndexOf(startMs);
    if (index !== -1) this.#starts.splice(index, 1);
  }

  /** When the next start fits, with `ahead` others starting before it as early as they may. */
  freeAtMs(ahead: number, nowMs: number): number {
    while (this.#starts[0] !== undefined && this.#starts[0] <= nowMs - this.windowMs) this.#starts.shift();
    const missing = this.#starts.length + ahead - this.limit;
    if (missing < 0) return nowMs;
    const rounds = Math.floor(missing / this.limit);
    const start = this.#starts[missing % this.limit] ?? nowMs;
    return start + (rounds + 1) * this.windowMs;
  }
}
