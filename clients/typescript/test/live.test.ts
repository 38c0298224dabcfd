// IBKR's WebSocket through bezant and straight to the Gateway: subscriptions that survive broken connections, lost sessions
// and silence, and end when they are told to.

import { afterEach, describe, expect, test } from '@jest/globals';
import WsWebSocket from 'ws';
import type { Client } from '../src/client.ts';
import type { Live, LiveOptions, LiveState } from '../src/live.ts';
import type { WebSocketClass } from '../src/live-connection.ts';
import type { Frame } from '../src/live-topics.ts';
import { systemTime, type Time } from '../src/time.ts';
import { until } from '../../../sidecar/test/io/events-until.ts';
import { account, startGateway, startStage, type Setting, type Stage } from './stage.ts';

/** What is waited before it connects again is over at once. */
const impatient: Time = { ...systemTime, sleep: (_ms, signal) => systemTime.sleep(1, signal) };

const lives: Live[] = [];
afterEach(() => {
  for (const live of lives.splice(0)) live.close();
});

const through: Record<
  string,
  (setting: Setting) => Promise<Omit<Stage, 'sidecar' | 'client'> & { at: Client }>
> = {
  async bezant(setting) {
    const stage = await startStage({ ...setting, env: { BEZANT_EVENTS_ENABLED: 'true' } });
    return { ...stage, at: stage.client({ time: impatient }) };
  },
  async 'the Gateway'(setting) {
    const stage = await startGateway(setting);
    return { ...stage, at: stage.direct({ time: impatient }) };
  },
};

function open(client: Client, options: LiveOptions = {}) {
  const states: LiveState[] = [];
  const live = client.live({ ...options, onState: (state) => states.push(state) });
  lives.push(live);
  return { live, states };
}

describe.each(Object.entries(through))('through %s', (_, start) => {
  test('quotes come, from the first moment on, and end when they are cancelled', async () => {
    const { at } = await start({});
    const { live, states } = open(at);
    const quotes: Frame[] = [];
    const orders: Frame[] = [];
    // Before IBKR is there: sent now, it would be lost
    const subscription = live.quotes(265598, ['31', '84', '86'], (frame) => quotes.push(frame));
    live.orders((frame) => orders.push(frame));
    await until('a quote', () => quotes.find((frame) => typeof frame['31'] === 'string'));
    expect(live.state).toBe('ready');
    expect(states).toEqual(['waiting', 'ready']);
    expect(subscription.topic).toBe('smd+265598');
    subscription.cancel();
    subscription.cancel();
    const count = quotes.length;
    const others: Frame[] = [];
    live.quotes(8314, ['31'], (frame) => others.push(frame));
    await until('two quotes of another', () => others.length > 1);
    expect(quotes).toHaveLength(count);
  });

  test('orders and trades as they happen', async () => {
    const { at, control, direct } = await start({});
    const { live } = open(at);
    const orders: string[] = [];
    const trades: string[] = [];
    live.orders((frame) => orders.push(JSON.stringify(frame)));
    live.trades((frame) => trades.push(JSON.stringify(frame)));
    live.pnl(() => undefined);
    await live.ready();
    const outcome = await direct().placeOrder(
      account,
      { conid: 265598, orderType: 'LMT', side: 'BUY', tif: 'GTC', quantity: 1, price: 1 },
      { confirm: () => true },
    );
    if (outcome.kind !== 'submitted') throw new Error(`unexpected: ${outcome.kind}`);
    const id = outcome.orders[0]?.orderId ?? '';
    await until('the order', () => orders.some((text) => text.includes(id)));
    await control(`POST /orders/${id}/fill`, { price: 1 });
    await until('its execution', () => trades.some((text) => text.includes('execution_id')));
  });

  test('two who follow one instrument each get what they ask for, and one may leave', async () => {
    const { at } = await start({});
    const { live } = open(at);
    const [one, other]: Frame[][] = [[], []];
    const leaving = live.quotes(265598, ['31'], (frame) => one?.push(frame));
    live.quotes(265598, ['84'], (frame) => other?.push(frame));
    await until('both fields', () => other?.some((frame) => '31' in frame && '84' in frame));
    leaving.cancel();
    const counts = [one?.length, other?.length];
    await until('more for who stays', () => (other?.length ?? 0) > (counts[1] ?? 0) + 1);
    expect(one).toHaveLength(counts[0] ?? 0);
  });

  test('nobody is logged in: it waits, and begins by itself when somebody is', async () => {
    const { at, control } = await start({ scenario: 'logged-out' });
    const { live, states } = open(at, { silenceMs: 2000 });
    const quotes: Frame[] = [];
    live.quotes(265598, ['31'], (frame) => quotes.push(frame));
    await until('it waits', () => states.includes('waiting'));
    expect(states).not.toContain('ready');
    await control('POST /login', {});
    await until('a quote', () => quotes.length > 0);
    expect(states).toContain('ready');
  }, 60_000);

  test('closing is for good', async () => {
    const { at } = await start({});
    const { live, states } = open(at);
    const failing = live.ready();
    live.close();
    await expect(failing).rejects.toMatchObject({ kind: 'invalid-argument' });
    await expect(live.ready()).rejects.toThrow('was closed');
    expect(() => live.orders(() => undefined)).toThrow('was closed');
    expect(states.at(-1)).toBe('closed');
  });
});

describe('a connection that breaks', () => {
  test('is made again, and every subscription with it', async () => {
    const { direct, control } = await startGateway();
    const { live, states } = open(direct({ time: impatient }));
    const quotes: Frame[] = [];
    live.quotes(265598, ['31'], (frame) => quotes.push(frame));
    await until('a quote', () => quotes.length > 0);
    await control('DELETE /sockets');
    await until('it is lost', () => states.includes('lost'));
    const count = quotes.length;
    await until('quotes again', () => quotes.length > count + 1);
    expect(states.filter((state) => state === 'ready')).toHaveLength(2);
  });

  test('so is one on which nothing is heard', async () => {
    const { direct, control } = await startGateway({ scenario: 'silent-socket' });
    const { live, states } = open(direct({ time: impatient }), { silenceMs: 1000 });
    await until('it was tried again', () => states.filter((state) => state === 'lost').length > 1);
    await control('POST /faults', { socket: 'normal' });
    await live.ready();
  });

  test('through bezant: IBKR goes, the connection stays, quotes go on', async () => {
    const { client, control } = await startStage({ env: { BEZANT_EVENTS_ENABLED: 'true' } });
    const { live, states } = open(client({ time: impatient }));
    const quotes: Frame[] = [];
    live.quotes(265598, ['31'], (frame) => quotes.push(frame));
    await until('a quote', () => quotes.length > 0);
    await control('DELETE /sockets');
    await until('IBKR is gone', () => states.filter((state) => state === 'waiting').length > 1);
    await until('IBKR is back', () => states.filter((state) => state === 'ready').length > 1);
    const count = quotes.length;
    await until('quotes again', () => quotes.length > count + 1);
    expect(states).not.toContain('lost');
  });
});

test('a key goes with it', async () => {
  const key = '0123456789abcdef0123456789abcdef';
  const { client } = await startStage({
    env: { BEZANT_EVENTS_ENABLED: 'true', BEZANT_AUTH: 'keys', BEZANT_API_KEYS: key },
  });
  await open(client({ apiKey: key })).live.ready();
});

test('a WebSocket of another make', async () => {
  const { direct } = await startGateway();
  const { live } = open(direct({ WebSocket: WsWebSocket as unknown as WebSocketClass }));
  const quotes: Frame[] = [];
  live.quotes(265598, ['31'], (frame) => quotes.push(frame));
  await until('a quote', () => quotes.length > 0);
});
