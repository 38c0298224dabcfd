// How many may wait for news at once: they cost memory, not time, so they are counted apart from requests under way.

import { Problem } from '../errors.ts';
import type { Observe } from '../observe.ts';

const maxWaiting = 512;

type How = 'poll' | 'stream';

export interface Place {
  /** Gives it back. */
  leave(): void;
  /** Tells that it was taken by somebody who did not read. */
  slow(): void;
}

export interface Places {
  /** Throws `overloaded` when all are taken. */
  take(how: How): Place;
  taken(): number;
}

export function createPlaces(observe: Observe): Places {
  const waiting: Record<How, number> = { poll: 0, stream: 0 };
  const taken = (): number => waiting.poll + waiting.stream;
  const tell = (what: 'came' | 'left' | 'slow', how: How): void =>
    observe({ kind: 'reader', what, how, waiting: waiting[how] });
  return {
    take(how) {
      if (taken() >= maxWaiting) {
        const message = `${maxWaiting} readers of events are waiting already.`;
        throw new Problem('overloaded', message, { retryAfterSeconds: 5 });
      }
      waiting[how] += 1;
      tell('came', how);
      return {
        leave() {
          waiting[how] -= 1;
          tell('left', how);
        },
        slow: () => tell('slow', how),
      };
    },
    taken,
  };
}
