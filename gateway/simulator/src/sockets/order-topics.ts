// sor: orders, silent while there are none, then the short life of each as frames (observed: the whole order, a
// marker, statuses, the whole order again). str: an empty list, then one frame a trade, once more with commission,
// and again and again.
import type { Happening } from '../brokerage/happenings.ts';
import type { Order } from '../brokerage/orders/order.ts';
import { liveOrder, statusChange } from '../brokerage/orders/views.ts';
import type { Execution } from '../brokerage/portfolio/book.ts';
import { trade, uncommissioned } from '../brokerage/portfolio/trades.ts';
import { toFlag, toList, toNumber, toText } from '../brokerage/reading.ts';
import { DAY_MS, newYorkMidnight } from '../brokerage/times.ts';
import type { Request } from './frame.ts';
import type { Connection, Topic } from './subscription.ts';

const COMMISSION_MS = 300;
/** A few trades made 277 frames a minute on a live account. */
const AGAIN_MS = 3_000;

export const orderTopics: Record<string, Topic> = {
  sor: { brokerage: true, run: subscribeOrders },
  uor: { brokerage: true, run: (connection) => void connection.drop('sor') },
  str: { brokerage: true, run: subscribeTrades },
  utr: { brokerage: true, run: (connection) => void connection.drop('str') },
};

function subscribeOrders(connection: Connection, { args }: Request): void {
  const { world } = connection;
  const filters = toList(args?.filters).flatMap((filter) => toText(filter) ?? []);
  const wanted = ({ status }: Order): boolean => filters.length === 0 || filters.includes(status);
  const send = (order: Record<string, unknown>): void => connection.send({ topic: 'sor', args: [order] });

  const today = newYorkMidnight(world.clock.now());
  const known = world.exchange.orders().filter((order) => order.changedMs >= today && wanted(order));
  if (known.length > 0) connection.send({ topic: 'sor', args: known.map(liveOrder) });
  const stop = world.happenings.on((happening) => {
    if (happening.kind !== 'order' || !wanted(happening.order)) return;
    send(orderFrame(happening, world.orderDetails));
  });
  connection.keep('sor', { brokerage: true, stop });
}

function orderFrame(
  { order, change }: Extract<Happening, { kind: 'order' }>,
  details: boolean,
): Record<string, unknown> {
  if (change === 'marker') return { acct: order.accountId, orderId: order.id };
  return change === 'status' || !details ? statusChange(order) : liveOrder(order);
}

function subscribeTrades(connection: Connection, { args = {} }: Request): void {
  const { world, clock } = connection;
  const since = newYorkMidnight(world.clock.now()) - ((toNumber(args.days) ?? 1) - 1) * DAY_MS;
  const shown: Execution[] = [];
  const send = (frame: Record<string, unknown>): void => connection.send({ topic: 'str', args: [frame] });
  const show = (execution: Execution): void => {
    send(uncommissioned(execution));
    clock.setTimeout(() => {
      if (connection.kept('str').length === 0) return;
      shown.push(execution);
      send(trade(execution));
    }, COMMISSION_MS);
  };

  connection.send({ topic: 'str', args: [] });
  const again = clock.every(AGAIN_MS, () => {
    for (const execution of shown) send(trade(execution));
  });
  const stopListening = world.happenings.on((happening) => {
    if (happening.kind === 'trade') show(happening.execution);
  });
  connection.keep('str', {
    brokerage: true,
    stop: () => {
      again.cancel();
      stopListening();
    },
  });
  if (toFlag(args.realtimeUpdatesOnly)) return;
  const past = world.accounts.flatMap(({ executions }) => executions).filter(({ atMs }) => atMs >= since);
  for (const execution of past) show(execution);
}
