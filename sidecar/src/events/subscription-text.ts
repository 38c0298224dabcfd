// How subscriptions are written, and how the wishes of several readers for one topic become one: IBKR keeps one
// subscription a topic for each connection, and the last one sent counts.

import { isObject, type Json } from './client-frames.ts';

/** `smd+265598` and its arguments as sent. */
export const subscribeText = (head: string, args: Json): string => `${head}+${JSON.stringify(args)}`;

/** Depth is given up for the whole account: `sbd+U1234567+265598` by `ubd+U1234567`. */
export function unsubscribeText(head: string): string {
  const [verb = '', target] = head.split('+');
  if (verb === 'sbd') return `ubd+${target ?? ''}`;
  return `u${head.slice(1)}+{}`;
}

export const isQuotes = (head: string): boolean => head.startsWith('smd+');

/**
 * What serves all. Lists (`fields`, `keys`, `filters`) are joined, and left out when somebody did without, which means
 * everything; of numbers (`days`) the largest counts, of switches (`realtimeUpdatesOnly`) the one that asks for more.
 */
export function joinArgs(wishes: readonly Json[]): Json {
  const names = new Set(wishes.flatMap((wish) => Object.keys(wish)));
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const joined = join(wishes.map((wish) => wish[name]));
      return joined === undefined ? [] : [[name, joined]];
    }),
  );
}

function join(values: readonly unknown[]): unknown {
  const given = values.filter((value) => value !== undefined);
  if (given.some(Array.isArray)) {
    if (!values.every((value) => Array.isArray(value) && value.length > 0)) return undefined;
    return [...new Set(values.flat().filter((item) => !isObject(item)))];
  }
  if (given.every((value) => typeof value === 'number')) return Math.max(...given);
  if (given.every((value) => typeof value === 'boolean')) return given.every(Boolean);
  return given.at(-1);
}
