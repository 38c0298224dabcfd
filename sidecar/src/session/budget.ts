// How often a brokerage session may be asked for. Kept in a file, because a server that crashes and restarts must not start
// counting anew: asking in a loop is what makes IBKR lock a user out.

import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Observe } from '../observe.ts';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/**
 * Windows over all attempts, successful ones included. Three in ten minutes is the ladder once; twelve a day, spaced as
 * below, cover seven hours, longer than IBKR's documented nightly and Saturday maintenance.
 */
const windows = [
  { limit: 3, windowMs: 10 * minuteMs },
  { limit: 12, windowMs: dayMs },
] as const;

/** Waiting after the n-th attempt in a row that brought no session. */
const spacingsMs = [0.5, 2, 10, 30, 60].map((minutes) => minutes * minuteMs);

/** A restart throws the login away. Asked for again after the next one, it would be a loop with a human in it. */
const restartEveryMs = dayMs;

/** The longest life of an IBKR session: what was wrong belongs to a session that is over by then. */
const lockMs = dayMs;

interface Ledger {
  /** When a session was asked for, oldest first; a day back. */
  attemptsMs: readonly number[];
  /** Attempts since there was a session. */
  failures: number;
  /** Those of them that IBKR answered properly, with a no. */
  refusals: number;
  lockedUntilMs: number | null;
  /** The last restart of the Gateway that was asked for; absent in files of older versions. */
  restart: GatewayRestart | null;
}

interface GatewayRestart {
  askedMs: number;
  /** It has answered since, or has been given up. */
  isOver: boolean;
}

const untouched: Ledger = { attemptsMs: [], failures: 0, refusals: 0, lockedUntilMs: null, restart: null };

export class RecoveryBudget {
  readonly #clock: Clock;
  readonly #observe: Observe;
  readonly #file: string;
  #ledger: Ledger;

  constructor(deps: { clock: Clock; observe: Observe; dataDir: string }) {
    this.#clock = deps.clock;
    this.#observe = deps.observe;
    this.#file = join(deps.dataDir, 'recovery.json');
    this.#ledger = this.#read();
  }

  get refusals(): number {
    return this.#ledger.refusals;
  }

  /** When the lock ends; null when there is none. */
  get lockedUntilMs(): number | null {
    return this.#ledger.lockedUntilMs;
  }

  /** When the next attempt may be made: a time to come, or one that has passed. */
  get dueMs(): number {
    const { attemptsMs, failures } = this.#ledger;
    const last = attemptsMs.at(-1) ?? -Infinity;
    const spacing = spacingsMs[Math.min(failures, spacingsMs.length) - 1] ?? 0;
    const free = windows.map(({ limit, windowMs }) => (attemptsMs.at(-limit) ?? -Infinity) + windowMs);
    return Math.max(last + spacing, ...free);
  }

  /** Whether the day's attempts are used up. */
  get isSpent(): boolean {
    const { limit, windowMs } = windows[1];
    const nth = this.#ledger.attemptsMs.at(-limit);
    return nth !== undefined && nth + windowMs > this.#clock.now();
  }

  /** Whether a restart of the Gateway may be asked for. */
  get mayRestart(): boolean {
    const { restart } = this.#ledger;
    return restart === null || restart.askedMs + restartEveryMs <= this.#clock.now();
  }

  /** When the restart was asked for that the Gateway has not come back from yet; null when there is none. */
  get restartingSinceMs(): number | null {
    const { restart } = this.#ledger;
    return restart === null || restart.isOver ? null : restart.askedMs;
  }

  /** Counted before it is asked for, as attempts are. */
  spendRestart(): void {
    this.#write({ ...this.#ledger, restart: { askedMs: this.#clock.now(), isOver: false } });
  }

  endRestart(): void {
    this.#write({ ...this.#ledger, restart: over(this.#ledger.restart) });
  }

  /** Counted before the call is sent: a crash in between must not make it free. */
  spend(): void {
    const now = this.#clock.now();
    const recent = this.#ledger.attemptsMs.filter((atMs) => atMs > now - dayMs);
    this.#write({
      ...this.#ledger,
      attemptsMs: [...recent, now],
      failures: this.#ledger.failures + 1,
    });
  }

  refuse(): void {
    this.#write({ ...this.#ledger, refusals: this.#ledger.refusals + 1 });
  }

  lock(): void {
    this.#write({ ...this.#ledger, lockedUntilMs: this.#clock.now() + lockMs });
  }

  unlock(): void {
    this.#write({ ...this.#ledger, failures: 0, refusals: 0, lockedUntilMs: null });
  }

  /** There is a session: the next trouble starts at the bottom of the ladder, under the same windows. */
  succeed(): void {
    const { failures, refusals, lockedUntilMs } = this.#ledger;
    if (failures > 0 || refusals > 0 || lockedUntilMs !== null) this.unlock();
  }

  /** A human has logged in: everything may be tried again, but for the restart, which would undo that. */
  renew(): void {
    if (this.#ledger !== untouched) this.#write({ ...untouched, restart: over(this.#ledger.restart) });
  }

  #read(): Ledger {
    let why = 'it holds something else';
    try {
      const text = readPrivateFile(this.#file);
      if (text === null) return untouched;
      const ledger = parseLedger(JSON.parse(text));
      if (ledger !== null) return ledger;
    } catch (error) {
      why = (error as Error).message;
    }
    const message = `${this.#file} is not readable as a recovery budget (${why}): counting starts anew.`;
    this.#observe({ kind: 'warning', message });
    return untouched;
  }

  #write(ledger: Ledger): void {
    this.#ledger = ledger;
    try {
      writePrivateFile(this.#file, `${JSON.stringify(ledger, null, 2)}\n`);
    } catch (error) {
      const why = (error as Error).message;
      const message = `The recovery budget cannot be kept, so a restart would forget it (${why}). Is BEZANT_DATA_DIR writable?`;
      this.#observe({ kind: 'warning', message });
    }
  }
}

const over = (restart: GatewayRestart | null): GatewayRestart | null =>
  restart && { ...restart, isOver: true };

function parseLedger(value: unknown): Ledger | null {
  if (typeof value !== 'object' || value === null) return null;
  const { attemptsMs, failures, refusals, lockedUntilMs, restart } = value as Partial<
    Record<keyof Ledger, unknown>
  >;
  const isCount = (count: unknown): count is number => Number.isInteger(count) && (count as number) >= 0;
  const isTime = (time: unknown): time is number => typeof time === 'number' && Number.isFinite(time);
  if (!Array.isArray(attemptsMs) || !attemptsMs.every(isTime)) return null;
  if (!isCount(failures) || !isCount(refusals)) return null;
  if (lockedUntilMs !== null && !isTime(lockedUntilMs)) return null;
  const { askedMs, isOver } = Object(restart ?? {}) as Record<string, unknown>;
  const isRestart = isTime(askedMs) && typeof isOver === 'boolean';
  if (restart !== undefined && restart !== null && !isRestart) return null;
  return { attemptsMs, failures, refusals, lockedUntilMs, restart: isRestart ? { askedMs, isOver } : null };
}
