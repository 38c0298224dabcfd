// What makes two tellings the same event, for the store: stable over reconnects, restarts and reads through REST.

import { createHash } from 'node:crypto';
import type { Json } from './client-frames.ts';

/** What an order is, apart from how it is shown. */
const orderFields = [
  'status',
  'filledQuantity',
  'remainingQuantity',
  'totalSize',
  'totalCashSize',
  'avgPrice',
  'price',
  'auxPrice',
  'stop_price',
  'trailingAmt',
  'orderType',
  'side',
  'timeInForce',
  'conidex',
  'order_ref',
  'parentId',
] as const;

/** Prices and sizes are text in one place and a number in the other; nothing known is an empty text in some. */
export function plain(value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  const number = Number(value.replaceAll(',', ''));
  return Number.isFinite(number) ? String(number) : value;
}

/** Equal for two showings of an order in the same state. */
export function orderState(order: Json): string {
  return digest(orderFields.map((name) => plain(order[name])).join('\u0000'));
}

/** An order may come back to a state that it was in: `nth` tells the times apart. */
export const orderKey = (orderId: string, nth: number, state: string): string =>
  `order:${orderId}:${nth}:${state}`;

export function readOrderKey(key: string | null): { nth: number; state: string } | null {
  const [, nth, state] = /^order:[^:]+:(\d+):([0-9a-f]+)$/.exec(key ?? '') ?? [];
  return nth === undefined || state === undefined ? null : { nth: Number(nth), state };
}

/** The commission comes later than the execution, and is news of its own. */
export const executionKey = (executionId: string, commission: string): string =>
  commission === '' ? `execution:${executionId}` : `execution:${executionId}:${commission}`;

/** An execution that has no number is known by all that it says. */
export const anonymousKey = (kind: string, row: Json): string => `${kind}:${digest(JSON.stringify(row))}`;

export const gapKey = (startMs: number): string => `gap:${startMs}`;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
