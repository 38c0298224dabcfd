import { expect, test } from '@jest/globals';
import type { GatewayAnswer } from '../../src/gateway.ts';
import type { Call } from '../../src/request/call.ts';
import { Coalescer } from '../../src/request/coalesce.ts';
import { ManualClock, settle } from '../manual-clock.ts';
import { answer, call, operation } from './operations.ts';

const read = operation({ id: 'read' });
const kept = operation({ id: 'kept', cacheMs: 5000 });
const postedRead = operation({ id: 'posted', method: 'POST', cacheMs: 5000 });
const order = operation({ id: 'order', method: 'POST', safety: 'order' });

function setUp() {
  const clock = new ManualClock();
  const how: string[] = [];
  const state = { epoch: 1 };
  const coalescer = new Coalescer({
    clock,
    epoch: () => state.epoch,
    observe: (seen) => seen.kind === 'coalesced' && how.push(seen.how),
  });
  const flights: {
    resolve: (answer: GatewayAnswer) => void;
    reject: (error: Error) => void;
    signal: AbortSignal;
  }[] = [];
  const fetch = (signal: AbortSignal) =>
    new Promise<GatewayAnswer>((resolve, reject) => {
      flights.push({ resolve, reject, signal });
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  return { clock, coalescer, flights, fetch, how, state };
}

test('equal reads in flight are one call, different ones are not', async () => {
  const { coalescer, flights, fetch, how } = setUp();
  const both = [coalescer.run(call(read), fetch), coalescer.run(call(read), fetch)];
  const other = coalescer.run(call(read, { target: '/v1/api/thing?x=1' }), fetch);
  const otherAccept = coalescer.run(call(read, { headers: { accept: 'text/csv' } }), fetch);
  expect(flights).toHaveLength(3);
  for (const flight of flights) flight.resolve(answer('same'));
  expect(await Promise.all([...both, other, otherAccept])).toHaveLength(4);
  expect(how).toEqual(['shared']);
});

test('an answer is remembered for as long as the table says, with its age', async () => {
  const { clock, coalescer, flights, fetch } = setUp();
  const first = coalescer.run(call(kept), fetch);
  flights[0]?.resolve(answer('kept'));
  await first;
  await clock.advance(4000);
  const second = await coalescer.run(call(kept), fetch);
  expect(second.headers['age']).toBe('4');
  expect(second.body).toEqual(answer('kept').body);
  await clock.advance(1000);
  void coalescer.run(call(kept), fetch).catch(() => undefined);
  expect(flights).toHaveLength(2);
});

test.each([
  ['a refusal', 401, {}],
  ['an error', 500, {}],
])('%s is not remembered', async (_, status, headers) => {
  const { coalescer, flights, fetch } = setUp();
  const first = coalescer.run(call(kept), fetch);
  flights[0]?.resolve(answer({ error: 'no bridge' }, { status, headers }));
  await first;
  void coalescer.run(call(kept), fetch);
  expect(flights).toHaveLength(2);
});

test.each([
  ['the caller wants it fresh', { fresh: true }],
  ['the caller forces IBKR’s cache', { target: '/v1/api/thing?force=True' }],
  ['the caller wants IBKR to skip its cache', { target: '/v1/api/thing?nocache=true' }],
])('%s: nothing remembered is given', async (_, given) => {
  const { coalescer, flights, fetch } = setUp();
  for (let index = 0; index < 2; index += 1) {
    const asked = coalescer.run(call(kept, given), fetch);
    flights[index]?.resolve(answer('x'));
    await asked;
  }
  expect(flights).toHaveLength(2);
});

test('fresh answers are shared by those who ask before the call has left, and by no one after', async () => {
  const { coalescer, flights, fetch, how } = setUp();
  let leave = (): void => undefined;
  const forced = call(read, { target: '/v1/api/thing?force=true' });
  const waiting = (signal: AbortSignal, onSent: () => void): Promise<GatewayAnswer> => {
    leave = onSent;
    return fetch(signal);
  };
  const both = [coalescer.run(forced, waiting), coalescer.run(forced, waiting)];
  expect(flights).toHaveLength(1);
  leave();
  const late = coalescer.run(forced, fetch);
  expect(flights).toHaveLength(2);
  flights[0]?.resolve(answer('early'));
  flights[1]?.resolve(answer('late'));
  expect((await Promise.all([...both, late])).map(({ body }) => body.toString())).toEqual([
    '"early"',
    '"early"',
    '"late"',
  ]);
  expect(how).toEqual(['shared']);
});

test('reads by POST are told apart by their bodies', async () => {
  const { coalescer, flights, fetch } = setUp();
  const first = coalescer.run(call(postedRead, { body: Buffer.from('{"a":1}') }), fetch);
  flights[0]?.resolve(answer(1));
  await first;
  await coalescer.run(call(postedRead, { body: Buffer.from('{"a":1}') }), fetch);
  expect(flights).toHaveLength(1);
  void coalescer.run(call(postedRead, { body: Buffer.from('{"a":2}') }), fetch);
  expect(flights).toHaveLength(2);
});

test('orders are never shared, and a change forgets what was remembered, even what is still on its way', async () => {
  const { coalescer, flights, fetch } = setUp();
  const early = coalescer.run(call(kept), fetch);
  const orders = [coalescer.run(call(order), fetch), coalescer.run(call(order), fetch)];
  expect(flights).toHaveLength(3);
  flights[1]?.resolve(answer('placed'));
  flights[2]?.resolve(answer('placed'));
  await Promise.all(orders);
  flights[0]?.resolve(answer('from before the order'));
  await early;
  void coalescer.run(call(kept), fetch);
  expect(flights).toHaveLength(4);
});

test('one caller leaving does not end the call of the others; the last one does', async () => {
  const { coalescer, flights, fetch } = setUp();
  const [one, two] = [new AbortController(), new AbortController()];
  const first = coalescer.run(call(read, { signal: one.signal }), fetch).catch((error: unknown) => error);
  const second = coalescer.run(call(read, { signal: two.signal }), fetch).catch((error: unknown) => error);
  one.abort(new Error('one left'));
  await settle();
  expect(await first).toEqual(new Error('one left'));
  expect(flights[0]?.signal.aborted).toBe(false);
  two.abort(new Error('two left'));
  await settle();
  expect(await second).toEqual(new Error('two left'));
  expect(flights[0]?.signal.aborted).toBe(true);
  void coalescer.run(call(read), fetch);
  expect(flights).toHaveLength(2);
});

/** Asks and answers, and tells whether it came to IBKR. */
async function ask(
  on: ReturnType<typeof setUp>,
  asked: Call,
  given: unknown = 'x',
): Promise<'asked' | 'known'> {
  const before = on.flights.length;
  const answered = on.coalescer.run(asked, on.fetch);
  on.flights[before]?.resolve(answer(given));
  await answered;
  return on.flights.length > before ? 'asked' : 'known';
}

test('a read that is on its way when something changes is nobody’s after the change', async () => {
  const on = setUp();
  const early = on.coalescer.run(call(read), on.fetch);
  await ask(on, call(order));
  const late = on.coalescer.run(call(read), on.fetch);
  expect(on.flights).toHaveLength(3);
  on.flights[0]?.resolve(answer('before'));
  on.flights[2]?.resolve(answer('after'));
  expect([(await early).body.toString(), (await late).body.toString()]).toEqual(['"before"', '"after"']);
});

const reference = operation({ id: 'reference', path: '/reference', cacheMs: 900_000 });
const account = operation({ id: 'setActiveAccount', method: 'POST', safety: 'session' });
const invalidate = operation({ id: 'invalidatePositionCache', method: 'POST' });

test.each([
  { by: order, forgets: ['kept'] },
  { by: account, forgets: ['kept', 'reference'] },
  { by: invalidate, forgets: ['kept'] },
  { by: operation({ id: 'whatif', method: 'POST' }), forgets: [] },
])('$by.id forgets $forgets', async ({ by, forgets }) => {
  const on = setUp();
  for (const each of [kept, reference]) await ask(on, call(each));
  await ask(on, call(by));
  const forgotten: string[] = [];
  for (const each of [kept, reference]) {
    if ((await ask(on, call(each))) === 'asked') forgotten.push(each.id);
  }
  expect(forgotten).toEqual(forgets);
});

test('another session, which may be another user’s, gets nothing of the former one', async () => {
  const on = setUp();
  await ask(on, call(reference));
  on.state.epoch = 2;
  expect(await ask(on, call(reference))).toBe('asked');
});

test('a fresh answer takes the place of the remembered one', async () => {
  const on = setUp();
  await ask(on, call(kept), 'old');
  expect(await ask(on, call(kept, { fresh: true }), 'new')).toBe('asked');
  const known = await on.coalescer.run(call(kept), on.fetch);
  expect(known.body.toString()).toBe('"new"');
});

test.each(['range', 'if-none-match', 'if-modified-since'])(
  'an answer to %s is for its caller alone',
  async (name) => {
    const on = setUp();
    const asked = call(kept, { headers: { [name]: 'x' } });
    await ask(on, asked);
    expect(await ask(on, asked)).toBe('asked');
    expect(await ask(on, call(kept))).toBe('asked');
  },
);

test('what is remembered is bounded in bytes, the oldest goes first, and very large answers are not kept', async () => {
  const on = setUp();
  const page = (name: string) => call(kept, { target: `/v1/api/thing?page=${name}` });
  const ofMiB = (size: number) => 'x'.repeat(size * 1024 * 1024 - 100);
  await ask(on, page('huge'), ofMiB(9));
  expect(await ask(on, page('huge'), ofMiB(9))).toBe('asked');
  for (const name of ['1', '2', '3', '4', '5']) await ask(on, page(name), ofMiB(8));
  expect(await ask(on, page('5'))).toBe('known');
  expect(await ask(on, page('2'))).toBe('known');
  expect(await ask(on, page('1'), ofMiB(8))).toBe('asked');
  const large = { body: Buffer.alloc(10 * 1024 * 1024, '1') };
  await ask(on, call(postedRead, large));
  expect(await ask(on, call(postedRead, large))).toBe('known');
});
