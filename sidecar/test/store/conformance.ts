// What every event store must do, as cases that the test of each database runs.

import { expect } from '@jest/globals';
import { topics, type NewEvent, type StoredEvent } from '../../src/event.ts';
import { dayMs, RowsRefusedError, type EventStore } from '../../src/store/store.ts';
import { cursorsOf, event, numbered, numbersOf, startMs } from './events.ts';

export interface Stage {
  /** The same database in each call of one case, empty in the first; the store before must be stopped. */
  readonly open: () => Promise<EventStore>;
  /** A store whose open is certain to be refused while another has it. */
  readonly openAgain: () => Promise<EventStore>;
}

export const conformance: readonly [name: string, run: (stage: Stage) => Promise<void>][] = [
  [
    'gives growing cursors, in order, over all topics',
    async ({ open }) => {
      const store = await open();
      const first = await store.append([event(), event({ topic: 'pnl' }), event({ topic: 'gap' })]);
      const second = await store.append([event({ topic: 'marketdata', conid: 1 })]);
      const cursors = cursorsOf([...first, ...second]);
      expect(cursors).toHaveLength(4);
      expect([...new Set(cursors)].sort((a, b) => a - b)).toEqual(cursors);
      expect((await store.bounds()).head).toBe(cursors.at(-1));
    },
  ],
  [
    'gives back what was appended, whole',
    async ({ open }) => {
      const store = await open();
      const events = [
        event({
          topic: 'trades',
          account: 'U1',
          orderId: '987654321',
          conid: 265_598,
          executionId: '0000e0d5.6576fd38.01.01',
          dedup: 'trade:0000e0d5.6576fd38.01.01',
          healed: true,
          payload: {
            price: 170.25,
            size: -0.5,
            text: 'käufe „€" 💸 \\u0000',
            deep: { list: [1, null, [], {}] },
          },
          raw: '{"topic":"str","args":[]}\n',
        }),
        event({ topic: 'marketdata', conid: 2 ** 40, account: null, payload: {}, raw: null }),
      ];
      const stored = await store.append(events);
      expect(stored).toEqual(events.map((one, index) => ({ ...one, cursor: stored[index]?.cursor })));
      expect(await read(store)).toEqual(stored);
    },
  ],
  [
    'takes text that a database would rather not',
    async ({ open }) => {
      const store = await open();
      const payload = { nul: 'a\0b', half: '\ud83d!', escaped: '\\u0000', key: { 'x\0': 1 } };
      await store.append([event({ orderId: '\0\udc00', raw: '\ud800\0', payload })]);
      const [stored] = await read(store);
      expect(stored).toMatchObject({
        orderId: '\ufffd\ufffd',
        raw: '\ufffd\ufffd',
        payload: { nul: 'a\ufffdb', half: '\ufffd!', escaped: '\\u0000', key: { 'x\ufffd': 1 } },
      });
    },
  ],
  [
    'leaves out repeats, within a batch and across days, topics and batches',
    async ({ open }) => {
      const store = await open();
      const first = await store.append([
        event({ dedup: 'a', payload: { n: 1 } }),
        event({ dedup: 'a', payload: { n: 2 } }),
        event({ dedup: 'b', payload: { n: 3 } }),
        event({ payload: { n: 4 } }),
      ]);
      const later = { receivedAtMs: startMs + 40 * dayMs };
      const second = await store.append([
        event({ ...later, dedup: 'b', payload: { n: 5 } }),
        event({ ...later, dedup: 'a', topic: 'trades', payload: { n: 6 } }),
        event({ ...later, dedup: 'c', payload: { n: 7 } }),
        event({ ...later, payload: { n: 8 } }),
      ]);
      expect([numbersOf(first), numbersOf(second)]).toEqual([
        [1, 3, 4],
        [7, 8],
      ]);
      expect(numbersOf(await read(store))).toEqual([1, 3, 4, 7, 8]);
      expect(await store.append([event({ dedup: 'a' })])).toEqual([]);
    },
  ],
  [
    'appends a named batch once, however often it is asked, also after a restart',
    async ({ open }) => {
      const first = await open();
      await first.append(numbered(2), 'one');
      const stored = await first.append([event({ dedup: 'x' }), ...numbered(2, {}, 5)], 'two');
      expect(await first.append(numbered(3), 'two')).toEqual(stored);
      expect((await first.bounds()).lastBatch).toBe('two');
      await first.stop();
      const second = await open();
      expect(await second.append(numbered(3), 'two')).toEqual(stored);
      expect(await read(second)).toHaveLength(5);
      expect(await second.append([event({ dedup: 'x' })], 'three')).toEqual([]);
      expect(await second.append([event()], 'three')).toEqual([]);
      expect(await second.append([event()], 'four')).toHaveLength(1);
    },
  ],
  [
    'refuses rows it cannot hold, keeps nothing of their batch, and goes on',
    async ({ open }) => {
      const store = await open();
      const wrong = event({ conid: 1.5 });
      await expect(store.append([event(), wrong], 'wrong')).rejects.toThrow(RowsRefusedError);
      expect(await read(store)).toEqual([]);
      expect(await store.append([event()], 'right')).toHaveLength(1);
      expect((await store.bounds()).lastBatch).toBe('right');
    },
  ],
  [
    'reads by stream, by topic, by both and everything, from a cursor on, up to a limit',
    async ({ open }) => {
      const store = await open();
      const events = [
        event({ payload: { n: 1 } }),
        event({ topic: 'marketdata', conid: 11, payload: { n: 2 } }),
        event({ topic: 'marketdata', conid: 12, payload: { n: 3 } }),
        event({ topic: 'trades', payload: { n: 4 } }),
        event({ topic: 'marketdata', conid: 11, payload: { n: 5 } }),
        event({ payload: { n: 6 }, receivedAtMs: startMs + 3 * dayMs }),
        event({ topic: 'pnl', payload: { n: 7 } }),
      ];
      const cursors = cursorsOf(await store.append(events));
      const table: [Parameters<EventStore['readAfter']>[0], number, number, number[]][] = [
        [{ streams: null, topics: null }, 0, 100, [1, 2, 3, 4, 5, 6, 7]],
        [{ streams: null, topics: null }, 2, 3, [3, 4, 5]],
        [{ streams: ['orders'], topics: null }, 0, 100, [1, 6]],
        [{ streams: ['orders'], topics: null }, 1, 100, [6]],
        [{ streams: ['marketdata:11', 'orders'], topics: null }, 0, 3, [1, 2, 5]],
        [{ streams: ['marketdata:11', 'marketdata:11'], topics: null }, 0, 9, [2, 5]],
        [{ streams: null, topics: ['marketdata'] }, 0, 100, [2, 3, 5]],
        [{ streams: null, topics: ['trades', 'pnl'] }, 4, 100, [7]],
        [{ streams: ['orders', 'marketdata:12'], topics: ['orders'] }, 0, 100, [1, 6]],
        [{ streams: ['marketdata:99', 'nothing'], topics: null }, 0, 100, []],
        [{ streams: [], topics: null }, 0, 100, []],
        [{ streams: null, topics: null }, 7, 100, []],
        [{ streams: null, topics: null }, 9999, 100, []],
      ];
      const got = await Promise.all(
        table.map(async ([filter, after, limit]) =>
          numbersOf(await store.readAfter(filter, cursors[after - 1] ?? after, limit)),
        ),
      );
      expect(got).toEqual(table.map((row) => row[3]));
    },
  ],
  [
    'pages through a history by time and cursor without losing ties',
    async ({ open }) => {
      const store = await open();
      const at = (n: number) => startMs + Math.floor(n / 7) * 1000;
      const events = Array.from({ length: 40 }, (_, n) => event({ receivedAtMs: at(n), payload: { n } }));
      const late = event({ receivedAtMs: startMs + 500, payload: { n: 40 } });
      await store.append([...events, event({ topic: 'pnl' }), late]);
      const paged: StoredEvent[] = [];
      for (let from = { sinceMs: startMs + 500, afterCursor: 0 }; ;) {
        const page = await store.history('orders', from, startMs + 4000, 3);
        paged.push(...page);
        const last = page.at(-1);
        if (last === undefined) break;
        from = { sinceMs: last.receivedAtMs, afterCursor: last.cursor };
      }
      expect(numbersOf(paged)).toEqual([40, ...Array.from({ length: 28 }, (_, n) => 7 + n)]);
      const openEnded = await store.history('orders', { sinceMs: startMs + 4000, afterCursor: 0 }, null, 100);
      expect(numbersOf(openEnded)).toEqual(Array.from({ length: 12 }, (_, n) => 28 + n));
      expect(await store.history('nothing', { sinceMs: 0, afterCursor: 0 }, null, 100)).toEqual([]);
    },
  ],
  [
    'keeps cursors, events and epochs over a restart',
    async ({ open }) => {
      const first = await open();
      const epochs = [await first.nextEpoch(), await first.nextEpoch()];
      const before = await first.append(numbered(3));
      const { storeId } = await first.bounds();
      await first.stop();
      const second = await open();
      expect(await read(second)).toEqual(before);
      expect(await second.bounds()).toMatchObject({ head: before[2]?.cursor, storeId });
      const after = await second.append([event()]);
      expect(after[0]?.cursor).toBeGreaterThan(before[2]?.cursor ?? NaN);
      epochs.push(await second.nextEpoch());
      expect(epochs).toEqual([1, 2, 3]);
    },
  ],
  [
    'starts above a floor, and says what lies elsewhere',
    async ({ open }) => {
      const store = await open();
      await store.append([event()]);
      await store.raise({ cursor: 5000, epoch: 7, isElsewhere: false });
      expect(await store.bounds()).toMatchObject({ head: 5000, prunedThrough: new Map() });
      expect(cursorsOf(await store.append([event()]))).toEqual([5001]);
      await store.raise({ cursor: 4000, epoch: 3, isElsewhere: true });
      expect((await store.bounds()).prunedThrough).toEqual(new Map());
      await store.raise({ cursor: 9000, epoch: 3, isElsewhere: true });
      expect((await store.bounds()).prunedThrough).toEqual(new Map(topics.map((topic) => [topic, 9000])));
      expect(cursorsOf(await store.append(numbered(2)))).toEqual([9001, 9002]);
      expect(await store.nextEpoch()).toBe(8);
    },
  ],
  [
    'deletes what is older than its topic may be, and says up to where',
    async ({ open }) => {
      const store = await open();
      // Two months, past the widest partition that a store may delete as a whole.
      const oldMs = startMs - 60 * dayMs;
      const old = await store.append([
        event({ receivedAtMs: oldMs, payload: { n: 1 }, dedup: 'old' }),
        event({ topic: 'marketdata', conid: 1, receivedAtMs: oldMs, payload: { n: 2 } }),
        event({ topic: 'marketdata', conid: 2, receivedAtMs: oldMs, payload: { n: 3 } }),
        event({ topic: 'trades', receivedAtMs: oldMs, payload: { n: 4 }, dedup: 'kept' }),
      ]);
      await store.append([
        event({ payload: { n: 5 }, dedup: 'young' }),
        event({ topic: 'marketdata', conid: 1, payload: { n: 6 } }),
      ]);
      const pruned = await store.prune({ keepDays: keep({ orders: 30, marketdata: 7 }), capBytes }, startMs);
      expect(pruned).toMatchObject({ aged: 3, squeezed: 0 });
      expect(numbersOf(await read(store))).toEqual([4, 5, 6]);
      expect((await store.bounds()).prunedThrough).toEqual(
        new Map([
          ['orders', old[0]?.cursor],
          ['marketdata', old[2]?.cursor],
        ]),
      );
      const again = await store.append([
        event({ dedup: 'kept' }),
        event({ dedup: 'young' }),
        event({ dedup: 'old', payload: { n: 7 } }),
      ]);
      expect(numbersOf(again)).toEqual([7]);
    },
  ],
  [
    'never gives a cursor again, though the highest rows are gone and it was restarted',
    async ({ open }) => {
      const first = await open();
      const stored = await first.append(numbered(5, { receivedAtMs: startMs - 60 * dayMs }));
      await first.prune({ keepDays: keep({ orders: 1 }), capBytes }, startMs);
      expect(await read(first)).toEqual([]);
      await first.stop();
      const second = await open();
      expect((await second.bounds()).head).toBe(stored[4]?.cursor);
      const [next] = await second.append([event()]);
      expect(next?.cursor).toBeGreaterThan(stored[4]?.cursor ?? NaN);
    },
  ],
  [
    'makes room when it is larger than its cap: prices first, and from the oldest on',
    async ({ open }) => {
      const store = await open();
      const raw = 'x'.repeat(900);
      await store.append(numbered(50, { raw }));
      for (let day = 0; day < 6; day++) {
        const receivedAtMs = startMs - (6 - day) * dayMs;
        await store.append(numbered(1500, { topic: 'marketdata', conid: 1, raw, receivedAtMs }, day * 1500));
      }
      const sizeBytes = await store.sizeBytes();
      const half = sizeBytes / 2;
      const pruned = await store.prune({ keepDays: keep({}), capBytes: half }, startMs);
      expect(pruned.aged).toBe(0);
      expect(pruned.squeezed).toBeGreaterThanOrEqual(3000);
      expect(pruned.sizeBytes).toBeLessThanOrEqual(half);
      const left = numbersOf(await store.readAfter({ streams: null, topics: ['marketdata'] }, 0, 9000));
      expect(left).toEqual(Array.from({ length: 9000 - pruned.squeezed }, (_, n) => pruned.squeezed + n));
      expect(await store.readAfter({ streams: ['orders'], topics: null }, 0, 100)).toHaveLength(50);
      expect([...(await store.bounds()).prunedThrough.keys()]).toEqual(['marketdata']);
    },
  ],
  [
    'lets no second process in',
    async ({ open, openAgain }) => {
      const store = await open();
      await expect(openAgain()).rejects.toThrow(/another bezant-server/);
      expect(await store.append([event()])).toHaveLength(1);
    },
  ],
  [
    'takes many appends and reads at once',
    async ({ open }) => {
      const store = await open();
      const batches = Array.from({ length: 20 }, (_, index) => numbered(50, {}, index * 50));
      const [stored] = await Promise.all([
        Promise.all(batches.map((batch, index) => store.append(batch, `batch ${index}`))),
        ...Array.from({ length: 10 }, () => read(store)),
      ]);
      expect(numbersOf(stored.flat())).toEqual(Array.from({ length: 1000 }, (_, n) => n));
      expect(await read(store)).toEqual(stored.flat());
    },
  ],
];

const capBytes = 2 ** 40;
const keep = (days: Partial<Record<NewEvent['topic'], number>>) => ({
  orders: 3650,
  trades: 3650,
  pnl: 3650,
  marketdata: 3650,
  notifications: 3650,
  session: 3650,
  gap: 3650,
  ...days,
});

const read = (store: EventStore): Promise<StoredEvent[]> =>
  store.readAfter({ streams: null, topics: null }, 0, 100_000);
