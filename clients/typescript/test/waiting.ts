// Time as the transport knows it, without waiting: what it sleeps is written down, and over at once.

import { systemTime, type Time } from '../src/time.ts';

export function quickTime(): Time & { readonly slept: readonly number[] } {
  const slept: number[] = [];
  return {
    ...systemTime,
    random: () => 1,
    slept,
    sleep(ms, signal) {
      slept.push(ms);
      return signal?.aborted === true ? Promise.reject(signal.reason as Error) : Promise.resolve();
    },
  };
}
