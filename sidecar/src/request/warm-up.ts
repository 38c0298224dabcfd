// Reads whose first answer is not the answer: IBKR opens a stream or fills a cache and wants to be asked again. The caller
// gets the first whole answer, or the last one when the time is over.

import { sleep, type Clock } from '../clock.ts';
import { Problem } from '../errors.ts';
import type { GatewayAnswer } from '../gateway.ts';
import type { Observe } from '../observe.ts';
import type { Call } from './call.ts';

interface WarmUpRule {
  isPartial: (json: unknown, call: Call) => boolean;
  everyMs: number;
  attempts: number;
  /** After one whole answer an empty one is the truth until the next brokerage session. */
  oncePerSession: boolean;
}

/** IBKR refreshes a snapshot every 500 ms; orders and P&L are limited to one call in 5 s, which the governor keeps. */
const rules: Readonly<Record<string, WarmUpRule>> = {
  getMdSnapshot: { isPartial: snapshotIsPartial, everyMs: 500, attempts: 5, oncePerSession: false },
  getOpenOrders: { isPartial: ordersArePartial, everyMs: 0, attempts: 2, oncePerSession: true },
  getPnl: { isPartial: pnlIsPartial, everyMs: 0, attempts: 2, oncePerSession: true },
};

export class WarmUp {
  readonly #clock: Clock;
  readonly #observe: Observe;
  readonly #epoch: () => number;
  /** Operation id to the epoch in which it was warmed up. */
  readonly #warm = new Map<string, number>();

  constructor(deps: { clock: Clock; observe: Observe; epoch: () => number }) {
    this.#clock = deps.clock;
    this.#observe = deps.observe;
    this.#epoch = deps.epoch;
  }

  async run(call: Call, fetch: () => Promise<GatewayAnswer>, signal: AbortSignal): Promise<GatewayAnswer> {
    const { id } = call.operation;
    const rule = rules[id];
    let answer = await fetch();
    if (rule === undefined || (rule.oncePerSession && this.#warm.get(id) === this.#epoch())) return answer;
    let partial = isPartial(rule, answer, call);
    if (partial) {
      let attempts = 1;
      while (partial && attempts < rule.attempts) {
        if (rule.everyMs > 0) await sleep(this.#clock, rule.everyMs, signal);
        try {
          answer = await fetch();
        } catch (error) {
          // No turn for a further call is no reason to withhold what is there.
          if (error instanceof Problem && error.code === 'paced') break;
          throw error;
        }
        partial = isPartial(rule, answer, call);
        attempts += 1;
      }
      this.#observe({ kind: 'warmed-up', operation: id, attempts, complete: !partial });
    }
    if (answer.status === 200) this.#warm.set(id, this.#epoch());
    return answer;
  }
}

function isPartial(rule: WarmUpRule, answer: GatewayAnswer, call: Call): boolean {
  if (answer.status !== 200 || answer.headers['content-encoding'] !== undefined) return false;
  try {
    return rule.isPartial(JSON.parse(answer.body.toString('utf8')), call);
  } catch {
    return false;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** A row is warm once it carries any numbered field that was asked for; one without data also says so by field 6509. */
function snapshotIsPartial(json: unknown, call: Call): boolean {
  const fields = (call.query.get('fields') ?? '').split(',').filter((field) => field !== '');
  if (!Array.isArray(json) || fields.length === 0) return false;
  return json.some((row) => isRecord(row) && !('6509' in row) && !fields.some((field) => field in row));
}

function ordersArePartial(json: unknown, call: Call): boolean {
  if (call.query.get('force')?.toLowerCase() === 'true' || !isRecord(json)) return false;
  return json['snapshot'] === false && Array.isArray(json['orders']) && json['orders'].length === 0;
}

function pnlIsPartial(json: unknown): boolean {
  return isRecord(json) && isRecord(json['upnl']) && Object.keys(json['upnl']).length === 0;
}
