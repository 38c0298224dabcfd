// Everything about events, started and stopped together: the store, the connection to IBKR that fills it, and the readers.
// Switched off, there is no store and no connection of our own; WebSocket clients then get one each.

import type { RequestHandler } from 'express';
import type { Config } from '../config.ts';
import type { Gateway } from '../gateway.ts';
import type { Observe } from '../observe.ts';
import { startStore } from '../store/open.ts';
import type { Json } from './client-frames.ts';
import type { SessionView } from './connector.ts';
import { startEvents } from './events.ts';
import { createJournal } from './journal.ts';
import type { Clocks } from './moment.ts';
import type { OwnRead } from './own-reads.ts';
import { startRelay } from './relay.ts';
import { createEventRoutes, eventsDisabled } from './routes.ts';
import { startSharedRelay } from './shared-relay.ts';
import type { DoorRules, SocketDoor } from './socket-door.ts';

export interface Feed {
  /** Answers /events/*. */
  handle: RequestHandler;
  /** Answers IBKR's own WebSocket path. */
  relay: Pick<SocketDoor, 'upgrade'>;
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

export function startFeed(deps: FeedDeps): Promise<Feed> {
  return deps.config.eventsEnabled ? startWithStore(deps) : Promise.resolve(startWithout(deps));
}

async function startWithStore(deps: FeedDeps): Promise<Feed> {
  const { config, clock, observe, session } = deps;
  const opened = await startStore(deps);
  const { store, writer } = opened;
  const events = await startEvents({
    ...deps,
    fingerprint: config.gatewayFingerprint,
    dataDir: config.dataDir,
    store: { history: (...query) => store.history(...query), nextEpoch: () => store.nextEpoch() },
    write: (event) => writer.write(event),
    onStatus: (status) => session.heard(status),
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
  const relay = startSharedRelay({ ...deps, ...deps.door, upstream: events.upstream });
  return {
    handle: routes.handle,
    relay,
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

function startWithout(deps: FeedDeps): Feed {
  const relay = startRelay({ ...deps, ...deps.door, fingerprint: deps.config.gatewayFingerprint });
  return {
    handle: eventsDisabled,
    relay,
    stopReaders: () => relay.stop(),
    stop: () => Promise.resolve(),
  };
}
