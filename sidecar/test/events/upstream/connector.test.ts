// The connection to IBKR: when it is made, when it counts, when it is given up.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { apple, startWatching, until, type Watching } from './watching.ts';

let on: Watching;
beforeEach(async () => {
  on = await startWatching();
});
afterEach(() => on.stop());

const failures = (): string[] =>
  on.of('socket').flatMap(({ what, reason }) => (what === 'failed' || what === 'lost' ? [reason] : []));

/** Both sides have met, and nothing has been told yet. */
const dialed = (count: number): Promise<void> => until(() => on.dials() === count);

describe('is ready', () => {
  test('once IBKR has named the user and the session', async () => {
    const events = await on.start();
    await dialed(1);
    expect(events.upstream.isReady()).toBe(false);
    expect(events.upstream.send('sor+{}')).toBe(false);
    await on.ready();
    expect(events.status()).toMatchObject({
      connected: true,
      state: 'ready',
      reconnect_count: 0,
      topics_subscribed: ['sor', 'spl', 'str'],
    });
  });

  test('not by heartbeats alone, which end after 15 s', async () => {
    await on.control('POST /faults', { socket: 'no-ready' });
    const events = await on.start();
    await on.met();
    await on.pass(14_000);
    expect(events.upstream.isReady()).toBe(false);
    expect(failures()).toEqual([]);
    await on.pass(2_000);
    expect(failures()).toEqual(['The Gateway accepted, but IBKR gave no session in time.']);
    await on.control('DELETE /faults');
    await on.ready();
    expect(events.status()).toMatchObject({ connected: true, reconnect_count: 0 });
  });

  test('not while IBKR says that there is no brokerage session; then over the same connection', async () => {
    await on.control('POST /session', { brokerage: 'down' });
    const events = await on.start();
    await on.met();
    await on.pass(1_000);
    expect(events.status()['state']).toBe('held');
    await on.pass(60_000);
    expect(on.dials()).toBe(1);
    await on.control('POST /session', { brokerage: 'up' });
    await on.ready();
    expect(on.dials()).toBe(1);
  });
});

describe('is given up', () => {
  test('when the handshake hangs for 10 s', async () => {
    await on.control('POST /faults', { socket: 'hang-handshake' });
    const events = await on.start();
    await dialed(1);
    await on.passHere(10_000);
    expect(failures()).toEqual(['The Gateway did not answer the handshake.']);
    await on.control('DELETE /faults');
    await on.ready();
    expect(events.status()['connected']).toBe(true);
  });

  test('after 25 s without a heartbeat, however often readers ask for quotes', async () => {
    const events = await on.ready();
    await on.control('POST /faults', { socket: 'silent' });
    for (let second = 0; second < 30 && events.upstream.isReady(); second += 1) {
      expect(events.lines.touch(String(apple))).toBe(true);
      await on.pass(1_000);
    }
    expect(failures()).toEqual(['IBKR’s heartbeat is missing.']);
    await on.control('DELETE /faults');
    await on.ready();
    expect(events.status()).toMatchObject({ connected: true, reconnect_count: 1 });
  });

  test('not while heartbeats come and nothing else', async () => {
    const events = await on.ready();
    await on.pass(120_000);
    expect(on.dials()).toBe(1);
    expect(events.status()['last_heartbeat_age_seconds']).toBeLessThanOrEqual(10);
  });

  test('when the other side breaks off', async () => {
    const events = await on.ready();
    await on.control('DELETE /sockets');
    await until(() => !events.upstream.isReady());
    expect(failures()).toEqual(['The connection broke off.']);
    await on.ready();
    expect(events.status()['reconnect_count']).toBe(1);
  });
});

describe('is dialed again', () => {
  test('ever more rarely: 1, 2, 4 … 60 s, also when it was closed in order', async () => {
    await on.control('POST /faults', { socket: 'close' });
    await on.start();
    const seconds: number[] = [];
    for (let failed = 1; failed <= 9; failed += 1) {
      await until(() => failures().length === failed);
      const failedMs = on.clock.now();
      await on.redialed();
      seconds.push((on.clock.now() - failedMs) / 1000);
    }
    expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('after one second again when it ran well for a minute', async () => {
    await on.control('POST /faults', { socket: 'refuse' });
    const events = await on.start();
    for (let failed = 1; failed <= 4; failed += 1) {
      await until(() => failures().length === failed);
      if (failed < 4) await on.redialed();
    }
    await on.control('DELETE /faults');
    await on.ready();
    await on.pass(61_000);
    await on.control('DELETE /sockets');
    await until(() => !events.upstream.isReady());
    const lostMs = on.clock.now();
    await on.redialed();
    expect(on.clock.now() - lostMs).toBe(1_000);
  });

  test('not while IBKR asks for a login, and at once when there is a session', async () => {
    on.enterSession('login-required');
    const events = await on.start();
    await on.passHere(600_000);
    expect(on.dials()).toBe(0);
    expect(events.status()).toMatchObject({ connected: false, state: 'blocked' });
    on.enterSession('live');
    await dialed(1);
    await on.ready();
  });
});

describe('lives through', () => {
  test('frames that are broken, binary, in pieces, far too large, or of no known kind', async () => {
    const events = await on.ready();
    const bytes = (buffer: Buffer): Promise<unknown> =>
      on.control('POST /frames', { base64: buffer.toString('base64') });
    await bytes(Buffer.concat([Buffer.from(`{"topic":"sor","args":[`), Buffer.alloc(300, 0xff)]));
    await bytes(Buffer.from(`{"topic":"x","text":"${'市場'.repeat(100)}"}`).subarray(0, 202));
    await bytes(Buffer.from([0, 1, 2, 255, 254]));
    await on.frame({ topic: 'zzz+1', args: {} });
    await bytes(Buffer.from('ech+hb'));
    await bytes(Buffer.from('[1,2]'));
    await bytes(Buffer.alloc(5 * 1024 * 1024, 0x20));
    const whole = Buffer.from('{"topic":"ntf","args":{"id":"7","text":"in pieces ✓","title":"t","url":""}}');
    await bytes(whole.subarray(0, 41));
    await bytes(whole.subarray(41));
    await bytes(
      Buffer.concat([
        Buffer.from('{"topic":"ntf","args":{"id":"8","text":"'),
        Buffer.from([0xff]),
        Buffer.from('"}}'),
      ]),
    );
    await on.pass(1_000);
    await until(() => on.stored.filter(({ topic }) => topic === 'notifications').length === 2);
    expect(events.upstream.isReady()).toBe(true);
    expect(on.dials()).toBe(1);
    expect(events.status()).toMatchObject({ frames_malformed: 1, frames_oversized: 1 });
    expect(on.stored.filter(({ topic }) => topic === 'notifications').map(({ payload }) => payload)).toEqual([
      { type: 'notification', id: '7', text: 'in pieces ✓', title: 't', url: '' },
      { type: 'notification', id: '8', text: '\uFFFD' },
    ]);
  });

  test('a listener that throws, which is told', async () => {
    const events = await on.ready();
    events.upstream.onFrame(() => {
      throw new Error('boom');
    });
    await on.frame({ topic: 'blt', args: { id: '1', message: 'still here' } });
    await until(() => on.stored.some(({ payload }) => payload['message'] === 'still here'));
    expect(events.upstream.isReady()).toBe(true);
    expect(on.of('events-fault')).toMatchObject([{ part: 'frame', cause: { message: 'boom' } }]);
  });
});

test('a tic goes out each minute, and its answer’s session is nowhere to be read', async () => {
  await on.ready();
  await on.pass(121_000);
  const tics = on.of('frame').filter(({ topic }) => topic === 'tic');
  expect(tics).toHaveLength(8);
  const { session } = (await on.post('/tickle', {})) as { session: string };
  expect(session).toMatch(/^[0-9a-f]{32}$/);
  const all = JSON.stringify([on.stored, on.happenings]);
  expect(all).toContain('"type":"accounts"');
  expect(all).not.toContain(session);
  expect(all).not.toMatch(/"sessionId":"(?!<masked>)/);
});
