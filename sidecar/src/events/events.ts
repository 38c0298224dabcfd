// From the connection to IBKR to the sink of events: asks for the topics, makes events of the frames, and reads up what an
// outage has missed.

import type { Observe } from '../observe.ts';
import { createCatchUp } from './catch-up.ts';
import type { Json } from './client-frames.ts';
import type { Connection } from './connection.ts';
import type { NewEvent } from '../event.ts';
import type { QuoteLines } from './followed.ts';
import type { Frame } from './frame-reader.ts';
import { createFrameMemory, tellFrame, tellReadOrders, tellReadTrades } from './frames.ts';
import { createGaps } from './gaps.ts';
import { momentOf, type Clocks, type Moment } from './moment.ts';
import type { OwnRead } from './own-reads.ts';
import type { EventsStatus } from './routes.ts';
import { seed, type History } from './seed.ts';

/** Always asked for. Trades of the day are sent from the beginning, so that no one is lost when REST fails. */
const always: readonly (readonly [head: string, args: Json])[] = [
  ['sor', {}],
  ['str', { realtimeUpdatesOnly: false, days: 1 }],
  ['spl', {}],
];

/** Last, bid, ask, their sizes and the size of the last: what the predecessor asked for. */
const quoteFields = { fields: ['31', '84', '86', '85', '88', '87'] };

/** So long IBKR's sending of today's trades waits for REST, which tells them apart from what happens now. */
const holdTradesMs = 5_000;
const maxHeldFrames = 10_000;

export interface Events {
  /** Quotes for readers of single instruments. */
  lines: QuoteLines;
  /** Grows with each restart and each outage that is over. */
  epoch(): number;
  status(): EventsStatus;
  stop(): Promise<void>;
}

export async function startEvents(
  deps: Clocks & {
    /** Started and stopped in here. */
    connection: Connection;
    observe: Observe;
    store: { history: History; nextEpoch(): Promise<number> };
    /** Never throws, never waits. */
    write: (event: NewEvent) => void;
    read: OwnRead;
    dataDir: string;
  },
): Promise<Events> {
  const { clock, steady, connection, observe, store, write } = deps;
  const startedMs = steady.now();
  let epoch = await store.nextEpoch();
  const memory = createFrameMemory();
  const gaps = createGaps(deps);
  const untold = gaps.untold();
  if (untold !== null) write(untold);

  let isStopping = false;
  const counts = { malformed: 0, oversized: 0 };
  /** Today's trades, until REST has told which of them were missed. */
  let heldTrades: Frame[] | null = null;
  let cancelHold = (): void => undefined;
  let isFirstOrders = false;

  for (const [head, args] of always) connection.want(head, args);

  const catchUp = createCatchUp({
    ...deps,
    gaps,
    accounts: () => connection.accounts(),
    mark: () => memory.orders.mark(),
    takeOrders: (rows, mark) =>
      heal('orders', tellReadOrders(rows, memory, { receivedAtMs: clock.now(), mark })),
    takeTrades(rows) {
      const missing = heal('trades', tellReadTrades(rows, memory, { receivedAtMs: clock.now() }));
      releaseTrades();
      return missing;
    },
    async nextEpoch(isInherited) {
      // An outage that began before this process did ends with the epoch that the process began with.
      if (!isInherited) epoch = Math.max(epoch + 1, await store.nextEpoch().catch(noEpoch));
      return epoch;
    },
    onDone: () => (isFirstOrders = false),
  });

  /** The record of an outage does not wait for a store that has one of its own. */
  function noEpoch(cause: unknown): number {
    observe({ kind: 'events-fault', part: 'epoch', cause });
    return 0;
  }

  /** Counts what was missing for the record of the outage. */
  function heal(topic: 'orders' | 'trades', events: readonly NewEvent[]): number {
    gaps.found(topic, events.length);
    events.forEach(write);
    return events.length;
  }

  function releaseTrades(): void {
    cancelHold();
    const frames = heldTrades ?? [];
    heldTrades = null;
    frames.forEach(take);
  }

  function take(frame: Frame): void {
    const topic = frame.json?.['topic'];
    if (topic === 'str' && heldTrades !== null && heldTrades.length < maxHeldFrames) {
      heldTrades.push(frame);
      return;
    }
    // What IBKR answers a subscription with is what is there already; whatever is new in it was missed.
    const isSnapshot = topic === 'sor' && isFirstOrders && catchUp.isRunning();
    const { label, events } = tellFrame(frame, memory, { receivedAtMs: clock.now(), healed: isSnapshot });
    if (topic === 'sor') isFirstOrders = false;
    observe({ kind: 'frame', topic: label, events: events.length });
    if (isSnapshot) heal('orders', events);
    else events.forEach(write);
  }

  connection.onFrame((frame) => {
    try {
      take(frame);
    } catch (error) {
      // It may have been an order.
      catchUp.wish();
      throw error;
    }
  });
  connection.onBroken((kind) => {
    counts[kind] += 1;
    observe({ kind: 'frame', topic: kind, events: 0 });
    if (connection.isReady()) catchUp.wish();
  });
  connection.onHeartbeat(() => {
    if (connection.isReady() && !catchUp.isRunning()) gaps.alive();
  });
  connection.onReady(() => {
    heldTrades = [];
    isFirstOrders = true;
    cancelHold = steady.after(holdTradesMs, releaseTrades);
    // From here on a crash is an outage, even one before everything has been read up.
    gaps.alive();
    catchUp.ready();
  });
  connection.onDown((cause) => {
    releaseTrades();
    catchUp.down();
    // From the last that was heard: a connection that is silent has been missing things for a while.
    gaps.begin(cause, connection.state().lastMessage ?? momentOf(deps));
  });

  void seed((...query) => store.history(...query), memory, clock.now())
    .catch((cause: unknown) => observe({ kind: 'events-fault', part: 'seed', cause }))
    .then(() => {
      if (!isStopping) connection.start();
    });

  return {
    lines: {
      touch: (conid) => connection.touch(`smd+${conid}`, quoteFields),
      hold: (conid) => connection.want(`smd+${conid}`, quoteFields),
    },

    epoch: () => epoch,

    status() {
      const state = connection.state();
      const time = (moment: Moment | null): string | null => moment && new Date(moment.wallMs).toISOString();
      const outage = gaps.outage();
      return {
        connected: state.phase === 'ready',
        last_message_at: time(state.lastMessage),
        reconnect_count: Math.max(0, state.readyCount - 1),
        uptime_seconds: Math.floor((steady.now() - startedMs) / 1000),
        topics_subscribed: connection.heads(),
        state: state.phase,
        connected_since: time(state.readySince),
        last_heartbeat_at: time(state.lastHeartbeat),
        last_heartbeat_age_seconds:
          state.lastHeartbeat && (steady.now() - state.lastHeartbeat.steadyMs) / 1000,
        last_cause: state.lastCause,
        outage: outage && { since: new Date(outage.startMs).toISOString(), cause: outage.cause },
        catching_up: catchUp.isRunning(),
        frames_malformed: counts.malformed,
        frames_oversized: counts.oversized,
      };
    },

    async stop() {
      isStopping = true;
      await connection.stop();
      await catchUp.stop();
    },
  };
}
