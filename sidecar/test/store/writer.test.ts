import { afterEach, describe, expect, test } from '@jest/globals';
import { DatabaseSync } from 'node:sqlite';
import { event, numbered, numbersOf } from './events.ts';
import { startWriting, until, type Writing } from './writing.ts';

const begun: Writing[] = [];
afterEach(async () => {
  for (const writing of begun.splice(0)) await writing.end();
});

async function start(options?: Parameters<typeof startWriting>[0]): Promise<Writing> {
  const writing = await startWriting(options);
  begun.push(writing);
  return writing;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const writeAll = ({ writer }: Writing, events: ReturnType<typeof numbered>) =>
  events.forEach((one) => writer.write(one));
const price = { topic: 'marketdata', conid: 1 } as const;

describe('while all is well', () => {
  test('what comes in together is written together, at once, and no more than 500 rows a batch', async () => {
    const writing = await start();
    writeAll(writing, numbered(1200));
    writing.writer.write(event({ ...price, payload: { n: 1201 } }));
    await until(() => writing.stored.length === 1201);
    expect(writing.of('event-written').map(({ events }) => events)).toEqual([
      { orders: 500 },
      { orders: 500 },
      { orders: 200, marketdata: 1 },
    ]);
    expect(numbersOf(writing.stored)).toEqual(range(1, 1201));
    expect(await writing.readAll()).toEqual(writing.stored);
    expect(writing.writer.state).toEqual({ queued: 0, spooledBytes: 0, failure: null, isPressed: false });
    expect(writing.of('spooled')).toEqual([]);
  });

  test('repeats are counted and not told', async () => {
    const writing = await start();
    writeAll(writing, [event({ dedup: 'a' }), event({ dedup: 'a' })]);
    await until(() => writing.stored.length === 1);
    writing.writer.write(event({ dedup: 'a' }));
    await until(() => writing.of('event-written').length === 2);
    expect(writing.of('event-written').map(({ repeats }) => repeats)).toEqual([1, 1]);
    expect(writing.stored).toHaveLength(1);
  });

  test('a row that the database refuses is dropped and told, and the others are not', async () => {
    const writing = await start();
    writeAll(writing, numbered(200));
    writing.writer.write(event({ conid: 0.5, payload: { n: 201 } }));
    writeAll(writing, numbered(99, {}, 202));
    await until(() => writing.stored.length === 299);
    await writing.clock.advance(1000);
    expect(writing.of('event-dropped')).toEqual([
      { kind: 'event-dropped', topic: 'orders', reason: 'refused', count: 1 },
    ]);
    expect(numbersOf(await writing.readAll())).toEqual([...range(1, 200), ...range(202, 300)]);
    expect(writing.of('event-store')).toEqual([]);
  });

  test('a listener that fails keeps nobody from anything, and one that left hears no more', async () => {
    const writing = await start();
    const cause = new Error('listener');
    const leave = writing.writer.onStored(() => {
      throw cause;
    });
    writing.writer.write(event());
    await until(() => writing.stored.length === 1);
    leave();
    writing.writer.write(event());
    await until(() => writing.stored.length === 2);
    expect(writing.of('crashed')).toEqual([{ kind: 'crashed', cause }]);
  });
});

describe('while the database takes nothing', () => {
  test('events go to the disk, are tried again ever later, and come in their order', async () => {
    const writing = await start();
    writing.writer.write(event({ payload: { n: 1 } }));
    await until(() => writing.stored.length === 1);
    const other = new DatabaseSync(writing.path);
    other.exec('BEGIN IMMEDIATE');
    writeAll(writing, numbered(700, {}, 2));
    await until(() => writing.of('spooled').reduce((sum, { count }) => sum + count, 0) === 700);
    expect(writing.writer.state).toMatchObject({ queued: 0, failure: { message: 'database is locked' } });
    for (const ms of [250, 500]) {
      const timers = writing.clock.pending;
      await writing.clock.advance(ms);
      await until(() => writing.clock.pending === timers && writing.writer.state.failure !== null);
    }
    writing.writer.write(event({ payload: { n: 702 } }));
    await until(() => writing.of('spooled').reduce((sum, { count }) => sum + count, 0) === 701);
    expect(writing.stored).toHaveLength(1);
    other.close();
    await writing.clock.advance(1000);
    await until(() => writing.stored.length === 702);
    writing.writer.write(event({ payload: { n: 703 } }));
    await until(() => writing.stored.length === 703);
    expect(numbersOf(writing.stored)).toEqual(range(1, 703));
    expect(await writing.readAll()).toEqual(writing.stored);
    expect(writing.of('event-store')).toMatchObject([{ ok: false }, { ok: true }]);
    expect(writing.writer.state).toEqual({ queued: 0, spooledBytes: 0, failure: null, isPressed: false });
  });

  test('prices stop being spooled at half of the cap, everything else at the cap, and nothing else is dropped', async () => {
    const writing = await start({ spoolCapBytes: 40_000 });
    writing.fail(new Error('down'));
    const raw = 'x'.repeat(1000);
    let n = 0;
    while (writing.of('spool-failed').length === 0) {
      writing.writer.write(event({ raw, payload: { n: ++n } }));
      writing.writer.write(event({ ...price, raw }));
      await until(() => writing.writer.state.queued === 0 || writing.of('spool-failed').length > 0);
    }
    expect(writing.writer.state.spooledBytes).toBeGreaterThan(40_000);
    for (let more = 0; more < 50; more++) writing.writer.write(event({ payload: { n: ++n } }));
    await writing.passTime(() => writing.of('event-dropped').length > 0);
    writing.open();
    await writing.passTime(
      () => writing.writer.state.queued === 0 && writing.writer.state.spooledBytes === 0,
    );
    const drops = new Set(writing.of('event-dropped').map(({ topic, reason }) => `${topic} ${reason}`));
    expect(drops).toEqual(new Set(['marketdata spool-full']));
    const orders = writing.stored.filter(({ topic }) => topic === 'orders');
    expect(numbersOf(orders)).toEqual(range(1, n));
    const prices = writing.stored.length - orders.length;
    expect(prices).toBeGreaterThan(5);
    expect(prices).toBeLessThan(orders.length - 50);
  });
});

describe('while the database is slow', () => {
  test('memory stays bounded: the rest goes to the disk, in order, and the batch under way stays the first', async () => {
    const writing = await start();
    writing.close();
    writing.writer.write(event({ payload: { n: 1 } }));
    await until(() => writing.asked() === 1);
    writeAll(writing, numbered(2500, {}, 2));
    await new Promise((resolve) => setImmediate(resolve));
    expect(writing.of('spooled')).toEqual([]);
    await writing.clock.advance(1000);
    writing.writer.write(event({ payload: { n: 2502 } }));
    await until(() => writing.writer.state.queued <= 1);
    writing.open();
    await until(() => writing.stored.length === 2502);
    expect(numbersOf(writing.stored)).toEqual(range(1, 2502));
  });

  test('prices are dropped when too much waits, and it is told together', async () => {
    const writing = await start();
    writing.close();
    writeAll(writing, numbered(20_000, price));
    expect(writing.writer.state).toMatchObject({ queued: 20_000, isPressed: true });
    writeAll(writing, numbered(5, price));
    writing.writer.write(event({ payload: { n: 'order' } }));
    expect(writing.writer.state).toMatchObject({ queued: 1, isPressed: false });
    await writing.clock.advance(1000);
    expect(writing.of('event-dropped')).toEqual([
      { kind: 'event-dropped', topic: 'marketdata', reason: 'queue-full', count: 20_005 },
    ]);
    writing.open();
    await until(() => writing.stored.length === 1);
  });
});

describe('at the end', () => {
  test('what is left is written first', async () => {
    const writing = await start();
    writeAll(writing, numbered(1500));
    await writing.writer.stop();
    expect(numbersOf(await writing.readAll())).toEqual(range(1, 1500));
    writing.writer.write(event());
    await writing.clock.advance(1000);
    expect(writing.of('event-dropped')).toMatchObject([{ reason: 'stopped', count: 1 }]);
  });

  test('or kept on disk, when the store does not come to an end, and then stored once', async () => {
    const writing = await start();
    writing.close();
    writeAll(writing, numbered(900));
    await until(() => writing.asked() === 1);
    const stopped = writing.writer.stop(3000);
    await writing.clock.advance(3000);
    await stopped;
    expect(writing.of('spooled')).toMatchObject([{ count: 900 }]);
    // The store was busy with the first batch, and gets through with it after all.
    writing.open();
    await until(() => writing.stored.length === 500);
    const next = await start({ folder: await closed(writing) });
    await until(() => next.stored.length === 400);
    expect(numbersOf(await next.readAll())).toEqual(range(1, 900));
  });

  /** Its store closed, so that the folder can be opened again. */
  async function closed(writing: Writing): Promise<string> {
    begun.splice(begun.indexOf(writing), 1);
    await writing.closeStore();
    return writing.folder;
  }
});
