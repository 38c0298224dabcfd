// Equal reads at the same time are one call to IBKR, and a read that IBKR paces tightly is remembered for as long as the
// table says. Anything that changes something forgets all of it.

import type { Clock } from '../clock.ts';
import type { GatewayAnswer } from '../gateway.ts';
import type { Observe } from '../observe.ts';
import type { Call } from './call.ts';

interface Flight {
  answer: Promise<GatewayAnswer>;
  waiters: number;
  abort: AbortController;
}

interface Remembered {
  answer: GatewayAnswer;
  atMs: number;
  untilMs: number;
}

const maxRemembered = 256;

/** Parameters by which a caller asks IBKR itself for a fresh answer. */
const freshParameters = ['force', 'nocache'];

export class Coalescer {
  readonly #clock: Clock;
  readonly #observe: Observe;
  readonly #flights = new Map<string, Flight>();
  readonly #remembered = new Map<string, Remembered>();
  /** Grows with every change, so that an answer on its way from before it is not remembered. */
  #generation = 0;

  constructor(deps: { clock: Clock; observe: Observe }) {
    this.#clock = deps.clock;
    this.#observe = deps.observe;
  }

  forget(): void {
    this.#generation += 1;
    this.#remembered.clear();
  }

  async run(call: Call, fetch: (signal: AbortSignal) => Promise<GatewayAnswer>): Promise<GatewayAnswer> {
    const { operation } = call;
    if (operation.safety !== 'read') {
      try {
        return await fetch(call.signal);
      } finally {
        if (operation.safety !== 'session' || operation.id === 'logout') this.forget();
      }
    }
    if ((operation.method !== 'GET' && operation.cacheMs === 0) || isFresh(call)) return fetch(call.signal);

    const key = keyOf(call);
    const known = this.#recall(key);
    if (known !== null) {
      this.#observe({ kind: 'coalesced', operation: operation.id, how: 'cached' });
      return known;
    }
    const flight = this.#flights.get(key);
    if (flight !== undefined) {
      this.#observe({ kind: 'coalesced', operation: operation.id, how: 'shared' });
      return this.#join(key, flight, call.signal);
    }
    return this.#join(key, this.#launch(key, call, fetch), call.signal);
  }

  #launch(key: string, call: Call, fetch: (signal: AbortSignal) => Promise<GatewayAnswer>): Flight {
    const abort = new AbortController();
    const generation = this.#generation;
    const answer = fetch(abort.signal).then((fetched) => {
      if (call.operation.cacheMs > 0 && fetched.status === 200 && generation === this.#generation) {
        this.#remember(key, fetched, call.operation.cacheMs);
      }
      return fetched;
    });
    const flight: Flight = { answer, waiters: 0, abort };
    this.#flights.set(key, flight);
    const land = (): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    answer.then(land, land);
    return flight;
  }

  /** One caller leaving does not end the call for the others; the last one does. */
  #join(key: string, flight: Flight, signal: AbortSignal): Promise<GatewayAnswer> {
    flight.waiters += 1;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        flight.waiters -= 1;
        if (flight.waiters === 0) {
          this.#flights.delete(key);
          flight.abort.abort(signal.reason);
        }
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      flight.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
      if (signal.aborted) leave();
    });
  }

  #recall(key: string): GatewayAnswer | null {
    const found = this.#remembered.get(key);
    if (found === undefined) return null;
    const now = this.#clock.now();
    if (now >= found.untilMs) {
      this.#remembered.delete(key);
      return null;
    }
    const age = String(Math.floor((now - found.atMs) / 1000));
    return { ...found.answer, headers: { ...found.answer.headers, age } };
  }

  #remember(key: string, answer: GatewayAnswer, cacheMs: number): void {
    const atMs = this.#clock.now();
    this.#remembered.set(key, { answer, atMs, untilMs: atMs + cacheMs });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > maxRemembered && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

/** Two calls with the same key get the same answer from IBKR. */
function keyOf({ operation, target, headers, body }: Call): string {
  const { accept = '', range = '', 'if-none-match': etag = '' } = headers;
  return [
    operation.method,
    target,
    String(accept),
    String(range),
    String(etag),
    body?.toString('latin1') ?? '',
  ].join('\n');
}

function isFresh(call: Call): boolean {
  return call.fresh || freshParameters.some((name) => call.query.get(name)?.toLowerCase() === 'true');
}
