// The ladder back to a brokerage session: tickle, ask for one, log out and ask again, restart the Gateway, stop and call a
// human, who is needed after a restart in any case: the Gateway keeps its login in memory. Climbed only
// when IBKR itself says that the login is alive and the brokerage session is not: asking on a live session tears it down,
// and without a login there is nothing to ask for. A step at a time; the budget says when the next is due.

import type { Clock } from '../clock.ts';
import type { Observe } from '../observe.ts';
import type { SessionStateName } from '../session-state.ts';
import type { RestartGateway } from '../supervisor.ts';
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

/** A Gateway that was to be restarted may answer for so long before it ends. */
const lingersMs = 30_000;

/** It has fetched its files already; what is left is the start of a JVM, which takes a minute on a slow machine. */
const returnsWithinMs = 15 * 60_000;

const afterRestart =
  'The Gateway was restarted, as IBKR gave no brokerage session any more, and the login went with it. Log in again here.';

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
  /** Null where nobody can restart the Gateway. */
  restartGateway: RestartGateway | null;
}): Recovery {
  const { clock, observe, budget, compete, ask, dispatch, restartGateway } = deps;

  const tell = (rung: string, ok: boolean, detail: string): void =>
    observe({ kind: 'recovery', rung, ok, detail });

  function giveUp(reason: string): void {
    budget.lock();
    tell('stop', false, reason);
    dispatch('recovery-spent', reason);
  }

  /** Null when the Gateway is being restarted, otherwise why not. */
  async function restart(): Promise<string | null> {
    if (restartGateway === null) return 'Skipped: this server cannot restart the Gateway.';
    if (deps.state().name === 'competing') return 'Skipped: it would not make the other platform let go.';
    if (!budget.mayRestart) return 'Skipped: the Gateway was restarted within the last day.';
    budget.spendRestart();
    const refused = await restartGateway();
    if (refused === null) return null;
    budget.endRestart();
    return `Refused: ${refused}.`;
  }

  /** What is left when asking has not helped. */
  async function finish(reason: string): Promise<void> {
    const whyNot = await restart();
    if (whyNot === null) {
      return dispatch(
        'unreachable',
        'The Gateway is being restarted, as IBKR gives no brokerage session any more. A login is needed afterwards.',
      );
    }
    tell('restart', false, whyNot);
    giveUp(reason);
  }

  /** Whether the Gateway is still on its way back. */
  function isReturning(sinceMs: number): boolean {
    const { name } = deps.state();
    const elapsedMs = clock.now() - sinceMs;
    const isAway = name === 'down' || name === 'maintenance';
    if (isAway && elapsedMs < returnsWithinMs) return true;
    if (name === 'no-brokerage' && elapsedMs < lingersMs) return true;
    budget.endRestart();
    if (isAway) {
      tell('restart', false, 'The Gateway was restarted and has not answered since.');
      giveUp('The Gateway was restarted and has not answered since. Look at its log.');
      return true;
    }
    tell('restart', true, 'The Gateway was restarted and answers again.');
    if (name === 'login-required') {
      tell('stop', false, afterRestart);
      dispatch('login-lost', afterRestart);
    }
    return false;
  }

  async function climb(): Promise<void> {
    const rung = ladder[budget.refusals];
    if (rung === undefined) {
      return finish(
        'IBKR accepts the login but gives no brokerage session. Log in again here; if that does not help, log in once on IBKR’s own website, which may be asking for something there.',
      );
    }
    const tickled = await ask(operations.tickle);
    if (!mayAsk(tickled)) {
      tell('tickle', tickled.event === 'authenticated', tickled.reason);
      return;
    }
    budget.spend();
    if (rung.logsOut) await ask(operations.logout);
    const answer = await ask(operations.init, { publish: true, compete });
    const ok = answer.event === 'authenticated';
    tell(rung.name, ok, answer.reason);
    if (answer.event === 'not-authenticated' || answer.event === 'competing') budget.refuse();
  }

  const mayAsk = ({ event, status }: Reading): boolean =>
    event === 'not-authenticated' ? status?.authenticated !== true : event === 'competing' && compete;

  return {
    async step() {
      const { lockedUntilMs, restartingSinceMs } = budget;
      if (restartingSinceMs !== null && isReturning(restartingSinceMs)) return;
      const { name, sinceMs } = deps.state();
      const now = clock.now();
      if (lockedUntilMs !== null && now >= lockedUntilMs) {
        budget.unlock();
        return dispatch('recovery-restored', 'Recovery may try again: a day has passed.');
      }
      if (name !== 'no-brokerage' && !(name === 'competing' && compete)) return;
      if (lockedUntilMs !== null) {
        // What IBKR says of another platform is news, and would be again at the next look.
        if (name === 'competing') return;
        return dispatch('recovery-spent', 'Recovery had given up before this server was restarted.');
      }
      if (budget.isSpent) return finish('The attempts of this day are used up. Log in again here.');
      if (now < sinceMs + settleMs || now < budget.dueMs) return;
      await climb();
    },
  };
}
