// Everything about events, started and stopped together: the store, the connection to IBKR that fills it, and the readers.
// Switched off, there is nothing but the connection, made when the first WebSocket client comes.

import type { RequestHandler } from 'express';
import type { Config } from '../config.ts';
import type { Gateway } from '../gateway.ts';
import type { Observe } from '../observe.ts';
import { startStore } from '../store/open.ts';
import type { Json } from './client-frames.ts';
import { createConnection, type Connection } from './connection.ts';
import type { SessionView } from './connector.ts';
import { startEvents } from './events.ts';
import { createJournal, type Journal } from './journal.ts';
import type { Clocks } from './moment.ts';
import type { OwnRead } from './own-reads.ts';
import { createEventRoutes, eventsDisabled } from './routes.ts';
import { startRelay } from './relay.ts';
import type { DoorRules, SocketDoor } from './socket-door.ts';

export interface Feed {
  /** Answers /events/*. */
  handle: RequestHandler;
  /** Answers IBKR's own WebSocket path. */
  relay: Pick<SocketDoor, 'upgrade'>;
  /** The record for readers inside this server; null when events are switched off. */
  journal: Pick<Journal, 'head' | 'read' | 'wait'> | null;
  /** Whoever waits is answered, every stream and socket ends: before the listener stops. */
  stopReaders(): Promise<void>;
  /** Writes what is left. */
  stop(): Promise<void>;
}

interface FeedDeps extends Clocks {
  config: Config;
  gateway: Gateway;
  userAgent: string;
  /** In [0, 1). */
  random: () => number;
  observe: Observe;
  session: SessionView & { heard(status: Json): void };
  read: OwnRead;
  /** Who may open a WebSocket. */
  door: DoorRules;
}

export async function startFeed(deps: FeedDeps): Promise<Feed> {
  const { config, session } = deps;
  const connection = createConnection({
    ...deps,
    fingerprint: config.gatewayFingerprint,
    onStatus: (status) => session.heard(status),
  });
  return config.eventsEnabled ? await startWithStore(deps, connection) : startWithout(deps, connection);
}

async function startWithStore(deps: FeedDeps, connection: Connection): Promise<Feed> {
  const { config, clock, observe } = deps;
  const opened = await startStore(deps);
  const { store, writer } = opened;
  const events = await startEvents({
    ...deps,
    connection,
    dataDir: config.dataDir,
    store: { history: (...query) => store.history(...query), nextEpoch: () => store.nextEpoch() },
    write: (event) => writer.write(event),
  });
  const journal = await createJournal({
    store,
    clock,
    onStored: (listener) => writer.onStored(listener),
    epoch: () => events.epoch(),
    capacities: {
      orders: config.eventsOrdersCap,
      pnl: config.eventsPnlCap,
      marketdata: config.eventsMarketdataCap,
    },
  });
  const routes = createEventRoutes({
    journal,
    clock,
    observe,
    lines: events.lines,
    epoch: () => events.epoch(),
    status: () => events.status(),
  });
  const onClient = (): void => undefined;
  const relay = startRelay({ ...deps, ...deps.door, upstream: connection, onClient });
  return {
    handle: routes.handle,
    relay,
    journal,
    async stopReaders() {
      routes.stop();
      await relay.stop();
    },
    async stop() {
      await events.stop();
      journal.stop();
      await opened.stop();
    },
  };
}

function startWithout(deps: FeedDeps, connection: Connection): Feed {
  const onClient = (): void => connection.start();
  const relay = startRelay({ ...deps, ...deps.door, upstream: connection, onClient });
  return {
    handle: eventsDisabled,
    relay,
    journal: null,
    stopReaders: () => relay.stop(),
    stop: () => connection.stop(),
  };
}
