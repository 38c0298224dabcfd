// How many may wait for news at once: they cost memory, not time, so they are counted apart from requests under way.

import { Problem } from '../errors.ts';

const maxWaiting = 512;

export interface Places {
  /** Throws `overloaded` when all are taken; the returned function gives the place back. */
  take(): () => void;
  taken(): number;
}

export function createPlaces(max = maxWaiting): Places {
  let taken = 0;
  return {
    take() {
      if (taken >= max) {
        const message = `${max} readers of events are waiting already.`;
        throw new Problem('overloaded', message, { retryAfterSeconds: 5 });
      }
      taken += 1;
      return () => void (taken -= 1);
    },
    taken: () => taken,
  };
}
