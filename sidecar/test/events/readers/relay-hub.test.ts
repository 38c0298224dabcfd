// Many clients on one connection: who gets which frame, and what IBKR is asked for.

import { beforeEach, describe, expect, test } from '@jest/globals';
import { createRelayHub, type RelayHub, type RelayMember } from '../../../src/events/relay-hub.ts';
import { ManualClock } from '../../manual-clock.ts';
import { act, createStandInUpstream, sts, system, type StandInUpstream } from './stand-in-upstream.ts';

let clock: ManualClock;
let upstream: StandInUpstream;
let hub: RelayHub;

beforeEach(() => {
  clock = new ManualClock();
  upstream = createStandInUpstream();
  hub = createRelayHub({ upstream, clock, steady: clock });
});

interface Client extends RelayMember {
  got: unknown[];
  /** Sends these frames. */
  says(...frames: readonly string[]): void;
  /** What came since the last look. */
  news(): unknown[];
}

function join(mayTrade = true): Client {
  const got: unknown[] = [];
  const member = hub.join({
    mayTrade,
    send(frame) {
      const text = frame.toString();
      got.push(text.startsWith('{') ? (JSON.parse(text) as unknown) : text);
    },
  });
  return {
    ...member,
    got,
    says: (...frames) => frames.forEach((frame) => member.handle(Buffer.from(frame))),
    news: () => got.splice(0),
  };
}

/** On a connection that is up, with the greeting read. */
function joined(mayTrade = true): Client {
  const client = join(mayTrade);
  client.news();
  return client;
}

const quote = (conid: number, fields: object) => ({
  topic: `smd+${conid}`,
  conid,
  conidEx: String(conid),
  _updated: 1,
  '6119': 'q0',
  '6509': 'RpB',
  ...fields,
});

describe('the greeting', () => {
  test('comes when IBKR comes up', () => {
    const client = join();
    expect(client.news()).toEqual([]);
    upstream.comesUp();
    expect(client.news()).toEqual([system, act, sts]);
  });

  test('comes at once to who comes later, in the same order and up to date', () => {
    upstream.comesUp();
    const competing = { topic: 'sts', args: { authenticated: true, competing: true } };
    upstream.says(competing);
    upstream.says({ topic: 'system', hb: 1 });
    expect(join().news()).toEqual([system, act, competing]);
  });

  test('is whole when a connection that stayed gets its session back', () => {
    upstream.comesUp();
    upstream.says({ topic: 'sts', args: { authenticated: false } });
    upstream.goesDown();
    const client = join();
    upstream.says({ topic: 'system', hb: 1 });
    expect(client.news()).toEqual([]);
    upstream.says(sts);
    upstream.isBack();
    expect(client.news()).toEqual([system, act, sts]);
  });

  test('is told of an end and a new beginning, on the same connection', () => {
    upstream.comesUp();
    const client = joined();
    upstream.goesDown();
    expect(client.news()).toMatchObject([
      { topic: 'sts', args: { authenticated: false, connected: false, established: false } },
    ]);
    expect(join().news()).toEqual([]);
    upstream.comesUp();
    expect(client.news()).toEqual([system, act, sts]);
  });
});

describe('with IBKR up', () => {
  beforeEach(() => upstream.comesUp());

  test('heartbeats, notices and bulletins are everyone’s', () => {
    const [one, two] = [joined(), joined()];
    const frames = [
      { topic: 'system', hb: 1 },
      { topic: 'ntf', args: { id: '1' } },
      { topic: 'blt', args: { id: '2' } },
      { topic: 'error', error: 'x' },
      { error: 'y' },
      { message: 'waiting for session' },
      { topic: 'new', args: {} },
    ];
    frames.forEach((frame) => upstream.says(frame));
    expect(one.news()).toEqual(frames);
    expect(two.news()).toEqual(frames);
  });

  test('quotes are of those who follow the instrument, with the fields they asked for', () => {
    const [one, two, all, other] = [joined(), joined(), joined(), joined()];
    one.says('smd+1+{"fields":["31"]}');
    two.says('smd+1+{"fields":["84","86"]}');
    all.says('smd+1+{}');
    other.says('smd+2+{"fields":["31"]}');
    const whole = quote(1, { 31: '1.0', 84: '0.9', 86: '1.1' });
    upstream.says(whole);
    expect(one.news()).toEqual([quote(1, { 31: '1.0' })]);
    expect(two.news()).toEqual([quote(1, { 84: '0.9', 86: '1.1' })]);
    expect(all.news()).toEqual([whole]);
    upstream.says({ topic: 'smd+1', conid: 1, '84': '0.8' });
    expect(one.news()).toEqual([]);
    expect(two.news()).toEqual([{ topic: 'smd+1', conid: 1, '84': '0.8' }]);
    expect(other.news()).toEqual([]);
  });

  test('who comes later begins with a whole frame of what is known', () => {
    joined().says('smd+1+{"fields":["31","84"]}');
    upstream.says(quote(1, { 31: '1.0', 84: '0.9' }));
    upstream.says({ topic: 'smd+1', conid: 1, _updated: 2, '31': '1.2' });
    const late = joined();
    late.says('smd+1+{"fields":["31"]}');
    expect(late.news()).toEqual([{ ...quote(1, { 31: '1.2' }), _updated: 2 }]);
    const elsewhere = joined();
    elsewhere.says('smd+1@ARCA+{"fields":["31"]}');
    expect(elsewhere.news()).toEqual([]);
  });

  test('who comes after many frames begins with a whole one too', () => {
    joined().says('sor+{}');
    for (let frame = 0; frame < 100; frame += 1) {
      const [orderId, nth] = [frame % 3, Math.floor(frame / 3)];
      upstream.says({ topic: 'sor', args: [{ orderId, [nth === 0 ? 'side' : 'filledQuantity']: nth }] });
    }
    const late = joined();
    late.says('sor+{}');
    expect(late.news()).toEqual([
      {
        topic: 'sor',
        args: [
          { orderId: 0, side: 0, filledQuantity: 33 },
          { orderId: 1, side: 0, filledQuantity: 32 },
          { orderId: 2, side: 0, filledQuantity: 32 },
        ],
      },
    ]);
  });

  test('nothing old is told of an instrument that nobody followed meanwhile', () => {
    const early = joined();
    early.says('smd+1+{"fields":["31"]}');
    upstream.says(quote(1, { 31: '1.0' }));
    early.says('umd+1+{}');
    const late = joined();
    late.says('smd+1+{"fields":["31"]}');
    expect(late.news()).toEqual([]);
    expect(upstream.sent).toEqual(['smd+1+{"fields":["31"]}', 'umd+1+{}', 'smd+1+{"fields":["31"]}']);
  });

  test('a topic is given up when its last client has unsubscribed or left', () => {
    const [one, two] = [joined(), joined()];
    one.says('smd+1+{}', 'spl');
    two.says('smd+1+{}', 'smd+1+{"fields":["31"]}', 'spl+{}');
    one.says('umd+1+{}', 'upl+{}');
    upstream.says(quote(1, { 31: '1' }));
    expect(one.news()).toEqual([]);
    expect(two.news()).toHaveLength(1);
    two.leave();
    expect(upstream.sent).toEqual(['smd+1+{}', 'spl+{}', 'umd+1+{}', 'upl+{}']);
    upstream.says(quote(1, { 31: '1' }));
    expect(two.news()).toEqual([]);
  });

  test('a line too many is told to who asked for it', () => {
    upstream.lines = 1;
    const [one, two] = [joined(), joined()];
    one.says('smd+1+{}');
    two.says('smd+1+{}', 'smd+2+{}');
    expect(one.news()).toEqual([]);
    expect(two.news()).toMatchObject([{ topic: 'smd+2', code: 'data_lines_used' }]);
  });

  test('an error of a topic is of those who subscribed to it', () => {
    const [one, two] = [joined(), joined()];
    one.says('smd+1+{}');
    upstream.says({ topic: 'smd', error: 'No accounts' });
    expect(one.news()).toEqual([{ topic: 'smd', error: 'No accounts' }]);
    expect(two.news()).toEqual([]);
  });

  const snapshots = [
    {
      name: 'orders, with what changed since',
      frame: 'sor+{}',
      says: [
        { topic: 'sor', args: [{ orderId: 1, status: 'Submitted', size: 5 }, { orderId: 2 }] },
        { topic: 'sor', args: [{ orderId: 1, status: 'Filled' }] },
      ],
      want: [{ topic: 'sor', args: [{ orderId: 1, status: 'Filled', size: 5 }, { orderId: 2 }] }],
    },
    {
      name: 'orders of one status',
      frame: 'sor+{"filters":["Filled"]}',
      says: [
        {
          topic: 'sor',
          args: [
            { orderId: 1, status: 'Submitted' },
            { orderId: 2, status: 'filled' },
          ],
        },
      ],
      want: [{ topic: 'sor', args: [{ orderId: 2, status: 'filled' }] }],
    },
    {
      name: 'trades, each once',
      frame: 'str+{}',
      says: [
        { topic: 'str', args: [{ execution_id: 'a' }] },
        { topic: 'str', args: [{ execution_id: 'a', commission: '1' }] },
        { topic: 'str', args: [{ execution_id: 'b' }] },
      ],
      want: [{ topic: 'str', args: [{ execution_id: 'a', commission: '1' }, { execution_id: 'b' }] }],
    },
    {
      name: 'no trades yet',
      frame: 'str+{"realtimeUpdatesOnly":false,"days":1}',
      says: [],
      want: [{ topic: 'str', args: [] }],
    },
    {
      name: 'no trades that were before',
      frame: 'str+{"realtimeUpdatesOnly":true}',
      says: [{ topic: 'str', args: [{ execution_id: 'a' }] }],
      want: [{ topic: 'str', args: [] }],
    },
    {
      name: 'profits',
      frame: 'spl',
      says: [
        { topic: 'spl', args: { 'U1.Core': { dpl: 1 }, 'U2.Core': { dpl: 5 } } },
        { topic: 'spl', args: { 'U1.Core': { dpl: 2 } } },
      ],
      want: [{ topic: 'spl', args: { 'U1.Core': { dpl: 2 }, 'U2.Core': { dpl: 5 } } }],
    },
    {
      name: 'a summary, of the figures asked for',
      frame: 'ssd+U1+{"keys":["Cash"],"fields":["value"]}',
      says: [
        { topic: 'ssd+U1', result: [{ key: 'Cash', timestamp: 1, value: 5, currency: 'USD' }, { key: 'X' }] },
      ],
      want: [{ topic: 'ssd+U1', result: [{ key: 'Cash', timestamp: 1, value: 5 }] }],
    },
    {
      name: 'a ledger, of which the last frame had little',
      frame: 'sld+U1+{}',
      says: [
        { topic: 'sld+U1', result: [{ key: 'LedgerListUSD', timestamp: 1, cashBalance: 7 }] },
        { topic: 'sld+U1', result: [{ key: 'LedgerListUSD', timestamp: 2 }] },
      ],
      want: [{ topic: 'sld+U1', result: [{ key: 'LedgerListUSD', timestamp: 2, cashBalance: 7 }] }],
    },
    {
      name: 'depth, all rows',
      frame: 'sbd+U1+265598',
      says: [
        {
          topic: 'sbd+U1',
          data: [
            { row: 0, price: '1' },
            { row: 1, price: '2' },
          ],
        },
        { topic: 'sbd+U1', data: [{ row: 1, price: '3' }] },
      ],
      want: [
        {
          topic: 'sbd+U1',
          data: [
            { row: 0, price: '1' },
            { row: 1, price: '3' },
          ],
        },
      ],
    },
  ];

  test.each(snapshots)('a second client begins with $name', ({ frame, says, want }) => {
    joined().says(frame.replace(/\{.*/, '{}'));
    says.forEach((each) => upstream.says(each));
    const late = joined();
    late.says(frame);
    expect(late.news()).toEqual(want);
  });

  test('trades of earlier days are asked of IBKR', () => {
    joined().says('str');
    joined().says('str+{"days":7}');
    expect(upstream.sent).toEqual(['str+{}', 'str+{"days":7}']);
  });

  test('depth of another instrument under the same account is refused as long as it is taken', () => {
    const [one, two] = [joined(), joined()];
    one.says('sbd+U1+1+NASDAQ');
    two.says('sbd+U1+2');
    expect(two.news()).toMatchObject([{ topic: 'sbd+U1', code: 'depth_used' }]);
    one.says('ubd+U1');
    two.says('sbd+U1+2', 'sbd+U1+3');
    upstream.says({ topic: 'sbd+U1', data: [] });
    expect(two.news()).toEqual([{ topic: 'sbd+U1', data: [] }]);
    expect(one.news()).toEqual([]);
    expect(upstream.sent.slice(1)).toEqual(['ubd+U1', 'sbd+U1+2+{}', 'ubd+U1', 'sbd+U1+3+{}']);
  });

  test('the ends of summary and ledger are confirmed', () => {
    const client = joined();
    client.says('ssd+U1+{}', 'usd+U1+{}', 'sld+U1+{}', 'uld+U1+{}');
    upstream.says({ result: 'unsubscribed from summary' });
    expect(client.news()).toEqual([
      { result: 'unsubscribed from summary' },
      { result: 'unsubscribed from ledger' },
    ]);
  });

  test('a tic is answered without the session’s token, and IBKR’s answers are nobody’s', () => {
    const client = joined();
    client.says('tic', 'ech+hb');
    upstream.says({ topic: 'tic', alive: true, id: 'secret', lastAccessed: 1 });
    upstream.says('ech+hb');
    expect(client.news()).toEqual([
      { topic: 'tic', alive: true, id: '', lastAccessed: clock.now() },
      'ech+hb',
    ]);
    expect(upstream.sent).toEqual([]);
  });

  test('greetings and nonsense of clients go nowhere', () => {
    const client = joined();
    client.says('{"session":"x"}', '', '   ', '{');
    expect(upstream.sent).toEqual([]);
  });

  test('broken frames of IBKR’s are nobody’s', () => {
    const client = joined();
    upstream.says('{"topic":"smd+1","55":"');
    upstream.says('[1]');
    expect(client.news()).toEqual([]);
  });

  test('topics that nobody knows are passed on once, and answered to who asked', () => {
    const [one, two] = [joined(), joined()];
    one.says('sxx+1+{"a":1}');
    upstream.says({ topic: 'sxx+1', args: [] });
    expect(one.news()).toEqual([{ topic: 'sxx+1', args: [] }]);
    expect(two.news()).toEqual([]);
    upstream.goesDown();
    upstream.comesUp();
    expect(upstream.sent).toEqual(['sxx+1+{"a":1}']);
  });

  describe('charts', () => {
    const chart = (conid: number, serverId: string) => ({ topic: `smh+${conid}`, serverId, data: [] });

    test('are of who asked, in the order of asking', () => {
      const [one, two] = [joined(), joined()];
      one.says('smh+1+{"period":"1d"}');
      two.says('smh+1+{"period":"1w"}');
      upstream.says(chart(1, '100'));
      upstream.says(chart(1, '200'));
      upstream.says(chart(1, '100'));
      expect(one.news()).toEqual([chart(1, '100'), chart(1, '100')]);
      expect(two.news()).toEqual([chart(1, '200')]);
      two.says('umh+100');
      expect(two.news()).toMatchObject([{ topic: 'umh+100', code: 'not_found' }]);
      one.says('umh+100');
      upstream.says({ message: 'Unsubscribed 100' });
      expect(one.news()).toEqual([{ message: 'Unsubscribed 100' }]);
      expect(two.news()).toEqual([]);
      expect(upstream.sent).toEqual(['smh+1+{"period":"1d"}', 'smh+1+{"period":"1w"}', 'umh+100']);
    });

    test('are five at once, and one that is never answered does not count for ever', async () => {
      const client = joined();
      for (let conid = 1; conid <= 6; conid += 1) client.says(`smh+${conid}+{}`);
      expect(client.news()).toMatchObject([{ topic: 'smh+6', code: 'charts_used' }]);
      await clock.advance(15_000);
      client.says('smh+6+{}');
      expect(upstream.sent.at(-1)).toBe('smh+6+{}');
    });

    test('of who has left are ended, answered or not', () => {
      const client = joined();
      client.says('smh+1+{}', 'smh+2+{}');
      upstream.says(chart(1, '100'));
      client.leave();
      upstream.says(chart(2, '200'));
      expect(upstream.sent.slice(2)).toEqual(['umh+100', 'umh+200']);
      const other = joined();
      other.says('smh+2+{}');
      upstream.says(chart(2, '300'));
      expect(other.news()).toEqual([chart(2, '300')]);
    });
  });

  describe('frames that move positions', () => {
    test('are whatever nobody knows, for a client that may only read', () => {
      const reader = joined(false);
      reader.says('sxx+1', '\u0000shs+exercise+{"CEX":1}', 'smd+1+{}', 'spl');
      expect(reader.news()).toMatchObject([{ code: 'read_only' }, { code: 'read_only' }]);
      expect(upstream.sent).toEqual(['smd+1+{}', 'spl+{}']);
    });

    test.each(['shs+exercise+{"CEX":1}', ' inp+exercise+{}', 'SHS+exercise'])('%s needs leave', (frame) => {
      const reader = joined(false);
      reader.says(frame);
      expect(reader.news()).toMatchObject([{ topic: 'error', code: 'read_only' }]);
      expect(upstream.sent).toEqual([]);
      const [trader, other] = [joined(), joined()];
      trader.says(frame);
      expect(upstream.sent).toEqual([frame.trim()]);
      upstream.says({ topic: frame.trim().split('+{')[0] ?? '', args: [] });
      expect(trader.news()).toHaveLength(1);
      expect(other.news()).toEqual([]);
    });
  });
});

describe('before IBKR is up', () => {
  test('subscriptions and requests wait, none is lost', () => {
    const client = join();
    client.says('smd+1+{}', 'smh+1+{}', 'sxx+{}');
    expect(upstream.sent).toEqual([]);
    upstream.comesUp();
    expect(upstream.isWanted('smd+1')).toBe(true);
    expect(upstream.sent).toEqual(['smh+1+{}', 'sxx+{}']);
  });

  test('what moves positions does not wait: it would come at another time than it was meant for', () => {
    const client = join();
    client.says('shs+exercise+{"CEX":1}');
    expect(client.news()).toMatchObject([{ topic: 'error', code: 'no_session' }]);
    upstream.comesUp();
    expect(upstream.sent).toEqual([]);
  });

  test('requests without end are not kept', () => {
    const client = join();
    for (let count = 0; count < 65; count += 1) client.says(`smh+${count}`);
    expect(client.news()).toMatchObject([{ code: 'no_session' }]);
  });
});

test('after a reconnect nothing old is told', () => {
  upstream.comesUp();
  const one = joined();
  one.says('smd+1+{}');
  upstream.says(quote(1, { 31: '1.0' }));
  upstream.goesDown();
  upstream.comesUp();
  const late = joined();
  late.says('smd+1+{}');
  expect(late.news()).toEqual([]);
  one.news();
  upstream.says(quote(1, { 31: '2.0' }));
  expect(one.news()).toEqual([quote(1, { 31: '2.0' })]);
  expect(late.news()).toEqual([quote(1, { 31: '2.0' })]);
});
