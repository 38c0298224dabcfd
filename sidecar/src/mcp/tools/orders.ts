// Orders, executions and alerts as they are; nothing here changes any.

import type { Accounts } from '../accounts.ts';
import type { Ask } from '../calls.ts';
import { flag, known, number, record, records, text, time, whole, type Json } from '../reading.ts';
import type { Tools } from '../tool.ts';

/** IBKR Web API documentation, order status. */
const over: ReadonlySet<string> = new Set(['Filled', 'Cancelled', 'Inactive']);

export const isWorking = (order: Json): boolean => !over.has(text(order['status']) ?? '');

export function orderTools(deps: { ask: Ask; accounts: Accounts }): Tools {
  const { ask, accounts } = deps;
  return {
    async list_orders(args, caller) {
      const account = args['account_id'];
      const accountId = account === undefined ? undefined : await accounts.resolve(caller, account);
      const orders = (await openOrders(ask, caller, accountId)).filter(
        (order) => args['all'] === true || isWorking(order),
      );
      return { json: { orders: orders.slice(0, whole(args['limit'])), total: orders.length } };
    },

    async order_status(args, caller) {
      return { json: await statusOf(ask, caller, args['order_id']) };
    },

    async trades(args, caller) {
      const account = args['account_id'];
      const accountId = account === undefined ? undefined : await accounts.resolve(caller, account);
      const answer = await ask(caller, 'getTradeHistory', { params: { days: args['days'] ?? 1 } });
      const symbol = text(args['symbol'])?.toUpperCase();
      const rows = records(answer)
        .map(tradeOf)
        .filter((row) => accountId === undefined || row['account_id'] === accountId)
        .filter((row) => symbol === undefined || row['symbol'] === symbol)
        .sort((one, other) => String(other['time']).localeCompare(String(one['time'])));
      return { json: { trades: rows.slice(0, whole(args['limit'])), total: rows.length } };
    },

    async list_alerts(args, caller) {
      const accountId = await accounts.resolve(caller, args['account_id']);
      const rows = records(await ask(caller, 'getAllAlerts', { params: { accountId } }));
      return { json: { account_id: accountId, alerts: rows.map(alertOf) } };
    },
  };
}

/** As IBKR lists them: those of this session, working or not. */
export async function openOrders(
  ask: Ask,
  caller: Parameters<Ask>[0],
  accountId: string | undefined,
): Promise<Json[]> {
  const answer = record(await ask(caller, 'getOpenOrders', { params: { accountId } }));
  return records(answer['orders'])
    .map(orderOf)
    .filter((order) => accountId === undefined || order['account_id'] === accountId);
}

export async function statusOf(ask: Ask, caller: Parameters<Ask>[0], orderId: unknown): Promise<Json> {
  return orderFromStatus(record(await ask(caller, 'getOrderStatus', { params: { orderId } })));
}

export function orderOf(row: Json): Json {
  return known({
    order_id: whole(row['orderId']),
    account_id: text(row['acct']) ?? text(row['account']),
    conid: whole(row['conid']),
    symbol: text(row['ticker']),
    side: text(row['side']),
    order_type: text(row['origOrderType']) ?? text(row['orderType']),
    quantity: number(row['totalSize']),
    filled: number(row['filledQuantity']),
    remaining: number(row['remainingQuantity']),
    price: number(row['price']),
    stop_price: number(row['auxPrice']),
    average_price: number(row['avgPrice']),
    tif: text(row['timeInForce']),
    status: text(row['status']),
    description: text(row['orderDesc']),
    order_ref: text(row['order_ref']),
    updated_at: time(row['lastExecutionTime_r']),
  });
}

function orderFromStatus(row: Json): Json {
  return known({
    order_id: whole(row['order_id']),
    account_id: text(row['account']) ?? text(row['order_clearing_account']),
    conid: whole(row['conid']),
    symbol: text(row['symbol']),
    side: text(row['side']),
    order_type: text(row['order_type']),
    quantity: number(row['total_size']),
    filled: number(row['cum_fill']) ?? number(row['filled_quantity']),
    remaining: number(row['remaining_quantity']) ?? number(row['size']),
    price: number(row['limit_price']),
    stop_price: number(row['stop_price']),
    average_price: number(row['average_price']) ?? number(row['avg_fill_price']),
    tif: text(row['tif']),
    status: text(row['order_status']),
    description: text(row['order_description_with_contract']) ?? text(row['order_desc']),
  });
}

/** `B` and `S` in one answer, `BOT` and `SLD` in another. */
const sides: Readonly<Record<string, string>> = { B: 'BUY', S: 'SELL', BOT: 'BUY', SLD: 'SELL' };

export function tradeOf(row: Json): Json {
  const side = text(row['side']) ?? '';
  return known({
    execution_id: text(row['execution_id']),
    time: time(row['trade_time_r']),
    account_id: text(row['account']) ?? text(row['accountCode']),
    order_id: whole(row['order_id']),
    conid: whole(row['conid']),
    symbol: text(row['symbol']),
    side: sides[side] ?? side,
    quantity: number(row['size']),
    price: number(row['price']),
    commission: number(row['commission']),
    net_amount: number(row['net_amount']),
    exchange: text(row['exchange']),
  });
}

const alertOf = (row: Json): Json =>
  known({
    alert_id: whole(row['order_id']),
    name: text(row['alert_name']),
    active: flag(row['alert_active']),
    triggered: flag(row['alert_triggered']),
    repeatable: flag(row['alert_repeatable']),
    time: text(row['order_time']),
  });
