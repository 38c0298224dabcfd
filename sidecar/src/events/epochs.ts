// The epoch of each event: the number of the upstream connection it came over. A gap record names the epoch that begins
// after it, so the gaps in the store tell the epoch of everything else there.

import type { EventStore } from '../store/store.ts';
import type { StoredEvent } from '../event.ts';
import { toLine, type Line } from './line.ts';

interface Mark {
  /** Of the gap. */
  cursor: number;
  /** Of what comes after it. */
  epoch: number;
}

const pageSize = 1000;

export interface Epochs {
  /** Of an event that was just stored. */
  ofNew(event: StoredEvent): number;
  toLines(events: readonly StoredEvent[]): Promise<Line[]>;
}

export function createEpochs(deps: { store: Pick<EventStore, 'readAfter'>; epoch: () => number }): Epochs {
  /** Oldest first; null until somebody reads what is older than this process. */
  let marks: Promise<Mark[]> | null = null;
  let known: Mark[] = [];

  async function load(): Promise<Mark[]> {
    const found: Mark[] = [];
    for (let after = 0; ;) {
      const gaps = await deps.store.readAfter({ streams: ['gap'], topics: null }, after, pageSize);
      for (const gap of gaps) found.push(...markOf(gap));
      const last = gaps.at(-1);
      if (last === undefined || gaps.length < pageSize) break;
      after = last.cursor;
    }
    const newest = found.at(-1)?.cursor ?? 0;
    known = [...found, ...known.filter(({ cursor }) => cursor > newest)];
    return known;
  }

  return {
    ofNew(event) {
      const [mark] = markOf(event);
      if (mark === undefined) return deps.epoch();
      known.push(mark);
      return mark.epoch;
    },

    async toLines(events) {
      if (events.length === 0) return [];
      marks ??= load().catch((error: unknown) => {
        marks = null;
        throw error;
      });
      await marks;
      return events.map((event) => toLine(event, epochAt(known, event.cursor, deps.epoch())));
    },
  };
}

function markOf({ topic, cursor, payload }: StoredEvent): Mark[] {
  const epoch = payload['new_reset_epoch'];
  return topic === 'gap' && typeof epoch === 'number' ? [{ cursor, epoch }] : [];
}

/** Before the first gap known it is one less than after it; without any, the present one. */
function epochAt(marks: readonly Mark[], cursor: number, present: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((marks[middle]?.cursor ?? Infinity) <= cursor) low = middle + 1;
    else high = middle;
  }
  const last = marks[low - 1];
  if (last !== undefined) return last.epoch;
  const first = marks[0];
  return first === undefined ? present : first.epoch - 1;
}
