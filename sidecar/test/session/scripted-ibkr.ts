// IBKR as the session sees it: what each call answers, and what was called when.

import type { GatewayAnswer } from '../../src/gateway.ts';
import { Problem } from '../../src/errors.ts';
import type { SessionCall } from '../../src/session/own-calls.ts';
import { ManualClock } from '../manual-clock.ts';
import { answer, live, tickled } from './answers.ts';

export type Outcome = GatewayAnswer | Problem | Promise<GatewayAnswer>;

export interface Called {
  operation: string;
  json: unknown;
  /** Seconds since the clock started. */
  at: number;
}

export interface ScriptedIbkr {
  call: SessionCall;
  calls: Called[];
  /** What the operations answer from now on; a function is asked each time. */
  on(outcomes: Partial<Record<Operation, Outcome | (() => Outcome)>>): void;
  /** auth/status and tickle tell this. */
  says(authStatus: unknown): void;
  /** Everything answers so. */
  all(outcome: Outcome): void;
  /** Operations called since the last time this was asked. */
  recent(): string[];
}

type Operation = 'status' | 'tickle' | 'init' | 'logout';

const names: Readonly<Record<string, Operation>> = {
  getBrokerageStatus: 'status',
  getSessionToken: 'tickle',
  initializeSession: 'init',
  logout: 'logout',
};

export function scriptedIbkr(clock: ManualClock): ScriptedIbkr {
  const startMs = clock.now();
  const calls: Called[] = [];
  let seen = 0;
  const script: Record<Operation, Outcome | (() => Outcome)> = {
    status: answer(200, live),
    tickle: answer(200, tickled(live)),
    init: answer(200, live),
    logout: answer(200, { status: true }),
  };
  return {
    calls,
    async call(operationId, json, signal) {
      const operation = names[operationId];
      if (operation === undefined) throw new Error(`no operation ${operationId}`);
      calls.push({ operation, json, at: (clock.now() - startMs) / 1000 });
      const scripted = script[operation];
      const outcome = typeof scripted === 'function' ? scripted() : scripted;
      if (outcome instanceof Problem) throw outcome;
      const aborted = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      return Promise.race([outcome, aborted]);
    },
    on: (outcomes) => void Object.assign(script, outcomes),
    says: (authStatus) =>
      void Object.assign(script, {
        status: answer(200, authStatus),
        tickle: answer(200, tickled(authStatus)),
      }),
    all: (outcome) => {
      for (const operation of Object.values(names)) script[operation] = outcome;
    },
    recent: () => {
      const since = calls.slice(seen).map(({ operation }) => operation);
      seen = calls.length;
      return since;
    },
  };
}
