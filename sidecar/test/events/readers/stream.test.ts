// GET /events/stream as a client reads it off the wire.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { EventSource } from 'undici';
import { ManualClock } from '../../manual-clock.ts';
import { event, startReading, type Reading } from './reading.ts';

let on: Reading;
const leaving: AbortController[] = [];
beforeEach(async () => {
  on = await startReading();
});
afterEach(async () => {
  for (const each of leaving.splice(0)) each.abort();
  await on.stop();
});

interface Message {
  id?: string;
  event?: string;
  data?: { cursor: number; topic: string; [member: string]: unknown };
  retry?: string;
  comment?: string;
}

interface Stream {
  response: Response;
  /** The next message that has data. */
  next(): Promise<Message>;
  /** The next one, of whatever kind; undefined at the end. */
  any(): Promise<Message | undefined>;
  leave(): void;
}

async function open(query: string, headers: Readonly<Record<string, string>> = {}): Promise<Stream> {
  const abort = new AbortController();
  leaving.push(abort);
  const response = await fetch(`${on.url}/events/stream${query}`, { headers, signal: abort.signal });
  expect(response.status).toBe(200);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = '';
  async function any(): Promise<Message | undefined> {
    for (;;) {
      const end = buffered.indexOf('\n\n');
      if (end !== -1) {
        const text = buffered.slice(0, end);
        buffered = buffered.slice(end + 2);
        return parse(text);
      }
      const { done = true, value } = (await reader?.read()) ?? {};
      if (done) return undefined;
      buffered += value ?? '';
    }
  }
  return {
    response,
    any,
    leave: () => abort.abort(),
    async next() {
      for (;;) {
        const message = await any();
        if (message === undefined) throw new Error('the stream ended');
        if (message.data !== undefined) return message;
      }
    },
  };
}

function parse(text: string): Message {
  const message: Message = {};
  for (const line of text.split('\n')) {
    const [, field = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
    if (field === 'data') message.data = JSON.parse(value) as NonNullable<Message['data']>;
    else if (field === '') message.comment = value;
    else message[field as 'id' | 'event' | 'retry'] = value;
  }
  return message;
}

const take = async (stream: Stream, count: number): Promise<Message[]> => {
  const messages: Message[] = [];
  while (messages.length < count) messages.push(await stream.next());
  return messages;
};
const ids = (messages: readonly Message[]): number[] => messages.map(({ id }) => Number(id));

test('each message has the cursor, the topic and the event', async () => {
  const stream = await open('?topics=orders');
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(await stream.any()).toEqual({ retry: '2000', id: '0' });
  await on.push(event('pnl'), event('orders', { account: 'DU1', payload: { text: 'a\nb' }, raw: 'frame' }));
  const message = await stream.next();
  expect(message).toEqual({
    id: '2',
    event: 'orders',
    data: expect.objectContaining({ cursor: 2, account: 'DU1', payload: { text: 'a\nb' } }) as unknown,
  });
  expect(message.data).not.toHaveProperty('raw');
});

test.each([
  { query: '', want: ['orders', 'trades', 'pnl', 'notifications', 'session', 'gap'] },
  { query: '?topics=trades', want: ['trades', 'gap'] },
  { query: '?topics=gap', want: ['gap'] },
  { query: '?topics=trades&conids=1,2', want: ['trades', 'marketdata', 'gap'] },
  { query: '?topics=marketdata&conids=1', want: ['marketdata', 'gap'] },
])('“$query” follows $want', async ({ query, want }) => {
  const stream = await open(query);
  await stream.any();
  await on.push(
    ...['orders', 'trades', 'pnl', 'notifications', 'session', 'marketdata:1', 'gap'].map((each) =>
      event(each),
    ),
  );
  expect((await take(stream, want.length)).map((message) => message.event)).toEqual(want);
});

test('the frame comes when asked for', async () => {
  const stream = await open('?raw=true&since=0');
  await on.push(event('orders', { raw: 'frame' }));
  expect((await stream.next()).data).toMatchObject({ raw: 'frame' });
});

describe('resuming', () => {
  test('catches up from the store and goes on live, without a hole', async () => {
    for (let count = 0; count < 500; count += 1) await on.push(event('orders'));
    await on.restart();
    const stream = await open('?topics=orders&since=100');
    let pushed = 0;
    const pushing = (async () => {
      for (; pushed < 300; pushed += 1) await on.push(event('orders'));
    })();
    const got = ids(await take(stream, 700));
    await pushing;
    expect(got).toEqual(Array.from({ length: 700 }, (_, index) => 101 + index));
  });

  test('goes by Last-Event-ID before since, and by neither from now on', async () => {
    await on.push(event('orders'), event('orders'), event('orders'));
    const resumed = await open('?since=0', { 'last-event-id': '2' });
    expect(ids([await resumed.next()])).toEqual([3]);
    const fresh = await open('');
    expect(await fresh.any()).toEqual({ retry: '2000', id: '3' });
    await on.push(event('orders'));
    expect(ids([await fresh.next()])).toEqual([4]);
  });

  test('from where nothing is kept is told in the stream, which goes on with what there is', async () => {
    await on.push(event('pnl'), event('orders'));
    const stream = await open('?topics=orders', { 'last-event-id': '900' });
    expect(await stream.next()).toEqual({
      id: '1',
      event: 'cursor_expired',
      data: expect.objectContaining({ code: 'cursor_expired', head_cursor: 2, reset_epoch: 1 }) as unknown,
    });
    expect(ids([await stream.next()])).toEqual([2]);
  });
});

test('EventSource comes back by itself and misses nothing', async () => {
  const source = new EventSource(`${on.url}/events/stream?topics=orders`);
  const got: number[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  source.addEventListener('orders', (message) => {
    got.push(Number((message as MessageEvent).lastEventId));
    for (const { count, resolve } of waiting) if (got.length === count) resolve();
  });
  const come = (count: number): Promise<void> =>
    got.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve }));
  await new Promise((resolve) => source.addEventListener('open', resolve));
  await on.push(event('orders'), event('orders'));
  await come(2);
  on.cut();
  await on.push(event('orders'), event('pnl'), event('orders'));
  await come(4);
  source.close();
  expect(got).toEqual([1, 2, 3, 5]);
});

test('instruments are held for as long as the stream lasts', async () => {
  const stream = await open('?conids=265598,8314@SMART,265598');
  expect(on.subscribed).toEqual(['hold 265598', 'hold 8314@SMART']);
  await stream.any();
  stream.leave();
  await until(() => on.subscribed.length === 4);
  expect(on.subscribed.slice(2)).toEqual(['release 265598', 'release 8314@SMART']);
});

test('an instrument too many gives the others back', async () => {
  on.subscribable = new Set(['1']);
  const answer = await on.get('/events/stream?conids=1,2');
  expect(answer.status).toBe(502);
  expect(await answer.json()).toMatchObject({ code: 'events_subscribe_failed' });
  expect(on.subscribed).toEqual(['hold 1', 'hold 2', 'release 1']);
});

test('ends with a word when the server stops', async () => {
  const stream = await open('');
  await stream.any();
  on.routes.stop();
  expect(await stream.any()).toEqual({ comment: 'this server is shutting down' });
  expect(await stream.any()).toBeUndefined();
});

test('the edge’s deadline does not end it', async () => {
  await on.stop();
  on = await startReading({ timeoutMs: 20 });
  const stream = await open('?topics=orders');
  // Answered only once its own deadline has passed, which began after the stream’s.
  const later = await on.get('/events/orders?since=now&wait=1');
  expect(later.status).toBe(204);
  await on.push(event('orders'));
  expect(ids([await stream.next()])).toEqual([1]);
});

test.each([
  { query: '?topics=fills', pointer: '/query/topics' },
  { query: '?topics=', pointer: '/query/topics' },
  { query: '?conids=AAPL', pointer: '/query/conids' },
  { query: '?since=-1', pointer: '/query/since' },
  { query: '?topics=marketdata', pointer: '/query/conids', code: 'missing_query_param' },
  {
    query: `?conids=${Array.from({ length: 101 }, (_, index) => index + 1).join(',')}`,
    pointer: '/query/conids',
  },
])('$query is 400', async ({ query, pointer, code = 'bad_request' }) => {
  const answer = await on.get(`/events/stream${query}`);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code, errors: [{ pointer }] });
});

test('a Last-Event-ID that is no cursor is 400', async () => {
  const answer = await on.get('/events/stream', { 'last-event-id': 'last' });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ errors: [{ pointer: '/header/last-event-id' }] });
});

test('a HEAD has the headers and no end to wait for', async () => {
  const answer = await on.get('/events/stream?conids=1', {}, 'HEAD');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
  await until(() => on.subscribed.includes('release 1'));
});

describe('with a clock that is moved', () => {
  let clock: ManualClock;
  beforeEach(async () => {
    await on.stop();
    clock = new ManualClock();
    on = await startReading({ clock });
  });

  test('a heartbeat every 15 s of silence brings the cursor up to date', async () => {
    const stream = await open('?topics=orders');
    await stream.any();
    await on.push(event('pnl'), event('pnl'));
    await until(() => clock.pending === 1);
    await clock.advance(15_000);
    expect(await stream.any()).toEqual({ comment: 'heartbeat', id: '2' });
    await until(() => clock.pending === 1);
    await clock.advance(15_000);
    expect(await stream.any()).toEqual({ comment: 'heartbeat', id: '2' });
  });

  test('a client that does not read for 30 s is let go, and the others are not held up', async () => {
    const socket = connect(Number(new URL(on.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /events/stream?topics=orders HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const quick = await open('?topics=orders');
    await quick.any();
    const payload = { text: 'x'.repeat(100_000) };
    const rounds = 300;
    for (let count = 0; count < rounds; count += 1) {
      await on.push(event('orders', { payload }));
      await quick.next();
    }
    await clock.advance(30_000);
    await until(() => on.slow === 1);
    await clock.advance(1000);
    socket.resume();
    await closed;
    await on.push(event('orders'));
    expect(ids([await quick.next()])).toEqual([rounds + 1]);
  });
});

/** Resolves when it is so, looking again each time the event loop has gone round. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
