// At what price an order could trade now, and what it would have to move to trade at all.
import { toTick } from '../figures.ts';
import type { Market, Touch } from '../market/market.ts';
import { remaining, type Order } from './order.ts';
import type { Ticket } from './ticket.ts';

/** The market of a ticket's contract, or of the sum of its legs. */
export function touchOf(market: Market, ticket: Pick<Ticket, 'instrument' | 'legs'>): Touch {
  if (ticket.legs.length === 0) return market.touch(ticket.instrument);
  const sum = { bid: 0, ask: 0, last: 0 };
  for (const { instrument, ratio } of ticket.legs) {
    const quote = market.touch(instrument);
    sum.bid += ratio * (ratio > 0 ? quote.bid : quote.ask);
    sum.ask += ratio * (ratio > 0 ? quote.ask : quote.bid);
    sum.last += ratio * quote.last;
  }
  const { tick } = ticket.instrument;
  return { bid: toTick(sum.bid, tick), ask: toTick(sum.ask, tick), last: toTick(sum.last, tick) };
}

/** What an aggressive order of this side pays or gets. */
export const marketable = ({ bid, ask }: Touch, side: 'BUY' | 'SELL'): number => (side === 'BUY' ? ask : bid);

/** The price of a fill now, or undefined while the order has to wait. Moves stops and trails on the way. */
export function fillPrice(order: Order, touch: Touch): number | undefined {
  const { ticket } = order;
  const { side, price } = ticket;
  const now = marketable(touch, side);
  const within = (limit: number | undefined): number | undefined =>
    limit !== undefined && (side === 'BUY' ? now <= limit : now >= limit) ? now : undefined;

  switch (ticket.orderType) {
    case 'MKT':
      return now;
    case 'LMT':
      return within(price);
    case 'MIDPRICE':
      return toTick((touch.bid + touch.ask) / 2, ticket.instrument.tick);
    case 'STP':
      return trigger(order, touch, price) ? now : undefined;
    case 'STOP_LIMIT':
      return trigger(order, touch, ticket.auxPrice) ? within(price) : undefined;
    case 'TRAIL':
      return trigger(order, touch, trailStop(order, touch)) ? now : undefined;
    case 'TRAILLMT':
      return trigger(order, touch, trailStop(order, touch)) ? within(price ?? now) : undefined;
    case 'MOC':
    case 'LOC':
      return undefined;
  }
}

/** Big orders trade in pieces, a third at a time. */
export function pieceOf(order: Order): number {
  const { quantity, allOrNone } = order.ticket;
  const whole = allOrNone || quantity < 200;
  return Math.min(remaining(order), whole ? quantity : Math.ceil(quantity / 3));
}

export function crosses(side: 'BUY' | 'SELL', last: number, stop: number): boolean {
  return side === 'BUY' ? last >= stop : last <= stop;
}

function trigger(order: Order, { last }: Touch, stop: number | undefined): boolean {
  order.triggered ||= stop !== undefined && crosses(order.ticket.side, last, stop);
  return order.triggered;
}

function trailStop(order: Order, { last }: Touch): number {
  const { side, trailingAmount = 0, trailingPercent } = order.ticket;
  const best =
    side === 'BUY' ? Math.min(order.trail?.best ?? last, last) : Math.max(order.trail?.best ?? last, last);
  const distance = trailingPercent ? (best * trailingAmount) / 100 : trailingAmount;
  const stop = side === 'BUY' ? best + distance : best - distance;
  order.trail = { best, stop };
  return stop;
}
