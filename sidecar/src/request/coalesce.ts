// Equal reads at the same time are one call to IBKR, and a read that IBKR paces tightly is remembered for as long as the
// table says. What is changed here is not read from before the change.

import { hash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { GatewayAnswer } from '../gateway.ts';
import type { Observe } from '../observe.ts';
import type { Call } from './call.ts';

interface Flight {
  answer: Promise<GatewayAnswer>;
  cacheMs: number;
  waiters: number;
  abort: AbortController;
  /** IBKR has it already: its answer may be from before whoever asks now. */
  isSent: boolean;
}

/** Makes the call, and says when it leaves: until then it may wait for its turn. */
type Fetch = (signal: AbortSignal, onSent: () => void) => Promise<GatewayAnswer>;

interface Remembered {
  answer: GatewayAnswer;
  bytes: number;
  cacheMs: number;
  atMs: number;
}

const maxBytes = 32 * 1024 * 1024;
const maxAnswerBytes = maxBytes / 4;

/** From here on a row is of reference data (contracts, scanner parameters) or of what IBKR tells once in a while. */
const referenceMs = 60_000;

/** Parameters by which a caller asks IBKR itself for a fresh answer. */
const freshParameters = ['force', 'nocache'];

/** With these, the answer is about what this one caller has. */
const personalHeaders = [
  'range',
  'if-range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
];

/** Reads that empty a cache of IBKR's: whoever makes one wants no former answer of ours either. */
const emptying: ReadonlySet<string> = new Set(['invalidatePositionCache']);

export class Coalescer {
  readonly #clock: Clock;
  readonly #observe: Observe;
  readonly #epoch: () => number;
  /** Those that a caller may still join. */
  readonly #flights = new Map<string, Flight>();
  /** Oldest first. */
  readonly #remembered = new Map<string, Remembered>();
  #bytes = 0;

  constructor(deps: { clock: Clock; observe: Observe; epoch: () => number }) {
    this.#clock = deps.clock;
    this.#observe = deps.observe;
    this.#epoch = deps.epoch;
  }

  async run(call: Call, fetch: Fetch): Promise<GatewayAnswer> {
    const { operation } = call;
    const { safety } = operation;
    if (safety !== 'read' || emptying.has(operation.id)) {
      try {
        return await fetch(call.signal, () => undefined);
      } finally {
        // Another session or account changes all that IBKR says; anything else leaves reference data as it is.
        this.#forget(safety === 'session' ? Infinity : referenceMs);
      }
    }
    const isShareable = operation.method === 'GET' || operation.cacheMs > 0;
    if (!isShareable || personalHeaders.some((name) => name in call.headers))
      return fetch(call.signal, () => undefined);

    const key = this.#keyOf(call);
    const wantsFresh = isFresh(call);
    const known = wantsFresh ? null : this.#recall(key);
    if (known !== null) {
      this.#observe({ kind: 'coalesced', operation: operation.id, how: 'cached' });
      return known;
    }
    const flight = this.#flights.get(key);
    if (flight !== undefined && !(wantsFresh && flight.isSent)) {
      this.#observe({ kind: 'coalesced', operation: operation.id, how: 'shared' });
      return this.#join(key, flight, call.signal);
    }
    return this.#join(key, this.#launch(key, call, fetch), call.signal);
  }

  /** What is remembered, and what is on its way from before now, of rows kept for less than this. */
  #forget(belowMs: number): void {
    for (const [key, { cacheMs }] of this.#remembered) if (cacheMs < belowMs) this.#drop(key);
    for (const [key, { cacheMs }] of this.#flights) if (cacheMs < belowMs) this.#flights.delete(key);
  }

  #launch(key: string, { operation }: Call, fetch: Fetch): Flight {
    const abort = new AbortController();
    const { cacheMs } = operation;
    let isSent = false;
    const flight: Flight = {
      answer: fetch(abort.signal, () => (isSent = true)),
      cacheMs,
      waiters: 0,
      abort,
      get isSent() {
        return isSent;
      },
    };
    this.#flights.set(key, flight);
    flight.answer.then(
      (answer) => {
        if (this.#land(key, flight) && cacheMs > 0 && answer.status === 200)
          this.#remember(key, answer, cacheMs);
      },
      () => this.#land(key, flight),
    );
    return flight;
  }

  /** False when a newer flight or a change has come in between. */
  #land(key: string, flight: Flight): boolean {
    return this.#flights.get(key) === flight && this.#flights.delete(key);
  }

  /** One caller leaving does not end the call for the others; the last one does. */
  #join(key: string, flight: Flight, signal: AbortSignal): Promise<GatewayAnswer> {
    flight.waiters += 1;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        flight.waiters -= 1;
        if (flight.waiters === 0) {
          this.#land(key, flight);
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
    const ageMs = this.#clock.now() - found.atMs;
    if (ageMs >= found.cacheMs) {
      this.#drop(key);
      return null;
    }
    const age = String(Math.floor(ageMs / 1000));
    return { ...found.answer, headers: { ...found.answer.headers, age } };
  }

  #remember(key: string, answer: GatewayAnswer, cacheMs: number): void {
    this.#drop(key);
    const bytes = answer.body.length + 2 * key.length;
    if (bytes > maxAnswerBytes) return;
    this.#remembered.set(key, { answer, bytes, cacheMs, atMs: this.#clock.now() });
    this.#bytes += bytes;
    for (const oldest of this.#remembered.keys()) {
      if (this.#bytes <= maxBytes) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#remembered.get(key)?.bytes ?? 0;
    this.#remembered.delete(key);
  }

  /** Two calls with the same key get the same answer from IBKR. Another session may be another user's. */
  #keyOf({ operation, target, headers, body }: Call): string {
    const { accept = '', 'accept-language': language = '' } = headers;
    const content = body === null ? '' : hash('sha256', body, 'base64');
    return [this.#epoch(), operation.method, target, accept, language, content].join('\n');
  }
}

function isFresh(call: Call): boolean {
  return call.fresh || freshParameters.some((name) => call.query.get(name)?.toLowerCase() === 'true');
}
