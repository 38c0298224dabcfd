// An order as the three places that show it write it: live orders and `sor` in camel case, status in snake case.
import { describe } from '../contracts/contracts.ts';
import { decimal, decimals, grouped, round } from '../figures.ts';
import { shortStamp } from '../times.ts';
import { isOpen, remaining, type Order, type Status } from './order.ts';
import { orderTypes } from './ticket.ts';

const colours: Record<Status, { bgColor: string; fgColor: string }> = {
  Inactive: { bgColor: '#FFFFFF', fgColor: '#0000CC' },
  PendingSubmit: { bgColor: '#000000', fgColor: '#3366CC' },
  PreSubmitted: { bgColor: '#000000', fgColor: '#00F0F0' },
  Submitted: { bgColor: '#000000', fgColor: '#00F000' },
  Filled: { bgColor: '#FFFFFF', fgColor: '#000000' },
  PendingCancel: { bgColor: '#000000', fgColor: '#CC00CC' },
  Cancelled: { bgColor: '#FFFFFF', fgColor: '#CC0000' },
};

/** The clearing side writes some statuses with a blank. */
const clearingStatus: Partial<Record<Status, string>> = {
  PendingSubmit: 'Pending Submit',
  PendingCancel: 'Pending Cancel',
};

export function liveOrder(order: Order): Record<string, unknown> {
  const { ticket } = order;
  const { instrument } = ticket;
  const type = orderTypes[ticket.orderType];
  return {
    acct: order.accountId,
    exchange: ticket.conidEx.split('@')[1] ?? 'SMART',
    conidex: ticket.conidEx,
    conid: ticket.conid,
    account: order.accountId,
    orderId: order.id,
    cashCcy: instrument.currency,
    sizeAndFills: sizeAndFills(order),
    orderDesc: description(order),
    description1: describe(instrument),
    ticker: instrument.symbol,
    secType: ticket.legs.length > 0 ? 'BAG' : instrument.secType,
    listingExchange: instrument.listing,
    remainingQuantity: remaining(order),
    filledQuantity: order.filled,
    totalSize: ticket.quantity,
    ...(ticket.cashQuantity !== undefined && { totalCashSize: ticket.cashQuantity }),
    companyName: instrument.name,
    status: order.status,
    order_ccp_status: clearingStatus[order.status] ?? order.status,
    ...(order.filled > 0 && { avgPrice: averageText(order) }),
    origOrderType: type.origin,
    supportsTaxOpt: '1',
    lastExecutionTime: shortStamp(order.changedMs),
    orderType: type.label,
    ...colours[order.status],
    ...(ticket.localId !== undefined && { order_ref: ticket.localId }),
    ...(order.parent !== undefined && { parentId: order.parent.id }),
    ...(ticket.auxPrice !== undefined && { auxPrice: priceText(order, ticket.auxPrice) }),
    isEventTrading: '0',
    price: priceText(order, ticket.price),
    timeInForce: ticket.tif === 'DAY' ? 'CLOSE' : ticket.tif,
    lastExecutionTime_r: order.changedMs,
    side: ticket.side,
  };
}

export function orderStatus(order: Order): Record<string, unknown> {
  const { ticket } = order;
  const { instrument } = ticket;
  const { bgColor, fgColor } = colours[order.status];
  const text = description(order);
  const open = isOpen(order);
  return {
    sub_type: null,
    request_id: String(order.id % 100_000),
    server_id: '0',
    order_id: order.id,
    conidex: ticket.conidEx,
    conid: ticket.conid,
    symbol: instrument.symbol,
    side: ticket.side,
    contract_description_1: describe(instrument),
    listing_exchange: instrument.listing,
    is_event_trading: '0',
    option_acct: 'c',
    company_name: instrument.name,
    order_desc: text,
    size: decimal(remaining(order)),
    total_size: decimal(ticket.quantity),
    total_cash_size: decimal(ticket.cashQuantity ?? 0),
    currency: instrument.currency,
    account: order.accountId,
    order_type: orderTypes[ticket.orderType].origin,
    ...(ticket.price !== undefined && { limit_price: priceText(order, ticket.price) }),
    ...(ticket.auxPrice !== undefined && { stop_price: priceText(order, ticket.auxPrice) }),
    price: ticket.price === undefined ? '0.0' : priceText(order, ticket.price),
    cum_fill: decimal(order.filled),
    filled_quantity: decimal(order.filled),
    remaining_quantity: decimal(remaining(order)),
    ...(order.filled > 0 && {
      fill_price: averageText(order),
      avg_fill_price: averageText(order),
      average_price: averageText(order),
      last_fill_price: priceText(order, order.lastPrice),
    }),
    order_status: order.status,
    order_ccp_status: clearingStatus[order.status] ?? order.status,
    order_status_description: order.reason ?? `Order ${order.status}`,
    tif: ticket.tif,
    fg_color: fgColor,
    bg_color: bgColor,
    order_not_editable: !open,
    editable_fields: open ? '\u001e' : '',
    cannot_cancel_order: !open,
    outside_rth: ticket.outsideRth,
    all_or_none: ticket.allOrNone,
    deactivate_order: false,
    use_price_mgmt_algo: false,
    sec_type: instrument.secType,
    available_chart_periods: '#R|1',
    order_description: text,
    order_description_with_contract: text,
    clearing_id: 'IB',
    clearing_name: 'IB',
    alert_active: 0,
    child_order_type: order.parent === undefined ? '0' : '1',
    order_clearing_account: order.accountId,
    size_and_fills: `${order.filled}/${ticket.quantity}`,
    exit_strategy_display_price: order.filled > 0 ? averageText(order) : '0.0',
    exit_strategy_chart_description: order.filled > 0 ? `${text} @ ${averageText(order)}` : '',
    exit_strategy_tool_availability: order.filled > 0 ? '1' : '0',
    allowed_duplicate_opposite: true,
    order_time: shortStamp(order.placedMs),
  };
}

/** The short `sor` frame between the first and the last. */
export function statusChange(order: Order): Record<string, unknown> {
  return {
    acct: order.accountId,
    orderId: order.id,
    status: order.status,
    fgColor: colours[order.status].fgColor,
  };
}

function sizeAndFills({ filled, ticket, status }: Order): string {
  return status === 'Filled' ? grouped(filled) : `${grouped(filled)}/${grouped(ticket.quantity)}`;
}

function description({ ticket, status }: Order): string {
  const verbs = status === 'Filled' ? { BUY: 'Bought', SELL: 'Sold' } : { BUY: 'Buy', SELL: 'Sell' };
  const price = ticket.price === undefined ? '' : ` ${ticket.price.toFixed(2)}`;
  const tif = ticket.tif === 'DAY' ? 'Day' : ticket.tif;
  return `${verbs[ticket.side]} ${ticket.quantity} ${describe(ticket.instrument)} ${orderTypes[ticket.orderType].label}${price}, ${tif}`;
}

function averageText(order: Order): string {
  return String(round(order.averagePrice, decimals(order.ticket.instrument.tick) + 2));
}

function priceText({ ticket }: Order, price: number | undefined): string {
  return price === undefined ? '' : price.toFixed(decimals(ticket.instrument.tick));
}
