// When to ask IBKR: the keepalive at its interval whatever happens, and a watch on the state while it is not live, ever more
// rarely. Both plan the next time when the present one begins, so a machine that slept catches up with one call.

import type { Clock } from '../clock.ts';
import type { SessionStateName } from '../session-state.ts';

const firstWatchMs = 5_000;
const lastWatchMs = 60_000;
/** While a login is being confirmed somebody is looking at the page. */
const loginWatchMs = 2_000;

export interface Keeper {
  start(): void;
  /** The state has changed: watch it closely, or no longer. */
  changed(): void;
  /** Something looked odd on the way: do not wait for the next turn. */
  hurry(): void;
  stop(): void;
}

export function createKeeper(deps: {
  clock: Clock;
  /** In [0, 1): spreads the watch, so that many servers do not ask in step after an outage. */
  random: () => number;
  keepaliveMs: number;
  state: () => SessionStateName;
  tickle: () => Promise<void>;
  watch: () => Promise<void>;
}): Keeper {
  const { clock, random, keepaliveMs } = deps;
  let isRunning = false;
  let cancelKeepalive = (): void => undefined;
  let cancelWatch = (): void => undefined;
  let isTickling = false;
  let isWatching = false;
  /** Turns planned since the state changed. */
  let watched = 0;
  let lastWatchedMs = -Infinity;

  function planKeepalive(): void {
    cancelKeepalive = clock.after(keepaliveMs, () => {
      planKeepalive();
      if (isTickling) return;
      isTickling = true;
      void deps.tickle().finally(() => (isTickling = false));
    });
  }

  function watchDelayMs(): number | null {
    const state = deps.state();
    if (state === 'live') return null;
    if (state === 'authenticating') return loginWatchMs;
    return Math.min(lastWatchMs, firstWatchMs * 2 ** watched) * (0.8 + 0.4 * random());
  }

  function planWatch(soonMs?: number): void {
    cancelWatch();
    const delayMs = soonMs ?? watchDelayMs();
    if (!isRunning || delayMs === null) return;
    if (soonMs === undefined) watched += 1;
    cancelWatch = clock.after(delayMs, () => {
      if (isWatching) return;
      isWatching = true;
      lastWatchedMs = clock.now();
      void deps.watch().finally(() => {
        isWatching = false;
        planWatch();
      });
    });
  }

  return {
    start() {
      isRunning = true;
      planKeepalive();
      planWatch(0);
    },
    changed() {
      watched = 0;
      if (!isWatching) planWatch();
    },
    hurry() {
      if (!isWatching) planWatch(Math.max(0, lastWatchedMs + firstWatchMs - clock.now()));
    },
    stop() {
      isRunning = false;
      cancelKeepalive();
      cancelWatch();
    },
  };
}
