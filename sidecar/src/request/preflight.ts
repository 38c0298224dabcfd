// What IBKR wants to be asked first, once per brokerage session: `/iserver/accounts` before orders and quotes,
// `/portfolio/accounts` before the rest of /portfolio. Callers need not know.

import type { Contract, Operation } from '../contract.ts';
import { Problem } from '../errors.ts';
import type { GatewayAnswer } from '../gateway.ts';
import type { Observe } from '../observe.ts';

interface Deps {
  contract: Contract;
  observe: Observe;
  epoch: () => number;
  call: (operation: Operation) => Promise<GatewayAnswer>;
}

export class Preflight {
  readonly #deps: Deps;
  #epoch = -1;
  #done = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Makes the calls that are still missing. What IBKR answers them is left to the caller's own call to show; but when one
   * cannot be made at all, the caller's is not made either: an order that has waited for a hanging Gateway is an old one.
   */
  async before(operation: Operation): Promise<void> {
    this.#forgetFormerSession();
    for (const id of operation.preflight) {
      if (this.#done.has(id)) continue;
      const first = this.#deps.contract.byId.get(id);
      if (first !== undefined) await this.#once(first);
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

  #once(operation: Operation): Promise<void> {
    const running = this.#running.get(operation.id) ?? this.#make(operation);
    this.#running.set(operation.id, running);
    return running;
  }

  async #make(operation: Operation): Promise<void> {
    const { id } = operation;
    let ok = false;
    try {
      const { status } = await this.#deps.call(operation);
      ok = status === 200;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw new Problem(error.code, `${id} has to come first. ${error.message}`, {
        ...error.extra,
        cause: error,
      });
    } finally {
      this.#running.delete(id);
      this.#deps.observe({ kind: 'preflight', operation: id, ok });
    }
  }
}

/** IBKR's words for a missing first call; the status differs between endpoints (400 and 500 are both seen). */
export function wantsPreflight({ status, body }: GatewayAnswer): boolean {
  return status >= 400 && body.length < 1024 && body.includes('query /accounts first');
}
