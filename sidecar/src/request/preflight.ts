// What IBKR wants to be asked first, once per brokerage session: `/iserver/accounts` before orders and quotes,
// `/portfolio/accounts` before the rest of /portfolio. Callers need not know.

import type { Contract, Operation } from '../contract.ts';
import type { GatewayAnswer } from '../gateway.ts';
import type { Observe } from '../observe.ts';

export class Preflight {
  readonly #deps: {
    contract: Contract;
    observe: Observe;
    epoch: () => number;
    call: (operation: Operation, signal: AbortSignal) => Promise<GatewayAnswer>;
  };
  #epoch = -1;
  #done = new Set<string>();
  #running = new Map<string, Promise<void>>();

  constructor(deps: {
    contract: Contract;
    observe: Observe;
    epoch: () => number;
    call: (operation: Operation, signal: AbortSignal) => Promise<GatewayAnswer>;
  }) {
    this.#deps = deps;
  }

  /** Makes the calls that are still missing. A failing one is left to the caller's own call to report. */
  async before(operation: Operation, signal: AbortSignal): Promise<void> {
    this.#forgetFormerSession();
    for (const id of operation.preflight) {
      if (this.#done.has(id)) continue;
      const first = this.#deps.contract.byId.get(id);
      if (first !== undefined) await this.#once(first, signal);
    }
  }

  /** An answer seen on the way: a caller may have made the first call itself, or IBKR may have forgotten it. */
  saw(operation: Operation, answer: GatewayAnswer): void {
    this.#forgetFormerSession();
    if (answer.status === 200) this.#done.add(operation.id);
    if (wantsPreflight(answer)) for (const id of operation.preflight) this.#done.delete(id);
  }

  #forgetFormerSession(): void {
    const epoch = this.#deps.epoch();
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#done = new Set();
  }

  #once(operation: Operation, signal: AbortSignal): Promise<void> {
    const running = this.#running.get(operation.id);
    if (running !== undefined) return running;
    const promise = this.#deps
      .call(operation, signal)
      .then(
        (answer) => answer.status === 200,
        () => false,
      )
      .then((ok) => {
        this.#running.delete(operation.id);
        this.#deps.observe({ kind: 'preflight', operation: operation.id, ok });
      });
    this.#running.set(operation.id, promise);
    return promise;
  }
}

/** IBKR's words for a missing first call; the status differs between endpoints (400 and 500 are both seen). */
export function wantsPreflight({ status, body }: GatewayAnswer): boolean {
  return status >= 400 && body.length < 1024 && body.includes('query /accounts first');
}
