// What is asked of IBKR's REST API, and what of its answers counts.

import { describe, expect, test } from '@jest/globals';
import {
  daysSince,
  accountsOf,
  readAccounts,
  readOrders,
  readTrades,
  type OwnRead,
} from '../../../src/events/own-reads.ts';
import { heal } from '../../../src/events/heal.ts';
import type { Happening } from '../../../src/observe.ts';
import { ManualClock } from '../../manual-clock.ts';

const { signal } = new AbortController();
const now = Date.UTC(2026, 3, 8, 19, 30);
const hour = 3_600_000;

test.each<[name: string, sinceMs: number, want: ReturnType<typeof daysSince>]>([
  ['now', now, { days: 1, isAll: true }],
  ['a minute ago, which may have been another day', now - 60_000, { days: 2, isAll: true }],
  ['over a weekend', now - 70 * hour, { days: 4, isAll: true }],
  ['six days', now - 144 * hour, { days: 7, isAll: true }],
  ['longer than IBKR tells', now - 145 * hour, { days: 7, isAll: false }],
  ['a clock that was set back', now + hour, { days: 1, isAll: true }],
])('days of trades that cover an outage of %s', (_name, sinceMs, want) => {
  expect(daysSince(sinceMs, now)).toEqual(want);
});

/** Answers in turn, and keeps what was asked. */
function answering(...bodies: unknown[]): { read: OwnRead; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    read(operationId, query) {
      asked.push(`${operationId} ${JSON.stringify(query)}`);
      const body = bodies.shift();
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return Promise.resolve({ status: text === 'down' ? 503 : 200, headers: {}, body: Buffer.from(text) });
    },
  };
}

test('accounts, without what stands for all of them', async () => {
  const { read } = answering({ accounts: ['U1', 'All', 7, 'U2'] });
  expect(accountsOf(await readAccounts(read, signal))).toEqual(['U1', 'U2']);
});

describe('orders', () => {
  test('are asked for until IBKR has them', async () => {
    const clock = new ManualClock();
    const { read, asked } = answering(
      { orders: [], snapshot: false },
      { orders: [{ orderId: 1 }], snapshot: false },
    );
    const orders = readOrders({ read, clock }, 'U1', signal);
    await clock.advance(5_000);
    expect(await orders).toEqual([{ orderId: 1 }]);
    expect(asked).toEqual(Array(2).fill('getOpenOrders {"accountId":"U1"}'));
  });

  test('are none when IBKR says so three times', async () => {
    const clock = new ManualClock();
    const { read, asked } = answering(...Array<unknown>(3).fill({ orders: [], snapshot: false }));
    const orders = readOrders({ read, clock }, null, signal);
    await clock.advance(10_000);
    expect(await orders).toEqual([]);
    expect(asked).toHaveLength(3);
  });
});

test.each(['down', '<html>', '{}', '7'])('%s is no list of trades', async (body) => {
  const { read } = answering(body);
  await expect(readTrades(read, 1, signal)).rejects.toThrow(/status 503|no JSON|no list/);
});

test('healing asks for trades, then for the orders of every account, and again until that has worked', async () => {
  const clock = new ManualClock(now);
  const happenings: Happening[] = [];
  const { read, asked } = answering(
    [{ execution_id: '1' }],
    'down',
    [],
    { orders: [] },
    { orders: [{ orderId: 1 }], snapshot: true },
    { orders: [], snapshot: true },
  );
  const healing = heal(
    {
      read,
      clock,
      observe: (happening) => happenings.push(happening),
      accounts: () => Promise.resolve(['U1', 'U2']),
      mark: () => 0,
      takeOrders: (rows) => rows.length,
      takeTrades: (rows) => rows.length,
    },
    now - hour,
    signal,
  );
  await clock.advance(5_000);
  expect(await healing).toEqual({ isComplete: true });
  const once = ['getTradeHistory {"days":"2"}', 'getOpenOrders {"force":"true"}'];
  expect(asked).toEqual([
    ...once,
    ...once,
    'getOpenOrders {"accountId":"U1"}',
    'getOpenOrders {"accountId":"U2"}',
  ]);
  expect(happenings).toEqual([
    { kind: 'healed', ok: false, orders: 0, trades: 0, detail: 'IBKR answered with status 503' },
    { kind: 'healed', ok: true, orders: 1, trades: 1, detail: '' },
  ]);
});
