// The calls that the session makes itself. They pass the pipeline like everybody's, so what comes by there has to be told
// from a caller's wish; and none of them may outlive the session.

import { Problem } from '../errors.ts';
import type { GatewayAnswer } from '../gateway.ts';

/** A call of our own, by operationId; `json` undefined sends no body. */
export type SessionCall = (operationId: string, json: unknown, signal: AbortSignal) => Promise<GatewayAnswer>;

export interface OwnCalls {
  /** Calls, and tells the outcome before anybody else gets it. */
  send(operationId: string, json?: unknown): Promise<GatewayAnswer>;
  /** Whether a call of ours to this operation is under way. */
  isUnderWay(operationId: string): boolean;
  /** Does something that nobody waits for. Problems have been told already; what else goes wrong is told as a fault. */
  inBackground(work: () => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

export function createOwnCalls(deps: {
  call: SessionCall;
  onOutcome: (operationId: string, outcome: GatewayAnswer | Problem) => void;
  onFault: (error: Error) => void;
}): OwnCalls {
  const stopping = new AbortController();
  const underWay = new Map<string, number>();
  const unsettled = new Set<Promise<unknown>>();

  const count = (operationId: string, by: number): void =>
    void underWay.set(operationId, (underWay.get(operationId) ?? 0) + by);

  function tracked<Value>(work: Promise<Value>): Promise<Value> {
    const settled = work.catch(() => undefined).finally(() => unsettled.delete(settled));
    unsettled.add(settled);
    return work;
  }

  async function send(operationId: string, json: unknown): Promise<GatewayAnswer> {
    count(operationId, 1);
    try {
      const answer = await deps.call(operationId, json, stopping.signal);
      deps.onOutcome(operationId, answer);
      return answer;
    } catch (error) {
      if (error instanceof Problem) deps.onOutcome(operationId, error);
      throw error;
    } finally {
      count(operationId, -1);
    }
  }

  return {
    send: (operationId, json) => tracked(send(operationId, json)),
    isUnderWay: (operationId) => (underWay.get(operationId) ?? 0) > 0,
    async inBackground(work) {
      try {
        await tracked(work());
      } catch (error) {
        if (!(error instanceof Problem) && !stopping.signal.aborted) deps.onFault(error as Error);
      }
    },
    async stop() {
      stopping.abort(new Problem('shutting_down', 'This server is shutting down.'));
      await Promise.all(unsettled);
    },
  };
}
