// Whether a failed read is worth repeating without being asked, and when.

import { BezantError } from './errors.ts';

const firstWaitMs = 250;

/** Null: do not. What the server asks for counts; otherwise the wait doubles, with chance in it so that readers spread. */
export function waitBeforeRetry(error: unknown, tries: number, random: number): number | null {
  if (!(error instanceof BezantError) || !error.isRetryable) return null;
  if (error.retryAfterMs !== undefined) return error.retryAfterMs;
  // To call on in IBKR's penalty box makes the penalty longer (IBKR Web API documentation, pacing limits)
  if (error.kind === 'paced') return null;
  return firstWaitMs * 2 ** tries * (0.5 + random / 2);
}
