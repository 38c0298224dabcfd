// What the events ask of IBKR's REST API: the accounts, which must come before quotes and orders, then the orders and the
// trades of an outage.

import { sleep, type Clock } from '../clock.ts';
import { Problem } from '../errors.ts';
import type { GatewayAnswer } from '../gateway.ts';
import { isObject, type Json } from './client-frames.ts';

/** A paced call of our own, by operationId. */
export type OwnRead = (
  operationId: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<GatewayAnswer>;

/** IBKR has answered, but not with what was asked for. */
export class ReadFailed extends Error {}

/** IBKR's documentation allows up to 5 s until live orders that were just asked for are there. */
const warmMs = 5_000;
const attempts = 3;

const dayMs = 86_400_000;
/** IBKR's documentation, trades: of the current day and up to six before. */
const maxDays = 7;

/** What IBKR's `act` frames have as `args`, too. */
export async function readAccounts(read: OwnRead, signal: AbortSignal): Promise<Json> {
  return await object(read('getBrokerageAccounts', {}, signal));
}

export function accountsOf({ accounts }: Json): string[] {
  const names = Array.isArray(accounts) ? (accounts as unknown[]) : [];
  // `All` stands for the accounts of an adviser together.
  return names.filter((name): name is string => typeof name === 'string' && name !== 'All');
}

/** Empties IBKR's cache of live orders, which also brings details back that a filtered call has taken from `sor`. */
export async function refreshOrders(read: OwnRead, signal: AbortSignal): Promise<void> {
  await object(read('getOpenOrders', { force: 'true' }, signal));
}

/** The live orders of one account, or of the selected one. The first answers may be empty: then IBKR is still at it. */
export async function readOrders(
  deps: { read: OwnRead; clock: Clock },
  account: string | null,
  signal: AbortSignal,
): Promise<Json[]> {
  const query: Record<string, string> = account === null ? {} : { accountId: account };
  for (let attempt = 1; ; attempt += 1) {
    const { orders, snapshot } = await object(deps.read('getOpenOrders', query, signal));
    if (!Array.isArray(orders)) throw new ReadFailed('the answer has no orders');
    if (orders.length > 0 || snapshot === true || attempt === attempts) return orders.filter(isObject);
    await sleep(deps.clock, warmMs, signal);
  }
}

/** Days as IBKR counts them: the current one is the first, and the outage may have begun late on another. */
export function daysSince(sinceMs: number, nowMs: number): { days: number; isAll: boolean } {
  const days = Math.ceil(Math.max(0, nowMs - sinceMs) / dayMs) + 1;
  return { days: Math.min(maxDays, days), isAll: days <= maxDays };
}

export async function readTrades(read: OwnRead, days: number, signal: AbortSignal): Promise<Json[]> {
  const value = parsed(await read('getTradeHistory', { days: String(days) }, signal));
  if (!Array.isArray(value)) throw new ReadFailed('the answer is no list of trades');
  return (value as unknown[]).filter(isObject);
}

async function object(answer: Promise<GatewayAnswer>): Promise<Json> {
  const value = parsed(await answer);
  if (!isObject(value)) throw new ReadFailed('the answer is no JSON object');
  return value;
}

function parsed({ status, body }: GatewayAnswer): unknown {
  if (status !== 200) throw new ReadFailed(`IBKR answered with status ${status}`);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new ReadFailed('the answer is no JSON');
  }
}

/** What a call of ours may end with when nothing in here is broken. */
export const isReadFailure = (error: unknown): error is Error =>
  error instanceof ReadFailed || error instanceof Problem;
