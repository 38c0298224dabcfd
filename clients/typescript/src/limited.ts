// A caller's signal and a time limit as one signal.

import type { Time } from './time.ts';

export interface Limit {
  readonly signal: AbortSignal;
  /** The time is up: not the caller's signal. */
  hasExpired(): boolean;
  leftMs(): number;
  clear(): void;
}

/** A limit of 0 ms is none. */
export function limited(signal: AbortSignal | undefined, timeoutMs: number, time: Time): Limit {
  const controller = new AbortController();
  const end = time.now() + timeoutMs;
  let isExpired = false;
  const forward = (): void => controller.abort(signal?.reason);
  if (signal?.aborted === true) forward();
  signal?.addEventListener('abort', forward, { once: true });
  const cancel =
    timeoutMs === 0
      ? () => undefined
      : time.after(timeoutMs, () => {
          if (controller.signal.aborted) return;
          isExpired = true;
          controller.abort(new Error('time is up'));
        });
  return {
    signal: controller.signal,
    hasExpired: () => isExpired,
    leftMs: () => (timeoutMs === 0 ? Infinity : end - time.now()),
    clear() {
      cancel();
      signal?.removeEventListener('abort', forward);
    },
  };
}
