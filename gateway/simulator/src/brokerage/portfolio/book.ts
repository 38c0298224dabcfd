// Who owns what: cash, positions and executions of each account. A fill is the only thing that changes them.
import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';
import type { Instrument } from '../contracts/instrument.ts';
import type { Order } from '../orders/order.ts';
import { commissionOf } from './commission.ts';

export interface Position {
  conid: number;
  quantity: number;
  /** Money for one unit with multiplier and commission: avgCost of the brokerage. */
  averageCost: number;
  realized: number;
}

export interface Execution {
  id: string;
  order: Order;
  /** What was traded: the order's instrument, or one leg of a combination. */
  instrument: Instrument;
  side: 'BUY' | 'SELL';
  size: number;
  price: number;
  commission: number;
  atMs: number;
  positionAfter: number;
}

export interface Account {
  id: string;
  title: string;
  alias: string | null;
  openedMs: number;
  cash: Map<string, number>;
  positions: Map<number, Position>;
  executions: Execution[];
  /** Net liquidation at the start of the day, for the daily profit. */
  opening: { dayMs: number; netLiquidation: number };
}

export interface Fill {
  account: Account;
  order: Order;
  instrument: Instrument;
  side: 'BUY' | 'SELL';
  size: number;
  price: number;
}

export function applyFill(deps: { clock: Clock; random: Random }, fill: Fill): Execution {
  const { account, instrument, size, price } = fill;
  const commission = commissionOf(instrument, size, price);
  const signed = fill.side === 'BUY' ? size : -size;
  const value = signed * price * instrument.multiplier;

  addCash(account, instrument.secType === 'CASH' ? 'USD' : instrument.currency, -commission);
  let positionAfter = signed;
  if (instrument.secType === 'CASH') {
    addCash(account, instrument.symbol, signed);
    addCash(account, instrument.currency, -value);
  } else {
    const held = account.positions.get(instrument.conid) ?? emptyPosition(instrument.conid);
    const next = afterTrade(held, signed, price * instrument.multiplier, commission);
    // A future is settled by its gains; its price never leaves the account.
    addCash(account, instrument.currency, instrument.secType === 'FUT' ? next.gain : -value);
    account.positions.set(instrument.conid, next.position);
    positionAfter = next.position.quantity;
  }

  const execution: Execution = {
    id: `${deps.random.hex(8)}.${deps.random.hex(8)}.01.01`,
    order: fill.order,
    instrument,
    side: fill.side,
    size,
    price,
    commission,
    atMs: deps.clock.now(),
    positionAfter,
  };
  account.executions.push(execution);
  return execution;
}

/** A position after buying (or, with a negative size, selling) at `unitPrice` a unit. */
export function afterTrade(
  held: Position,
  signed: number,
  unitPrice: number,
  commission: number,
): { position: Position; gain: number } {
  const direction = Math.sign(signed);
  const grows = held.quantity === 0 || Math.sign(held.quantity) === direction;
  if (grows) {
    const cost =
      Math.abs(held.quantity) * held.averageCost + Math.abs(signed) * unitPrice + direction * commission;
    const quantity = held.quantity + signed;
    return { position: { ...held, quantity, averageCost: cost / Math.abs(quantity) }, gain: 0 };
  }
  const closed = Math.min(Math.abs(held.quantity), Math.abs(signed));
  const gain = closed * (unitPrice - held.averageCost) * Math.sign(held.quantity);
  const quantity = held.quantity + signed;
  const turned = Math.sign(quantity) === direction;
  return {
    position: {
      ...held,
      quantity,
      averageCost: turned ? unitPrice : held.averageCost,
      realized: held.realized + gain - commission,
    },
    gain,
  };
}

export function emptyPosition(conid: number): Position {
  return { conid, quantity: 0, averageCost: 0, realized: 0 };
}

/** Open positions in the order they were first held. */
export function openPositions(account: Account): Position[] {
  return [...account.positions.values()].filter((position) => position.quantity !== 0);
}

function addCash(account: Account, currency: string, amount: number): void {
  account.cash.set(currency, (account.cash.get(currency) ?? 0) + amount);
}
