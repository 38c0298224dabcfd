// IBKR's request limits and the penalty box (IBKR Web API documentation, pacing limitations: 10 requests a second
// per session, limits per endpoint, 15 minutes for an address that exceeds them). "strict" is that text to the
// letter. "lenient" is the default because the real service was seen to answer 60 snapshots within a second: it
// allows six times the limit and closes the box only on the tenth excess within a minute.
import type { Clock } from './clock.ts';
import { jsonReply, type Reply } from './message.ts';
import type { Operation } from './operation.ts';

export interface Pacing {
  /** The refusal, or how to say that the request is done. */
  admit(operation: Operation): { refused: Reply } | { done: () => void };
  readonly boxedUntilMs: number;
}

const globalLimit = { limit: 10, windowMs: 1000 };
const penaltyMs = 900_000;
const rules = {
  lenient: { tolerance: 6, violations: 10 },
  strict: { tolerance: 1, violations: 1 },
};
const violationWindowMs = 60_000;

export function createPacing(deps: { clock: Clock; rule: () => 'off' | 'lenient' | 'strict' }): Pacing {
  const { clock } = deps;
  const times = new Map<string, number[]>();
  const running = new Map<string, number>();
  let boxedUntilMs = 0;

  /** Counts one more under the key; false when the window is full. */
  const fits = (key: string, limit: number, windowMs: number): boolean => {
    const recent = (times.get(key) ?? []).filter((at) => at > clock.now() - windowMs);
    times.set(key, recent);
    if (recent.length >= limit) return false;
    recent.push(clock.now());
    return true;
  };

  const within = (operation: Operation, tolerance: number): boolean => {
    const { id, pacing } = operation;
    if (!fits('', globalLimit.limit * tolerance, globalLimit.windowMs)) return false;
    if (pacing === null) return true;
    if ('concurrent' in pacing) return (running.get(id) ?? 0) < pacing.concurrent;
    return fits(id, pacing.limit * tolerance, pacing.windowMs);
  };

  return {
    get boxedUntilMs() {
      return boxedUntilMs;
    },
    admit: (operation) => {
      const rule = deps.rule();
      if (rule !== 'off') {
        if (clock.now() < boxedUntilMs) return { refused: tooMany('address is in the penalty box') };
        if (!within(operation, rules[rule].tolerance)) {
          const first = fits('violations', rules[rule].violations - 1, violationWindowMs);
          if (!first) boxedUntilMs = clock.now() + penaltyMs;
          return { refused: tooMany('pacing limit exceeded') };
        }
      }
      running.set(operation.id, (running.get(operation.id) ?? 0) + 1);
      return { done: () => void running.set(operation.id, (running.get(operation.id) ?? 1) - 1) };
    },
  };
}

function tooMany(reason: string): Reply {
  return jsonReply(429, { error: `Too many requests: ${reason}` });
}
