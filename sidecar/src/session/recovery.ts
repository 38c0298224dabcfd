// The ladder back to a brokerage session: tickle, ask for one, log out and ask again, stop and call a human. Climbed only
// when IBKR itself says that the login is alive and the brokerage session is not: asking on a live session tears it down,
// and without a login there is nothing to ask for. A step at a time; the budget says when the next is due.

import type { Clock } from '../clock.ts';
import type { Observe } from '../observe.ts';
import type { SessionStateName } from '../session-state.ts';
import type { RecoveryBudget } from './budget.ts';
import { operations, type Reading } from './reading.ts';
import type { SessionEvent } from './state.ts';

/**
 * After a login the Gateway waits 3 s and then asks for the brokerage session itself, up to five times (observed on the
 * build of 2023-04-24); asking in the middle of that would undo it.
 */
const settleMs = 10_000;

const ladder = [
  { name: 'init', logsOut: false },
  { name: 'logout-init', logsOut: true },
] as const;

export interface Recovery {
  /** Does what is due, which is mostly nothing. */
  step(): Promise<void>;
}

export function createRecovery(deps: {
  clock: Clock;
  observe: Observe;
  budget: RecoveryBudget;
  /** Whether to take the session away from another platform. */
  compete: boolean;
  state: () => { name: SessionStateName; sinceMs: number };
  /** Calls, and lets the state follow the answer. */
  ask: (operationId: string, json?: unknown) => Promise<Reading>;
  dispatch: (event: SessionEvent, reason: string) => void;
}): Recovery {
  const { clock, observe, budget, compete, ask, dispatch } = deps;

  function giveUp(reason: string): void {
    budget.lock();
    observe({
      kind: 'recovery',
      rung: 'restart',
      ok: false,
      detail: 'Skipped: this server cannot restart the Gateway.',
    });
    observe({ kind: 'recovery', rung: 'stop', ok: false, detail: reason });
    dispatch('recovery-spent', reason);
  }

  async function climb(): Promise<void> {
    const rung = ladder[budget.refusals];
    if (rung === undefined) {
      return giveUp(
        'IBKR accepts the login but gives no brokerage session. Log in again here; if that does not help, log in once on IBKR’s own website, which may be asking for something there.',
      );
    }
    const tickled = await ask(operations.tickle);
    if (!mayAsk(tickled)) {
      observe({
        kind: 'recovery',
        rung: 'tickle',
        ok: tickled.event === 'authenticated',
        detail: tickled.reason,
      });
      return;
    }
    budget.spend();
    if (rung.logsOut) await ask(operations.logout);
    const answer = await ask(operations.init, { publish: true, compete });
    const ok = answer.event === 'authenticated';
    observe({ kind: 'recovery', rung: rung.name, ok, detail: answer.reason });
    if (answer.event === 'not-authenticated' || answer.event === 'competing') budget.refuse();
  }

  const mayAsk = ({ event, status }: Reading): boolean =>
    event === 'not-authenticated' ? status?.authenticated !== true : event === 'competing' && compete;

  return {
    async step() {
      const { name, sinceMs } = deps.state();
      const now = clock.now();
      const { lockedUntilMs } = budget;
      if (name === 'locked-out') {
        if (lockedUntilMs !== null && now < lockedUntilMs) return;
        budget.unlock();
        return dispatch('recovery-restored', 'Recovery may try again: a day has passed.');
      }
      if (name !== 'no-brokerage' && !(name === 'competing' && compete)) return;
      if (lockedUntilMs !== null && now < lockedUntilMs) {
        return dispatch('recovery-spent', 'Recovery had given up before this server was restarted.');
      }
      if (budget.isSpent) return giveUp('The attempts of this day are used up. Log in again here.');
      if (now < sinceMs + settleMs || now < budget.dueMs) return;
      await climb();
    },
  };
}
