// What an order would do to the account: the check behind rejects, and the what-if answer with its formatted texts.
import type { Clock } from '../../clock.ts';
import type { Contracts } from '../contracts/contracts.ts';
import { amount, grouped } from '../figures.ts';
import type { Market } from '../market/market.ts';
import type { Account } from '../portfolio/book.ts';
import { commissionOf } from '../portfolio/commission.ts';
import { marginOf, valuate } from '../portfolio/valuation.ts';
import { marketable, touchOf } from './prices.ts';
import type { Ticket } from './ticket.ts';

interface Deps {
  clock: Clock;
  contracts: Contracts;
  market: Market;
}

export interface Cost {
  price: number;
  /** In dollars, as are all that follow. */
  value: number;
  commission: number;
  /** Change of the initial margin by this order alone; negative when it closes something. */
  initialChange: number;
  initial: number;
  available: number;
  shortfall: number;
}

export function costOf(deps: Deps, account: Account, ticket: Ticket): Cost {
  const { instrument, quantity, side } = ticket;
  const { availableFunds } = valuate(deps, account);
  const price = ticket.price ?? marketable(touchOf(deps.market, ticket), side);
  const rate = deps.market.rate(instrument.currency, 'USD');
  const value = Math.abs(quantity * price * instrument.multiplier * rate);
  const commission = commissionOf(instrument, quantity, Math.abs(price));
  const held = account.positions.get(instrument.conid)?.quantity ?? 0;
  const after = held + (side === 'BUY' ? quantity : -quantity);
  const unit = value / quantity;
  const initialChange = marginOf(instrument, after, after * unit) - marginOf(instrument, held, held * unit);
  // Options bought are paid in full; everything else is held on margin.
  const premium = instrument.secType === 'OPT' && side === 'BUY' ? value : 0;
  const initial = Math.max(initialChange, 0) + premium + commission;
  return {
    price,
    value,
    commission,
    initialChange,
    initial,
    available: availableFunds,
    shortfall: initial - availableFunds,
  };
}

export function preview(
  deps: Deps,
  account: Account,
  ticket: Ticket,
  warning: string | null,
): Record<string, unknown> {
  const worth = valuate(deps, account);
  const cost = costOf(deps, account, ticket);
  const { instrument, quantity, side } = ticket;
  const { currency } = instrument;
  const enough = cost.shortfall <= 0;
  const unit =
    instrument.secType === 'STK' ? 'Shares' : instrument.secType === 'CASH' ? currency : 'Contracts';
  const native = cost.value / deps.market.rate(currency, 'USD');
  const change = (current: number, by: number): Record<string, string> => ({
    current: grouped(current),
    change: grouped(by),
    after: grouped(current + by),
  });
  const held = account.positions.get(ticket.conid)?.quantity ?? 0;
  const warn = warning === null ? null : `21/${warning}`;
  const error = `Available funds of ${amount(cost.available, 'USD', 2)} do not cover ${amount(cost.initial, 'USD', 2)}`;
  return {
    amount: {
      amount: `${amount(native, currency, 2)} (${grouped(quantity, Number.isInteger(quantity) ? 0 : 4)} ${unit})`,
      commission: enough ? amount(cost.commission, 'USD', 2) : 'NA',
      total: amount(native + (enough ? cost.commission : 0), currency, 2),
    },
    equity: enough ? change(worth.netLiquidation, -cost.commission) : null,
    initial: enough ? change(worth.initialMargin, cost.initialChange) : null,
    maintenance: enough ? change(worth.maintenanceMargin, cost.initialChange * 0.9) : null,
    position: enough ? change(held, side === 'BUY' ? quantity : -quantity) : null,
    warn,
    error: enough ? null : error,
    warns: warn === null ? [] : [warn],
    errors: enough ? [] : [error],
    accruedInterest: null,
    action: side,
    order_id: null,
    cqe: {},
    data: [],
  };
}
