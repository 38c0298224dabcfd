// What is known of each order, so that a frame which carries three members of it tells the whole, a snapshot that is sent
// again tells nothing, and a state that an order comes back to is told again.

import type { Json } from './client-frames.ts';
import { orderKey, orderState, plain, readOrderKey } from './dedup.ts';
import type { StoredEvent } from '../event.ts';

/** IBKR shows a thousand orders at most; the ones untouched for longest are forgotten. */
const maxOrders = 2_000;
/** A trailing stop has a state for each tick; from so many on, each change counts as a new one. */
const maxStates = 200;

/** What says the same as the status, or when it came about: old when a frame brings a status without it. */
const ofStatus = ['order_ccp_status', 'bgColor', 'fgColor', 'lastExecutionTime', 'lastExecutionTime_r'];
const time = 'lastExecutionTime_r';

interface Known {
  order: Json;
  state: string;
  /** States it has been in; null when there were too many to tell. */
  states: Set<string> | null;
  /** Events about it. */
  told: number;
  /** The `mark` at its last change. */
  mark: number;
}

export interface OrderNews {
  /** All that is known. */
  order: Json;
  /** The members that are new. */
  changed: string[];
  dedup: string;
}

export class OrderMemory {
  readonly #known = new Map<string, Known>();
  #mark = 0;

  /** For `takeRead`: what has changed until now is older than what is read from now on. */
  mark(): number {
    return this.#mark;
  }

  /** A row that IBKR pushed; null when it tells nothing new. */
  take(orderId: string, row: Json): OrderNews | null {
    const known = this.#known.get(orderId);
    const changed = Object.keys(row).filter((name) => plain(row[name]) !== plain(known?.order[name]));
    const order = { ...without(known?.order ?? {}, changed.includes('status') ? ofStatus : []), ...row };
    const state = orderState(order);
    const isNews = known === undefined || state !== known.state || isLater(known.order[time], order[time]);
    this.#known.delete(orderId);
    if (known !== undefined && !isNews) {
      this.#known.set(orderId, { ...known, order });
      return null;
    }
    this.#mark += 1;
    const told = (known?.told ?? 0) + 1;
    const states = known === undefined ? new Set<string>() : known.states;
    const isAgain = states === null || states.has(state);
    this.#known.set(orderId, { order, state, states: withState(states, state), told, mark: this.#mark });
    this.#forget();
    return { order, changed, dedup: orderKey(orderId, isAgain ? told : 1, state) };
  }

  /** A row that was asked for when the memory stood at `mark`: what was pushed meanwhile is newer. */
  takeRead(orderId: string, row: Json, mark: number): OrderNews | null {
    const known = this.#known.get(orderId);
    if (known !== undefined && (known.mark > mark || isLater(row[time], known.order[time]))) return null;
    return this.take(orderId, row);
  }

  /** What a former run told, oldest first. */
  remember({ orderId, payload, dedup }: Pick<StoredEvent, 'orderId' | 'payload' | 'dedup'>): void {
    const key = readOrderKey(dedup);
    if (orderId === null || key === null) return;
    const known = this.#known.get(orderId);
    this.#known.delete(orderId);
    this.#known.set(orderId, {
      order: without(payload, ['changed']),
      state: key.state,
      states: withState(known === undefined ? new Set() : known.states, key.state),
      told: Math.max((known?.told ?? 0) + 1, key.nth),
      mark: 0,
    });
    this.#forget();
  }

  #forget(): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxOrders && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** Both must be known: a frame without the time does not make an order older. */
function isLater(before: unknown, after: unknown): boolean {
  return typeof before === 'number' && typeof after === 'number' && after > before;
}

function withState(states: Set<string> | null, state: string): Set<string> | null {
  if (states === null || states.size >= maxStates) return null;
  return states.add(state);
}

function without(json: Json, names: readonly string[]): Json {
  if (names.length === 0) return json;
  return Object.fromEntries(Object.entries(json).filter(([name]) => !names.includes(name)));
}
