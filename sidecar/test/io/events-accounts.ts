// Holds what a reader was told against what happened. Every difference is a sentence; no sentence is the proof.

import type { Told } from './events-reader.ts';
import type { Ledger } from './events-trader.ts';

/** What is wrong with the trades a reader was told, if its stream is complete. */
export function faultsOfTrades(events: readonly Told[], { executions }: Ledger): string[] {
  const trades = events.filter(({ topic }) => topic === 'trades');
  const told = new Map<string, Told[]>();
  for (const event of trades) {
    const id = String(event.payload['execution_id']);
    told.set(id, [...(told.get(id) ?? []), event]);
  }
  return [
    ...faultsOfOrder(events),
    ...[...told.keys()].filter((id) => !executions.has(id)).map((id) => `execution ${id} never happened`),
    ...[...executions].flatMap(([id, execution]) => {
      const versions = told.get(id) ?? [];
      const commissions = versions.map(({ payload }) => commissionOf(payload));
      return [
        ...(commissions.includes(commissionOf(execution)) ? [] : [`execution ${id} is missing`]),
        ...repeated(commissions).map((commission) => `execution ${id} (${commission}) was told twice`),
        ...versions
          .filter((event) => event.execution_id !== id)
          .map(() => `execution ${id} lacks its execution_id`),
      ];
    }),
    ...outOfTime(trades, false),
  ];
}

/** What is wrong with the orders a reader was told, if its stream is complete. */
export function faultsOfOrders(events: readonly Told[], { orders }: Ledger): string[] {
  const told = new Map<string, Told[]>();
  for (const event of events.filter(({ topic }) => topic === 'orders')) {
    const id = String(event.payload['orderId']);
    told.set(id, [...(told.get(id) ?? []), event]);
  }
  const beginnings = [...told.keys()].filter((id) => orders.has(id));
  return [
    ...faultsOfOrder(events),
    ...[...orders].flatMap(([id, order]) => {
      const versions = told.get(id) ?? [];
      const last: Record<string, unknown> = versions.at(-1)?.payload ?? {};
      const state = ({ status, filledQuantity }: Record<string, unknown>): string =>
        `${String(status)} ${String(filledQuantity)}`;
      const filled = versions.flatMap(({ payload }) => numbers(payload['filledQuantity']));
      return [
        ...(state(last) === state({ ...order })
          ? []
          : [`order ${id} is ${state({ ...order })}, and was last told as ${state(last)}`]),
        ...repeated(versions.map(({ payload: { changed: _, ...order } }) => JSON.stringify(order))).map(
          (text) => `order ${id} was told twice as ${state(JSON.parse(text) as Record<string, unknown>)}`,
        ),
        ...(isAscending(filled) ? [] : [`order ${id} was told with fills ${filled.join(', ')}`]),
        ...versions
          .filter((event) => event.order_id !== id)
          .map(() => `an event of order ${id} lacks its order_id`),
      ];
    }),
    ...(JSON.stringify(beginnings) ===
    JSON.stringify([...orders.keys()].filter((id) => beginnings.includes(id)))
      ? []
      : [`orders were told in another sequence than they were placed: ${beginnings.join(', ')}`]),
  ];
}

/** Of one stream: every cursor once, and growing. */
export function faultsOfOrder(events: readonly Told[]): string[] {
  const cursors = events.map(({ cursor }) => cursor);
  return cursors.flatMap((cursor, index) => {
    const before = cursors[index - 1];
    return before === undefined || before < cursor ? [] : [`cursor ${cursor} came after ${before}`];
  });
}

/** What was pushed came in the sequence in which it happened; what was healed came later, in its own. */
export function outOfTime(trades: readonly Told[], healed: boolean): string[] {
  const firsts = new Map<string, number>();
  for (const { payload } of trades.filter((event) => event.healed === healed)) {
    const id = String(payload['execution_id']);
    if (!firsts.has(id)) firsts.set(id, Number(payload['trade_time_r']));
  }
  return isAscending([...firsts.values()])
    ? []
    : [`${healed ? 'healed' : 'pushed'} trades are not in sequence`];
}

const commissionOf = (trade: Record<string, unknown>): string => {
  const { commission } = trade;
  return typeof commission === 'string' || typeof commission === 'number'
    ? String(commission)
    : 'no commission';
};

const isAscending = (values: readonly number[]): boolean =>
  values.every((value, index) => (values[index - 1] ?? -Infinity) <= value);

const numbers = (value: unknown): number[] => (typeof value === 'number' ? [value] : []);

const repeated = (texts: readonly string[]): string[] => [
  ...new Set(texts.filter((text, index) => texts.indexOf(text) !== index)),
];
