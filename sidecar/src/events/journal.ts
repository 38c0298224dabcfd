// What readers read: the latest events in memory, everything else from the store, and a way to wait for more. Any number
// of readers costs one look at the rings each, and nothing at all while nothing happens in what they follow.

import type { Clock } from '../clock.ts';
import { Problem } from '../errors.ts';
import type { EventStore } from '../store/store.ts';
import type { StoredEvent, Topic } from '../event.ts';
import { createEpochs } from './epochs.ts';
import { topicOf } from './followed.ts';
import { toLine, type Line } from './line.ts';
import { Ring } from './ring.ts';

/** Of all instruments together: what is written longest ago gives way first, and is read from the store then. */
const maxMarketDataBytes = 16 * 1024 * 1024;
const maxMarketDataRings = 1000;

export type Read =
  | {
      expired: false;
      lines: readonly Line[];
      /** The next cursor: nothing of these streams is missed by going on from here. */
      next: number;
    }
  | {
      expired: true;
      /** The oldest event there is to go on with, at one less than which reading resumes. */
      oldest: number;
    };

export interface Journal {
  /** The highest cursor given. */
  head(): number;
  /** Events of these streams after `since`, oldest first. Throws a Problem when the store cannot be read. */
  read(streams: readonly string[], since: number, limit: number): Promise<Read>;
  /** What is kept of a stream, by time and then cursor; see the store. */
  byTime(...query: Parameters<EventStore['history']>): Promise<readonly Line[]>;
  /** The same by cursor alone. */
  byCursor(stream: string, after: number, limit: number): Promise<readonly Line[]>;
  /** Whether there is an event of these streams after `since`: at once, or within `ms`. */
  wait(streams: readonly string[], since: number, ms: number, signal: AbortSignal): Promise<boolean>;
  /** How many events of each stream are in memory. */
  sizes(): Record<string, number>;
}

/** Orders of magnitude as in the predecessor. */
export interface RingCapacities {
  orders: number;
  pnl: number;
  marketdata: number;
}

const capacityOf = (topic: Topic, capacities: RingCapacities): number => {
  if (topic === 'marketdata') return capacities.marketdata;
  if (topic === 'pnl') return capacities.pnl;
  return capacities.orders;
};

type Readable = Pick<EventStore, 'readAfter' | 'history' | 'bounds'>;

export async function createJournal(deps: {
  store: Readable;
  /** The writer's: events in the order of their cursors. */
  onStored: (listener: (events: readonly StoredEvent[]) => void) => () => void;
  /** The epoch that the upstream connection is in. */
  epoch: () => number;
  capacities: RingCapacities;
  clock: Clock;
}): Promise<Journal & { stop(): void }> {
  const { clock } = deps;
  const store = readable(deps.store);
  let { head } = await store.bounds();
  /** A stream without a ring is complete after this. */
  let floor = head;
  const rings = new Map<string, Ring>();
  /** Those of instruments, the one written longest ago first. */
  const instruments = new Map<string, Ring>();
  let instrumentBytes = 0;
  const waiting = new Map<string, Set<() => void>>();
  const epochs = createEpochs({ store, epoch: deps.epoch });

  function ringOf(stream: string): Ring {
    const known = rings.get(stream);
    if (known !== undefined) return known;
    const topic = topicOf(stream);
    const ring = new Ring(capacityOf(topic, deps.capacities), floor);
    rings.set(stream, ring);
    if (topic === 'marketdata') {
      instruments.set(stream, ring);
      makeRoom();
    }
    return ring;
  }

  function push(line: Line): void {
    const ring = ringOf(line.stream);
    const before = ring.bytes;
    ring.push(line);
    if (line.topic !== 'marketdata') return;
    instrumentBytes += ring.bytes - before;
    instruments.delete(line.stream);
    instruments.set(line.stream, ring);
    makeRoom();
  }

  /** Half of what the one longest silent has, or all when there are too many: whoever reads the latest finds it here. */
  function makeRoom(): void {
    while (instrumentBytes > maxMarketDataBytes || instruments.size > maxMarketDataRings) {
      const [oldest] = instruments;
      if (oldest === undefined) return;
      const [stream, ring] = oldest;
      const before = ring.bytes;
      instruments.delete(stream);
      if (ring.size > 1 && instruments.size < maxMarketDataRings) {
        ring.drop(Math.ceil(ring.size / 2));
        instruments.set(stream, ring);
        instrumentBytes -= before - ring.bytes;
      } else {
        rings.delete(stream);
        instrumentBytes -= before;
        floor = Math.max(floor, ring.last);
      }
    }
  }

  const stopListening = deps.onStored((events) => {
    const touched = new Set<string>();
    for (const event of events) {
      head = Math.max(head, event.cursor);
      push(toLine(event, epochs.ofNew(event)));
      touched.add(event.stream);
    }
    const woken = new Set<() => void>();
    for (const stream of touched) for (const wake of waiting.get(stream) ?? []) woken.add(wake);
    for (const wake of woken) wake();
  });

  function fromMemory(streams: readonly string[], since: number, limit: number): Line[] | null {
    const found: Line[] = [];
    for (const stream of streams) {
      const ring = rings.get(stream);
      if (since < (ring?.completeAfter ?? floor)) return null;
      if (ring !== undefined) found.push(...ring.after(since, limit));
    }
    return found.sort((a, b) => a.cursor - b.cursor).slice(0, limit);
  }

  async function fromStore(streams: readonly string[], since: number, limit: number): Promise<Line[]> {
    const events = await store.readAfter({ streams, topics: null }, since, limit);
    if (events.length === 0) for (const stream of streams) ringOf(stream).nothingAfter(since);
    return epochs.toLines(events);
  }

  async function oldestAfter(streams: readonly string[], cursor: number): Promise<Read> {
    const [first] = await store.readAfter({ streams, topics: null }, cursor, 1);
    return { expired: true, oldest: first?.cursor ?? cursor + 1 };
  }

  return {
    head: () => head,

    async read(streams, since, limit) {
      const headBefore = head;
      // Of another database, or of one that has lost its end: whatever is here may be new to this reader.
      if (since > headBefore) {
        return oldestAfter(streams, await prunedThrough(streams));
      }
      const recent = fromMemory(streams, since, limit);
      const lines = recent ?? (await fromStore(streams, since, limit));
      if (recent === null) {
        // Looked up afterwards: whatever was deleted in between counts as expired.
        const pruned = await prunedThrough(streams);
        if (since < pruned) return oldestAfter(streams, pruned);
      }
      return { expired: false, lines, next: lines.at(-1)?.cursor ?? headBefore };
    },

    byTime: (...query) => store.history(...query).then((events) => epochs.toLines(events)),
    byCursor: (stream, after, limit) =>
      store
        .readAfter({ streams: [stream], topics: null }, after, limit)
        .then((events) => epochs.toLines(events)),

    wait(streams, since, ms, signal) {
      const hasNews = streams.some((stream) => (rings.get(stream)?.last ?? floor) > since);
      if (hasNews || signal.aborted || ms <= 0) return Promise.resolve(hasNews);
      return new Promise((resolve) => {
        const settle = (news: boolean): void => {
          cancel();
          signal.removeEventListener('abort', onAbort);
          for (const stream of streams) leave(stream, onNews);
          resolve(news);
        };
        const onNews = (): void => settle(true);
        const onAbort = (): void => settle(false);
        const cancel = clock.after(ms, onAbort);
        signal.addEventListener('abort', onAbort, { once: true });
        for (const stream of streams) {
          const others = waiting.get(stream);
          if (others === undefined) waiting.set(stream, new Set([onNews]));
          else others.add(onNews);
        }
      });
    },

    sizes: () => Object.fromEntries([...rings].map(([stream, ring]) => [stream, ring.size])),
    stop: stopListening,
  };

  function leave(stream: string, wake: () => void): void {
    const others = waiting.get(stream);
    others?.delete(wake);
    if (others?.size === 0) waiting.delete(stream);
  }

  /** Gaps are in every stream, and outlive what they are about: they alone make nothing expire but themselves. */
  async function prunedThrough(streams: readonly string[]): Promise<number> {
    const { prunedThrough: pruned } = await store.bounds();
    const own = streams.filter((stream) => stream !== 'gap');
    return Math.max(...(own.length === 0 ? streams : own).map((stream) => pruned.get(topicOf(stream)) ?? 0));
  }
}

/** Whoever reads is told that it is the store, and that nothing is lost. */
function readable(store: Readable): Readable {
  const fail = (cause: unknown): never => {
    const message = 'The event store did not answer.';
    throw new Problem('events_history_query_failed', message, { retryAfterSeconds: 5, cause });
  };
  return {
    readAfter: (...query) => store.readAfter(...query).catch(fail),
    history: (...query) => store.history(...query).catch(fail),
    bounds: () => store.bounds().catch(fail),
  };
}
