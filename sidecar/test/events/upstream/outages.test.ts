// What an outage takes away is read up, told once, and its record is one; against the simulated Gateway, with a ledger of
// what really happened there.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { StoredEvent } from '../../../src/event.ts';
import { account, startWatching, until, type Watching } from './watching.ts';

let on: Watching;
beforeEach(async () => {
  on = await startWatching();
});
afterEach(() => on.stop());

const ofTopic = (topic: string): StoredEvent[] => on.stored.filter((event) => event.topic === topic);
const statuses = (): unknown[] => ofTopic('orders').map(({ payload }) => payload['status']);
const gaps = (): unknown[] => ofTopic('gap').map(({ payload }) => payload);
const fill = (id: string, quantity: number): Promise<unknown> =>
  on.control(`POST /orders/${id}/fill`, { quantity, price: 150 });

/** Everything that the simulated IBKR knows of its executions. */
async function ledger(): Promise<string[]> {
  const { body } = await on.read('/iserver/account/trades?days=7');
  return (body as { execution_id: string }[]).map(({ execution_id: id }) => id).sort();
}

async function breakOff(): Promise<void> {
  await on.control('DELETE /sockets');
  await until(() => on.of('socket').at(-1)?.what === 'lost');
}

describe('orders and trades that are pushed', () => {
  test('are one event for each change and for each execution, with all that is known', async () => {
    await on.ready();
    const id = await on.place();
    await on.pass(1_000);
    await fill(id, 4);
    await on.pass(4_000);
    await until(() => ofTopic('trades').length === 2 && statuses().length === 5);
    expect(statuses()).toEqual(['Inactive', 'PendingSubmit', 'PreSubmitted', 'Submitted', 'Submitted']);
    expect(ofTopic('orders').map(({ payload }) => payload['ticker'])).toEqual(Array(5).fill('AAPL'));
    expect(ofTopic('orders').at(1)).toMatchObject({
      account,
      orderId: id,
      conid: 265598,
      healed: false,
      payload: { changed: ['status', 'fgColor'], totalSize: 10 },
    });
    const [first, second] = ofTopic('trades');
    expect(first).toMatchObject({ orderId: id, healed: false, payload: { size: 4 } });
    expect(first?.payload).not.toHaveProperty('commission');
    expect(second?.payload).toMatchObject({ size: 4, commission: '1' });
    expect(second?.executionId).toBe(first?.executionId);
    // IBKR sends trades again and again.
    await on.pass(30_000);
    expect(ofTopic('trades')).toHaveLength(2);
  });

  test('are not told again when the same is sent after a reconnect', async () => {
    const events = await on.ready();
    const id = await on.place();
    await on.pass(1_000);
    await fill(id, 4);
    await on.pass(4_000);
    const [orders, trades] = [ofTopic('orders').length, ofTopic('trades').length];
    await breakOff();
    await on.ready();
    await on.pass(10_000);
    expect([ofTopic('orders').length, ofTopic('trades').length]).toEqual([orders, trades]);
    expect(events.status()).toMatchObject({ reconnect_count: 1, catching_up: false });
    expect(gaps()).toMatchObject([
      { cause: 'connection_lost', healed: { orders: 0, trades: 0, complete: true } },
    ]);
  });
});

describe('an outage', () => {
  test('is one record, with what was missed marked as healed', async () => {
    const events = await on.ready();
    const epoch = events.epoch();
    const id = await on.place();
    await on.pass(1_000);
    await breakOff();
    await on.control('POST /faults', { socket: 'refuse' });
    await fill(id, 4);
    const other = await on.place(3);
    await on.passHere(0);
    on.simulator.clock.advance(1_000);
    for (let failed = 0; failed < 3; failed += 1) {
      await on.redialed();
      const before = on.of('socket').length;
      await until(() => on.of('socket').length > before);
    }
    await fill(id, 6);
    await on.control('DELETE /faults');
    await on.ready();
    await on.pass(5_000);
    const missed = on.stored.filter(({ healed }) => healed);
    expect(
      missed
        .filter(({ topic }) => topic === 'trades')
        .map(({ payload }) => payload['size'])
        .sort(),
    ).toEqual([4, 6]);
    const last = (order: string): unknown =>
      missed.findLast(({ topic, orderId }) => topic === 'orders' && orderId === order)?.payload['status'];
    expect([last(id), last(other)]).toEqual(['Filled', 'Submitted']);
    await until(() => gaps().length === 1);
    expect(gaps()).toMatchObject([
      {
        reason: 'reconnected_after_disconnect',
        cause: 'connection_lost',
        new_reset_epoch: epoch + 1,
        healed: { orders: 2, trades: 2, complete: true },
      },
    ]);
    expect(events.epoch()).toBe(epoch + 1);
    const [{ start, end, down_ms: downMs }] = gaps() as [{ start: string; end: string; down_ms: number }];
    expect(Date.parse(end) - Date.parse(start)).toBe(downMs);
    expect([...new Set(ofTopic('trades').map(({ executionId }) => executionId))].sort()).toEqual(
      await ledger(),
    );
  });

  test('that a silent connection brings about begins with the last that was heard', async () => {
    await on.ready();
    await on.pass(9_000);
    await on.control('POST /faults', { socket: 'silent' });
    const silentMs = on.clock.now();
    const id = await on.place();
    await fill(id, 10);
    await on.passHere(0);
    for (let second = 0; second < 30 && on.of('socket').at(-1)?.what === 'ready'; second += 1) {
      await on.passHere(1_000);
    }
    await on.control('DELETE /faults');
    await on.ready();
    await until(() => gaps().length === 1);
    const [gap] = gaps() as [{ start: string; cause: string }];
    expect(gap.cause).toBe('heartbeat_lost');
    expect(Date.parse(gap.start)).toBeLessThanOrEqual(silentMs);
    expect(ofTopic('trades').map(({ healed, payload }) => [healed, payload['size']])).toEqual([[true, 10]]);
  });

  test('of the brokerage session alone counts too, over the same connection', async () => {
    await on.ready();
    await on.control('POST /session', { brokerage: 'down' });
    await on.pass(5_000);
    await on.control('POST /session', { brokerage: 'up' });
    await on.ready();
    await until(() => gaps().length === 1);
    expect(gaps()).toMatchObject([{ cause: 'session_lost' }]);
    expect(on.dials()).toBe(1);
  });

  test('in which an order comes back to a state it was in is told', async () => {
    await on.ready();
    const id = await on.place();
    await on.pass(1_000);
    const told = { orderId: Number(id), acct: account };
    await on.frame({ topic: 'sor', args: [{ ...told, status: 'PreSubmitted' }] });
    await on.frame({ topic: 'sor', args: [{ ...told, status: 'PreSubmitted' }] });
    await on.frame({ topic: 'sor', args: [{ ...told, status: 'Submitted' }] });
    await until(() => statuses().length === 6);
    expect(statuses().slice(3)).toEqual(['Submitted', 'PreSubmitted', 'Submitted']);
  });

  test('is recorded after a minute when IBKR’s API does not answer, and read up when it does', async () => {
    await on.ready();
    const id = await on.place();
    await on.pass(1_000);
    await breakOff();
    await fill(id, 10);
    await on.control('POST /faults', { paths: [{ path: '/v1/api/iserver/account/**', status: 503 }] });
    await on.met();
    await on.pass(55_000);
    expect(gaps()).toEqual([]);
    await on.pass(10_000);
    await until(() => gaps().length === 1);
    expect(gaps()).toMatchObject([{ healed: { complete: false } }]);
    // The socket alone has brought today's trades meanwhile.
    expect(ofTopic('trades').map(({ payload }) => payload['size'])).toContain(10);
    await on.control('DELETE /faults');
    await until(async () => {
      await on.pass(5_000);
      return (
        on.of('healed').some(({ ok, trades }) => ok && trades === 0) && on.of('healed').at(-1)?.ok === true
      );
    });
    expect(gaps()).toHaveLength(1);
    expect([...new Set(ofTopic('trades').map(({ executionId }) => executionId))]).toEqual(await ledger());
  });

  test('that comes and goes is one until everything is read up', async () => {
    await on.ready();
    await on.control('POST /faults', { paths: [{ path: '/v1/api/iserver/account/**', status: 503 }] });
    for (let times = 0; times < 3; times += 1) {
      await breakOff();
      await on.met();
      await until(async () => {
        await on.pass(100);
        return on.of('socket').at(-1)?.what === 'ready';
      });
    }
    await on.control('DELETE /faults');
    await on.pass(30_000);
    await until(() => gaps().length === 1);
    await on.pass(60_000);
    expect(gaps()).toMatchObject([{ cause: 'connection_lost', healed: { complete: true } }]);
  });
});

test('a clock that is set in the middle of it makes no gap and hides none', async () => {
  await on.ready();
  for (const ms of [86_400_000, -2 * 86_400_000]) {
    on.wall.jump(ms);
    await on.pass(30_000);
  }
  expect(on.of('socket').map(({ what }) => what)).toEqual(['dialing', 'ready']);
  await breakOff();
  const id = await on.place();
  await fill(id, 10);
  on.wall.jump(-86_400_000);
  await on.ready();
  await until(() => gaps().length === 1);
  const [{ start, end, down_ms: downMs }] = gaps() as [{ start: string; end: string; down_ms: number }];
  expect(gaps()).toMatchObject([{ healed: { orders: 1, trades: 1, complete: true } }]);
  expect(downMs).toBeGreaterThanOrEqual(1_000);
  expect(Date.parse(end) - Date.parse(start)).toBe(downMs);
});

describe('a restart', () => {
  test('is an outage, and what it missed is read up; what was told before is not told again', async () => {
    const first = await on.ready();
    const id = await on.place();
    await on.pass(1_000);
    await fill(id, 4);
    await on.pass(4_000);
    const before = on.stored.length;
    const epoch = first.epoch();
    await on.stopEvents();
    await fill(id, 6);
    const second = await on.ready();
    expect(second.epoch()).toBeGreaterThan(epoch);
    await on.pass(5_000);
    await until(() => gaps().length === 1);
    expect(gaps()).toMatchObject([
      {
        reason: 'process_restart',
        cause: 'process_restart',
        healed: { orders: 1, trades: 1, complete: true },
      },
    ]);
    const since = on.stored.slice(before);
    expect(
      since.filter(({ topic }) => topic === 'trades').map(({ healed, payload }) => [healed, payload['size']]),
    ).toEqual([[true, 6]]);
    expect(since.filter(({ topic }) => topic === 'orders').map(({ payload }) => payload['status'])).toEqual([
      'Filled',
    ]);
    expect(second.status()).toMatchObject({ reconnect_count: 0 });
  });

  test('right after an outage, before the store had its record, tells both once', async () => {
    await on.ready();
    await on.place();
    await on.pass(1_000);
    await breakOff();
    on.lost = 'gap';
    await on.ready();
    await until(() => on.of('gap').length === 1);
    await on.stopEvents();
    on.lost = null;
    await on.ready();
    await until(() => gaps().length === 2);
    expect(gaps()).toMatchObject([{ cause: 'connection_lost' }, { cause: 'process_restart' }]);
    // So many calls in no time would be too many for IBKR.
    await on.pass(10_000);
    await on.stopEvents();
    await on.ready();
    await until(() => gaps().length > 2);
    expect(gaps().slice(2)).toMatchObject([{ cause: 'process_restart' }]);
  });

  test('the first start is none', async () => {
    await on.ready();
    await on.pass(70_000);
    expect(gaps()).toEqual([]);
    expect(on.of('healed')).toMatchObject([{ ok: true, orders: 0, trades: 0 }]);
  });

  test('in the middle of an outage does not hide when and why that began', async () => {
    await on.ready();
    await breakOff();
    await on.control('POST /faults', { socket: 'refuse' });
    await on.stopEvents();
    await on.control('DELETE /faults');
    await on.ready();
    await until(() => gaps().length === 1);
    expect(gaps()).toMatchObject([{ cause: 'connection_lost' }]);
  });
});

test('a frame that could not be read may have been an order: IBKR is asked', async () => {
  await on.ready();
  await on.pass(61_000);
  // Not before a minute has passed, and that is not measured by what somebody sets.
  on.wall.jump(-3_600_000);
  const heals = on.of('healed').length;
  await on.control('POST /frames', {
    base64: Buffer.from('{"topic":"sor","args":[{"orderId":').toString('base64'),
  });
  await on.frame({ topic: 'system', hb: 1 });
  await until(() => on.of('frame').some(({ topic }) => topic === 'malformed'));
  await on.pass(1_000);
  await until(() => on.of('healed').length === heals + 1);
  expect(gaps()).toEqual([]);
});
