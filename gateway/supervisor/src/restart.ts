// When to start a process again: exponential back-off with jitter, and a budget of crashes per window. Pure.
import type { RestartPolicy } from './plan.ts';

export interface Restart {
  delayMs: number;
  /** Crashes that still count, the newest last; pass it back at the next crash. */
  crashesAt: number[];
}

/** `null` when the budget is spent. `random` is in [0, 1). */
export function nextRestart(
  policy: RestartPolicy,
  crashesAt: number[],
  nowMs: number,
  random: number,
): Restart | null {
  const counting = [...stillCounting(policy, crashesAt, nowMs), nowMs];
  if (counting.length > policy.budget) return null;
  const fullMs = Math.min(policy.maxMs, policy.minMs * 2 ** (counting.length - 1));
  // Between half and all of it: two appliances that crash on the same cause do not come back in step.
  return { delayMs: Math.round(fullMs * (0.5 + random / 2)), crashesAt: counting };
}

/** Crashes that would be forgiven now. */
export function restartsLeft(policy: RestartPolicy, crashesAt: number[], nowMs: number): number {
  return Math.max(0, policy.budget - stillCounting(policy, crashesAt, nowMs).length);
}

const stillCounting = (policy: RestartPolicy, crashesAt: number[], nowMs: number): number[] =>
  crashesAt.filter((at) => nowMs - at < policy.windowMs);
