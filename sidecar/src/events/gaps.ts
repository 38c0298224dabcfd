// Times during which nothing was heard of IBKR, one record each. What must outlive this process stands in a small file: until
// when everything was heard, why no longer, and the last record.

import { join } from 'node:path';
import type { Observe } from '../observe.ts';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';
import { isObject, type Json } from './client-frames.ts';
import { gapKey } from './dedup.ts';
import type { NewEvent } from '../event.ts';
import { momentOf, wallMsOf, type Clocks, type Moment } from './moment.ts';
import type { DownCause } from './upstream-socket.ts';

export type GapCause = DownCause | 'process_restart';

export interface Outage {
  readonly startMs: number;
  readonly cause: string;
  /** It began before this process did. */
  readonly isInherited: boolean;
}

export interface Gaps {
  /** The outage that is not over; null when everything is heard. */
  outage(): Outage | null;
  /** From when on things may be missing still, although a record of it was written; null when nothing is. */
  unhealedSinceMs(): number | null;
  /** A record of the run before this one, which may have crashed before the store had it. */
  untold(): NewEvent | null;
  begin(cause: DownCause, start: Moment): void;
  /** Some of what the outage has hidden, if there is one. */
  found(topic: 'orders' | 'trades', count: number): void;
  /** The record of the outage that is over. */
  end(end: Moment, epoch: number, isComplete: boolean): NewEvent | null;
  /** Everything that was missing has been read up. */
  healed(): void;
  /** Everything is being heard. */
  alive(): void;
}

interface Current extends Pick<Outage, 'cause' | 'isInherited'> {
  readonly start: Moment;
  readonly healed: { orders: number; trades: number };
}

/** A crash makes an outage look longer by so much, and a memory card is spared. */
const writeEveryMs = 60_000;

export function createGaps(deps: Clocks & { dataDir: string; observe: Observe }): Gaps {
  const { clock, steady, observe } = deps;
  const file = join(deps.dataDir, 'events-heard.json');
  const last = readState(file);
  const startedAt = momentOf(deps);
  /** By a clock that has been set back nobody can tell how long this process was away. */
  const isSetBack = last !== null && last.heardMs > startedAt.wallMs;
  let outage: Current | null = last && {
    start: { ...startedAt, wallMs: Math.min(last.heardMs, startedAt.wallMs) },
    cause: last.cause ?? ('process_restart' satisfies GapCause),
    isInherited: true,
    healed: { orders: 0, trades: 0 },
  };
  let unhealedSinceMs = isSetBack ? 0 : (last?.unhealedSinceMs ?? null);
  let told: Told | null = last?.told ?? null;
  let writtenMs = -Infinity;

  function write(heardMs: number, cause: string | null): void {
    writtenMs = steady.now();
    try {
      writePrivateFile(
        file,
        `${JSON.stringify({ heardMs, cause, unhealedSinceMs, told } satisfies State)}\n`,
      );
    } catch (error) {
      const message = `Whether events were missed during a restart will not be known: ${(error as Error).message}`;
      observe({ kind: 'warning', message });
    }
  }

  return {
    outage: () =>
      outage && {
        startMs: wallMsOf(outage.start, momentOf(deps)),
        cause: outage.cause,
        isInherited: outage.isInherited,
      },
    unhealedSinceMs: () => unhealedSinceMs,
    untold: () => (last?.told ? recordOf(last.told) : null),

    begin(cause, start) {
      if (outage !== null) return;
      // To whoever reads of it, a server that was stopped was restarted.
      const named: GapCause = cause === 'stopped' ? 'process_restart' : cause;
      outage = { start, cause: named, isInherited: false, healed: { orders: 0, trades: 0 } };
      write(start.wallMs, named);
    },

    found(topic, count) {
      if (outage !== null) outage.healed[topic] += count;
    },

    end(end, epoch, isComplete) {
      if (outage === null) return null;
      const { start, cause, healed } = outage;
      const [startMs, endMs] = [wallMsOf(start, end), end.wallMs];
      outage = null;
      if (!isComplete) unhealedSinceMs ??= startMs;
      const downMs = endMs - startMs;
      observe({ kind: 'gap', cause, downMs, ...healed, complete: isComplete });
      told = {
        startMs,
        receivedAtMs: clock.now(),
        payload: {
          // The predecessor's members first.
          reason: cause === 'process_restart' ? cause : 'reconnected_after_disconnect',
          new_reset_epoch: epoch,
          cause,
          start: new Date(startMs).toISOString(),
          end: new Date(endMs).toISOString(),
          down_ms: downMs,
          healed: { ...healed, complete: isComplete },
        },
      };
      write(endMs, null);
      return recordOf(told);
    },

    healed() {
      if (unhealedSinceMs === null) return;
      unhealedSinceMs = null;
      if (outage === null) write(clock.now(), null);
    },

    alive() {
      if (outage !== null || steady.now() - writtenMs < writeEveryMs) return;
      // The store has it by now, or will have: what waits for it does so on disk.
      told = null;
      write(clock.now(), null);
    },
  };
}

/** Telling it twice does no harm, for the store has one of a key. */
const recordOf = ({ startMs, receivedAtMs, payload }: Told): NewEvent => ({
  topic: 'gap',
  stream: 'gap',
  receivedAtMs,
  account: null,
  orderId: null,
  conid: null,
  executionId: null,
  dedup: gapKey(startMs),
  healed: false,
  payload,
  raw: null,
});

/** What a record is made of. */
interface Told {
  startMs: number;
  receivedAtMs: number;
  payload: Json;
}

interface State {
  heardMs: number;
  cause: string | null;
  unhealedSinceMs: number | null;
  told: Told | null;
}

/** Null at the first start, and when the file is not what was written: then nothing is known of the time before. */
function readState(file: string): State | null {
  const text = readPrivateFile(file);
  if (text === null) return null;
  try {
    const { heardMs, cause, unhealedSinceMs, told } = JSON.parse(text) as Json;
    if (typeof heardMs !== 'number') return null;
    return {
      heardMs,
      cause: typeof cause === 'string' ? cause : null,
      unhealedSinceMs: typeof unhealedSinceMs === 'number' ? unhealedSinceMs : null,
      told: readTold(told),
    };
  } catch {
    return null;
  }
}

function readTold(value: unknown): Told | null {
  if (!isObject(value)) return null;
  const { startMs, receivedAtMs, payload } = value;
  if (typeof startMs !== 'number' || typeof receivedAtMs !== 'number' || !isObject(payload)) return null;
  return { startMs, receivedAtMs, payload };
}
