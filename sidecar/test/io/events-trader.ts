// Somebody who trades on the phone: orders and fills that the server under test has no part in, written down as they are
// done. What is written down is what its readers must be told.

import type { SimulatorProcess } from './events-simulator.ts';
import { until } from './events-until.ts';

type Json = Record<string, unknown>;

export interface Order {
  status: string;
  filledQuantity: number;
}

export interface Ledger {
  /** By id, as IBKR last showed them. */
  executions: ReadonlyMap<string, Json>;
  /** By id, in the order they were placed, as IBKR last showed them. */
  orders: ReadonlyMap<string, Order>;
}

export interface Trader {
  /** Says yes to all that would be asked; once for each life of the simulator. */
  settle(): Promise<void>;
  /** A limit order too low to be filled by the market. */
  place(quantity?: number): Promise<string>;
  fill(orderId: string, quantity?: number): Promise<void>;
  cancel(orderId: string): Promise<void>;
  /** One order, filled in two parts. */
  buy(): Promise<string>;
  /** Looks up what IBKR has of it all; to be called before the simulator forgets it. */
  writeDown(): Promise<Ledger>;
}

/** What the simulator would ask before it takes an order. */
const questions = ['o163', 'o354', 'o382', 'o383', 'o451', 'o403', 'o10151', 'o10164', 'o10153'];

/** Where no order stays. */
const passing = new Set(['PendingSubmit', 'PreSubmitted', 'PendingCancel']);

const account = 'DU1234567';

export async function startTrader(simulator: SimulatorProcess): Promise<Trader> {
  const executions = new Map<string, Json>();
  const orders = new Map<string, Order>();
  let last: Promise<unknown> = Promise.resolve();
  /** Those that the simulator still knows. */
  const alive = new Set<string>();

  const trader: Trader = {
    async settle() {
      alive.clear();
      await simulator.call('GET', '/v1/api/iserver/accounts');
      await simulator.call('POST', '/v1/api/iserver/questions/suppress', { messageIds: questions });
    },
    place(quantity = 10) {
      // One after the other, so that what is written down is in IBKR's sequence.
      const placed = last.then(() => submit(quantity));
      last = placed.catch(() => undefined);
      return placed;
    },
    async fill(orderId, quantity) {
      const part = quantity === undefined ? {} : { quantity };
      await simulator.control(`POST /orders/${orderId}/fill`, { ...part, price: 1 });
    },
    async cancel(orderId) {
      await simulator.control(`POST /orders/${orderId}/cancel`);
    },
    async buy() {
      const id = await trader.place();
      await trader.fill(id, 4);
      await trader.fill(id);
      return id;
    },
    async writeDown() {
      const trades = (await simulator.call('GET', '/v1/api/iserver/account/trades')) as Json[];
      for (const trade of trades) executions.set(String(trade['execution_id']), trade);
      for (const id of alive) orders.set(id, await until(`order ${id} at rest`, () => atRest(id)));
      return { executions, orders };
    },
  };

  async function submit(quantity: number): Promise<string> {
    const answer = (await simulator.call('POST', `/v1/api/iserver/account/${account}/orders`, {
      orders: [{ conid: 265598, orderType: 'LMT', price: 1, side: 'BUY', tif: 'GTC', quantity }],
    })) as { order_id?: string }[];
    const id = answer[0]?.order_id;
    if (id === undefined) throw new Error(`the order was not taken: ${JSON.stringify(answer)}`);
    orders.set(id, { status: 'placed', filledQuantity: 0 });
    alive.add(id);
    return id;
  }

  /** Not over the list of orders: whoever asks for that one changes what the next one gets. */
  async function atRest(id: string): Promise<Order | null> {
    const path = `/v1/api/iserver/account/order/status/${id}`;
    const { order_status, cum_fill } = (await simulator.call('GET', path)) as Json;
    const status = String(order_status);
    return passing.has(status) ? null : { status, filledQuantity: Number(cum_fill) };
  }

  await trader.settle();
  return trader;
}
