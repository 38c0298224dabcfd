// Ends processes: ask (TERM), wait for the drain, then KILL what is left of the group.
import { setTimeout as sleep } from 'node:timers/promises';

import type { Child } from './child.ts';

const groupPollMs = 25;

/** True when the whole group ended by itself. `atOnce` cuts the waiting short. */
export async function stopChild(child: Child, stopMs: number, atOnce?: AbortSignal): Promise<boolean> {
  child.signal('SIGTERM');
  // A stopped process would not see it.
  child.signal('SIGCONT');
  const timeout = AbortSignal.timeout(stopMs);
  const patience = atOnce === undefined ? timeout : AbortSignal.any([atOnce, timeout]);
  while (child.isGroupAlive() && !patience.aborted) {
    await sleep(groupPollMs, undefined, { signal: patience }).catch(() => undefined);
  }
  const clean = !child.isGroupAlive();
  if (!clean) child.signal('SIGKILL');
  await child.exited;
  await child.drained;
  return clean;
}

/** One after the other, the last started first: what depends on another stops before it. */
export async function stopAll(
  kept: { stop: (atOnce: AbortSignal) => Promise<boolean> }[],
  atOnce: AbortSignal,
): Promise<boolean> {
  let clean = true;
  for (const { stop } of kept.toReversed()) clean = (await stop(atOnce)) && clean;
  return clean;
}
