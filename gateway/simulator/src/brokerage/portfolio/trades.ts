// An execution as /iserver/account/trades and the `str` frames write it: prices and commission as text, sizes as
// numbers, the side as one letter (observed through the Gateway).
import { describe } from '../contracts/contracts.ts';
import { decimals, round } from '../figures.ts';
import { stamp } from '../times.ts';
import type { Execution } from './book.ts';

export function trade(execution: Execution): Record<string, unknown> {
  return { ...uncommissioned(execution), commission: String(round(execution.commission, 2)) };
}

/** The first frame of a trade comes before its commission is known. */
export function uncommissioned(execution: Execution): Record<string, unknown> {
  const { instrument, order, side, size, price } = execution;
  const exchange = instrument.exchanges.at(-1) ?? instrument.listing;
  const priceText = price.toFixed(decimals(instrument.tick));
  const signed = side === 'BUY' ? -1 : 1;
  return {
    execution_id: execution.id,
    symbol: instrument.symbol,
    supports_tax_opt: '1',
    side: side === 'BUY' ? 'B' : 'S',
    order_description: `${side === 'BUY' ? 'Bot' : 'Sold'} ${size} @ ${priceText} on ${exchange}`,
    trade_time: stamp(execution.atMs),
    trade_time_r: execution.atMs,
    size,
    price: priceText,
    ...(order.ticket.localId !== undefined && { order_ref: order.ticket.localId }),
    submitter: order.accountId,
    exchange,
    net_amount: round(signed * size * price * instrument.multiplier, 2),
    account: order.accountId,
    accountCode: order.accountId,
    account_allocation_name: order.accountId,
    company_name: instrument.name,
    contract_description_1: describe(instrument),
    sec_type: instrument.secType,
    listing_exchange: instrument.listing,
    conid: instrument.conid,
    conidEx: String(instrument.conid),
    position: String(execution.positionAfter),
    clearing_id: 'IB',
    clearing_name: 'IB',
    liquidation_trade: '0',
    is_event_trading: '0',
    order_id: order.id,
  };
}
