// Live orders, the status of one, and trades. The first live-orders call of a session answers empty (observed), and
// `force` empties it again.
import type { Handlers } from '../../call.ts';
import { commaList, toFlag, toNumber } from '../reading.ts';
import { badRequest, unavailable } from '../refusal.ts';
import { newYorkMidnight, DAY_MS } from '../times.ts';
import { trade } from '../portfolio/trades.ts';
import { isOpen, type Order } from './order.ts';
import { liveOrder, orderStatus } from './views.ts';

const MAX_ORDERS = 1_000;
/** How long the servers look for an order they do not have, as observed. */
const SEARCH_MS = 5_000;

/** "pre_submitted" and "PreSubmitted" mean the same. */
const plain = (text: string): string => text.toLowerCase().replaceAll('_', '');

export const orderHandlers: Handlers = {
  getOpenOrders: (call, world) => {
    const filters = commaList(call.query.getAll('filters')).map(plain);
    const primed = world.primed.orders && !toFlag(call.query.get('force'));
    world.primed.orders = true;
    world.orderDetails = filters.length === 0;
    if (!primed) return { json: { orders: [], snapshot: false } };

    const accountId = call.query.get('accountId') ?? world.selectedAccount().id;
    const today = newYorkMidnight(world.clock.now());
    const statuses = filters.filter((filter) => filter !== 'sortbytime');
    const shown = world.exchange
      .orders()
      .filter((order) => order.accountId === accountId && (isOpen(order) || order.changedMs >= today))
      .filter((order) => statuses.length === 0 || statuses.includes(plain(order.status)))
      .sort(byTime(filters.includes('sortbytime')))
      .slice(0, MAX_ORDERS);
    return { json: { orders: shown.map(liveOrder), snapshot: true } };
  },

  getOrderStatus: (call, world) => {
    const id = call.params.orderId ?? '';
    const order = world.exchange.find(Number(id));
    if (order?.accountId !== world.selectedAccount().id)
      throw unavailable(`Order ${id} is not found`, SEARCH_MS);
    return { json: orderStatus(order) };
  },

  getTradeHistory: (call, world) => {
    const days = toNumber(call.query.get('days') ?? 1);
    if (days === undefined || days < 1 || days > 7) throw badRequest('days must be from 1 to 7');
    const since = newYorkMidnight(world.clock.now()) - (days - 1) * DAY_MS;
    const accountId = call.query.get('accountId');
    const executions = world.accounts
      .filter(({ id }) => accountId === null || id === accountId)
      .flatMap((account) => account.executions)
      .filter(({ atMs }) => atMs >= since)
      .sort((a, b) => b.atMs - a.atMs);
    return { json: executions.map((execution) => trade(execution)) };
  },
};

const byTime =
  (wanted: boolean) =>
  (a: Order, b: Order): number =>
    wanted ? b.placedMs - a.placedMs : b.id - a.id;
