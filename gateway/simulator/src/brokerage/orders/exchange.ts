// The life of orders, driven by the clock: accepted, routed, filled in pieces, cancelled. Delays between the first
// statuses are of the size observed on a live account (about 50 ms for the whole run-up).
import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';
import type { Contracts } from '../contracts/contracts.ts';
import { round } from '../figures.ts';
import type { Happenings } from '../happenings.ts';
import type { Market } from '../market/market.ts';
import { applyFill, type Account } from '../portfolio/book.ts';
import { opening } from '../portfolio/valuation.ts';
import { newYorkMidnight } from '../times.ts';
import { isOpen, remaining, type Order, type Status } from './order.ts';
import { fillPrice, pieceOf, touchOf } from './prices.ts';
import type { Ticket } from './ticket.ts';

const ROUTE_MS = 20;
const TICK_MS = 500;
/** A market order trades about a second after it was placed. */
const MARKET_ORDER_MS = 1_000;

export interface Exchange {
  submit(account: Account, tickets: Ticket[]): Order[];
  modify(order: Order, ticket: Ticket): void;
  cancel(order: Order): void;
  /** Trades now, whatever the market says. */
  fill(order: Order, size: number, price: number): void;
  reject(order: Order, reason: string): void;
  find(id: number): Order | undefined;
  /** Every order of the session, oldest first. */
  orders(): Order[];
}

export function createExchange(deps: {
  clock: Clock;
  random: Random;
  contracts: Contracts;
  market: Market;
  happenings: Happenings;
  accounts: Account[];
}): Exchange {
  const { clock, market, happenings } = deps;
  const orders = new Map<number, Order>();
  let nextId = deps.random.integer(300_000_000, 900_000_000);
  let ticking = false;

  const emit = (order: Order, change: 'created' | 'marker' | 'status' | 'full'): void =>
    happenings.emit({ kind: 'order', order, change });

  const move = (order: Order, status: Status, change: 'status' | 'full' = 'status'): void => {
    order.status = status;
    order.changedMs = clock.now();
    emit(order, change);
  };

  /** From PreSubmitted on: stops and closing orders rest there, a child waits for its parent. */
  const route = (order: Order): void => {
    const rests = ['STP', 'STOP_LIMIT', 'TRAIL', 'TRAILLMT', 'MOC', 'LOC'].includes(order.ticket.orderType);
    const waits = order.parent !== undefined && order.parent.status !== 'Filled';
    if (order.status === 'PreSubmitted' && !rests && !waits && !market.closed) move(order, 'Submitted');
    tickWhileOpen();
  };

  const tickWhileOpen = (): void => {
    if (ticking) return;
    ticking = true;
    const again = (): void => {
      for (const order of orders.values()) if (isOpen(order)) work(order);
      ticking = [...orders.values()].some(isOpen);
      if (ticking) clock.setTimeout(again, TICK_MS);
    };
    clock.setTimeout(again, TICK_MS);
  };

  const work = (order: Order): void => {
    const nowMs = clock.now();
    const { ticket } = order;
    if (ticket.tif === 'DAY' && newYorkMidnight(order.placedMs) !== newYorkMidnight(nowMs)) {
      finishCancel(order);
      return;
    }
    const waits = order.parent !== undefined && order.parent.status !== 'Filled';
    if (order.status === 'PendingSubmit' || waits || market.closed || market.halted(ticket.conid)) return;
    const price = fillPrice(order, touchOf(market, ticket));
    const early = ticket.orderType === 'MKT' && nowMs - order.placedMs < MARKET_ORDER_MS;
    if (price !== undefined && !early) fill(order, pieceOf(order), price);
    else if (ticket.tif === 'IOC' && !early) finishCancel(order);
  };

  const fill = (order: Order, size: number, price: number): void => {
    const account = deps.accounts.find(({ id }) => id === order.accountId);
    if (account === undefined) return;
    opening(deps, account);
    const traded = round(Math.min(size, remaining(order)), 8);
    order.averagePrice = (order.averagePrice * order.filled + price * traded) / (order.filled + traded);
    order.filled = round(order.filled + traded, 8);
    order.lastPrice = price;
    order.changedMs = clock.now();
    const parts =
      order.ticket.legs.length === 0
        ? [{ instrument: order.ticket.instrument, ratio: 1, price }]
        : order.ticket.legs.map((leg) => ({ ...leg, price: market.touch(leg.instrument).last }));
    for (const { instrument, ratio, price: partPrice } of parts) {
      const side = (order.ticket.side === 'BUY') === ratio > 0 ? 'BUY' : 'SELL';
      const execution = applyFill(deps, {
        account,
        order,
        instrument,
        side,
        size: traded * Math.abs(ratio),
        price: partPrice,
      });
      happenings.emit({ kind: 'trade', execution });
    }
    if (remaining(order) > 0) {
      move(order, 'Submitted', 'full');
      return;
    }
    move(order, 'Filled', 'full');
    for (const other of orders.values()) {
      if (other.parent === order) route(other);
      else if (other !== order && order.group !== undefined && other.group === order.group) cancel(other);
    }
  };

  const finishCancel = (order: Order): void => {
    if (!isOpen(order) && order.status !== 'PendingCancel') return;
    move(order, 'Cancelled');
    for (const child of orders.values()) if (child.parent === order && isOpen(child)) finishCancel(child);
  };

  const cancel = (order: Order): void => {
    if (!isOpen(order)) return;
    clock.setTimeout(() => {
      if (!isOpen(order)) return;
      move(order, 'PendingCancel', 'full');
      clock.setTimeout(() => finishCancel(order), ROUTE_MS);
    }, ROUTE_MS);
  };

  const toOrder = (account: Account, ticket: Ticket): Order => ({
    id: nextId++,
    accountId: account.id,
    ticket,
    status: 'Inactive',
    filled: 0,
    averagePrice: 0,
    lastPrice: 0,
    placedMs: clock.now(),
    changedMs: clock.now(),
    parent: undefined,
    group: undefined,
    trail: undefined,
    triggered: false,
    reason: undefined,
  });

  return {
    submit: (account, tickets) => {
      const placed = tickets.map((ticket) => toOrder(account, ticket));
      const known = [...orders.values(), ...placed];
      const batch = deps.random.hex(8);
      for (const order of placed) {
        const { parentId, singleGroup } = order.ticket;
        order.parent =
          parentId === undefined ? undefined : known.find(({ ticket }) => ticket.localId === parentId);
        // The children of one parent are its profit taker and its stop: whichever fills ends the other.
        if (order.parent !== undefined) order.group = `children of ${order.parent.id}`;
        else if (singleGroup) order.group = batch;
      }
      for (const order of placed) {
        orders.set(order.id, order);
        emit(order, 'created');
        emit(order, 'marker');
        move(order, 'PendingSubmit');
        clock.setTimeout(() => {
          if (order.status !== 'PendingSubmit') return;
          move(order, 'PreSubmitted');
          clock.setTimeout(() => route(order), ROUTE_MS);
        }, ROUTE_MS);
      }
      return placed;
    },
    modify: (order, ticket) => {
      order.ticket = { ...ticket, localId: order.ticket.localId, parentId: order.ticket.parentId };
      order.trail = undefined;
      order.triggered = false;
      move(order, remaining(order) === 0 ? 'Filled' : order.status, 'full');
    },
    cancel,
    fill,
    reject: (order, reason) => {
      order.reason = reason;
      move(order, 'Inactive', 'full');
      const id = deps.random.hex(12);
      happenings.emit({ kind: 'notice', id, title: `Order ${order.id} was rejected`, text: reason });
    },
    find: (id) => orders.get(id),
    orders: () => [...orders.values()],
  };
}
