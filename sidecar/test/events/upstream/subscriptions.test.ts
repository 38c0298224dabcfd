// One subscription a topic upstream, whoever wants it; and the same on the wire, against the simulated Gateway.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { joinArgs, subscribeText, unsubscribeText } from '../../../src/events/subscription-text.ts';
import {
  createSubscriptions,
  idleMs,
  maxDataLines,
  type Subscriptions,
} from '../../../src/events/subscriptions.ts';
import { ManualClock, settle } from '../../manual-clock.ts';
import { apple, startWatching, until, type Watching } from './watching.ts';

describe('how it is written', () => {
  test.each([
    ['sor', {}, 'sor+{}', 'uor+{}'],
    ['smd+265598@ARCA', { fields: ['31'] }, 'smd+265598@ARCA+{"fields":["31"]}', 'umd+265598@ARCA+{}'],
    ['sbd+U1+265598', {}, 'sbd+U1+265598+{}', 'ubd+U1'],
  ])('%s', (head, args, subscribe, unsubscribe) => {
    expect([subscribeText(head, args), unsubscribeText(head)]).toEqual([subscribe, unsubscribe]);
  });

  test.each<[name: string, given: Record<string, unknown>[], want: Record<string, unknown>]>([
    [
      'lists are joined',
      [{ fields: ['31', '84'] }, { fields: ['84', '86'] }],
      { fields: ['31', '84', '86'] },
    ],
    ['whoever names none wants all', [{ keys: ['a'] }, {}], {}],
    ['an empty list is none', [{ filters: ['Filled'] }, { filters: [] }], {}],
    ['the most days', [{ days: 1 }, { days: 3 }, {}], { days: 3 }],
    [
      'the past, if anybody wants it',
      [{ realtimeUpdatesOnly: true }, { realtimeUpdatesOnly: false }],
      { realtimeUpdatesOnly: false },
    ],
    ['nobody wants it', [{ realtimeUpdatesOnly: true }], { realtimeUpdatesOnly: true }],
  ])('of several: %s', (_name, given, want) => {
    expect(joinArgs(given)).toEqual(want);
  });
});

describe('what is sent', () => {
  let sent: string[];
  let isOpen: boolean;
  let isPrepared: boolean;
  let clock: ManualClock;
  let on: Subscriptions;
  beforeEach(() => {
    sent = [];
    isOpen = false;
    isPrepared = true;
    clock = new ManualClock();
    on = createSubscriptions({
      send(text) {
        if (isOpen) sent.push(text);
        return isOpen;
      },
      prepare: () => Promise.resolve(isPrepared),
      clock,
      observe: () => undefined,
    });
  });

  async function connect(): Promise<void> {
    isOpen = true;
    on.connected();
    await settle();
  }

  function take(): string[] {
    return sent.splice(0);
  }

  const quotes = (...fields: string[]) => ({ fields });

  test('everything wanted at each connection, quotes after the first call', async () => {
    on.want('sor', {});
    on.want('smd+1', quotes('31'));
    isPrepared = false;
    await connect();
    expect(take()).toEqual(['sor+{}']);
    isPrepared = true;
    await clock.advance(5_000);
    expect(take()).toEqual(['smd+1+{"fields":["31"]}']);
    isOpen = false;
    on.disconnected();
    on.want('smd+2', quotes('84'));
    await connect();
    expect(take()).toEqual(['sor+{}', 'smd+1+{"fields":["31"]}', 'smd+2+{"fields":["84"]}']);
  });

  test('once for all who want it, again for more fields, and no more when the last one leaves', async () => {
    await connect();
    const first = on.want('smd+1', quotes('31'));
    const second = on.want('smd+1', quotes('31'));
    const third = on.want('smd+1', quotes('84'));
    expect(take()).toEqual(['smd+1+{"fields":["31"]}', 'smd+1+{"fields":["31","84"]}']);
    first?.();
    first?.();
    second?.();
    expect(take()).toEqual([]);
    expect(on.isWanted('smd+1')).toBe(true);
    third?.();
    expect(take()).toEqual(['umd+1+{}']);
    expect(on.isWanted('smd+1')).toBe(false);
  });

  test('whoever names no fields takes none away', async () => {
    await connect();
    on.want('smd+1', quotes('31'));
    on.want('smd+1', {});
    expect(take()).toEqual(['smd+1+{"fields":["31"]}']);
  });

  test('no more for a poller who has not come for five minutes', async () => {
    await connect();
    expect(on.touch('smd+1', quotes('31'))).toBe(true);
    await clock.advance(idleMs - 1);
    on.touch('smd+1', quotes('31'));
    await clock.advance(idleMs - 1);
    expect(take()).toEqual(['smd+1+{"fields":["31"]}']);
    await clock.advance(1);
    expect(take()).toEqual(['umd+1+{}']);
    expect(on.heads()).toEqual([]);
  });

  test('no more instruments than there are data lines; what is followed already is no new one', async () => {
    await connect();
    for (let conid = 1; conid <= maxDataLines; conid += 1)
      expect(on.touch(`smd+${conid}`, quotes('31'))).toBe(true);
    expect(on.touch('smd+999', quotes('31'))).toBe(false);
    expect(on.want('smd+999', quotes('31'))).toBeNull();
    expect(on.touch('smd+1', quotes('31'))).toBe(true);
    expect(on.want('ssd+U1', {})).not.toBeNull();
    await clock.advance(idleMs);
    expect(on.touch('smd+999', quotes('31'))).toBe(true);
  });

  test('depth of an account goes on for the other instrument', async () => {
    await connect();
    const first = on.want('sbd+U1+1', {});
    const second = on.want('sbd+U1+2', {});
    take();
    first?.();
    expect(take()).toEqual([]);
    second?.();
    expect(take()).toEqual(['ubd+U1']);
  });

  test('quotes again, after the first call, when IBKR wants that', async () => {
    await connect();
    on.want('sor', {});
    on.want('smd+1', quotes('31'));
    take();
    on.unprepared();
    on.unprepared();
    await clock.advance(5_000);
    expect(take()).toEqual(['smd+1+{"fields":["31"]}']);
  });

  test('the end of everything when it stops', async () => {
    on.want('sor', {});
    on.touch('smd+1', quotes('31'));
    await connect();
    take();
    on.stop();
    expect(take()).toEqual(['uor+{}', 'umd+1+{}']);
    expect(clock.pending).toBe(0);
  });
});

describe('at the Gateway', () => {
  let on: Watching;
  beforeEach(async () => {
    on = await startWatching();
  });
  afterEach(() => on.stop());

  const quotes = (): number => on.stored.filter(({ stream }) => stream === `marketdata:${apple}`).length;
  const price = (value: number): Promise<unknown> => on.control(`POST /quotes/${apple}`, { price: value });

  test('quotes come while somebody asks for them, also after a reconnect', async () => {
    const events = await on.ready();
    expect(events.lines.touch(String(apple))).toBe(true);
    await until(() => quotes() > 0);
    expect(events.status()['topics_subscribed']).toEqual([`smd+${apple}`, 'sor', 'spl', 'str']);
    await on.control('DELETE /sockets');
    await until(() => !events.upstream.isReady());
    const before = quotes();
    expect(events.lines.touch(String(apple))).toBe(true);
    await on.ready();
    await until(() => quotes() > before);
    await on.pass(idleMs + 2_000);
    await settle();
    const last = quotes();
    await price(321);
    await on.pass(2_000);
    expect(quotes()).toBe(last);
  });

  test('a brokerage session that ends takes the first call with it, and gets it again', async () => {
    const events = await on.ready();
    events.lines.hold(String(apple));
    await until(() => quotes() > 0);
    await on.control('POST /session', { brokerage: 'down' });
    await on.pass(1_000);
    await on.control('POST /session', { brokerage: 'up' });
    const before = quotes();
    await on.ready();
    await until(() => quotes() > before);
  });

  test('stops in order: everything is given up before the connection is closed', async () => {
    const events = await on.ready();
    events.lines.hold(String(apple));
    await until(() => quotes() > 0);
    await on.stopEvents();
    expect(on.of('socket').at(-1)).toEqual({
      kind: 'socket',
      what: 'closed',
      reason: 'This server is shutting down.',
    });
  });
});
