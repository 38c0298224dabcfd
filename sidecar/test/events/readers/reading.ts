// The readers' routes behind the real edge, over the real store: what a test stores is told at once, as the writer does.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { systemClock, type Clock } from '../../../src/clock.ts';
import type { NewEvent, StoredEvent } from '../../../src/event.ts';
import { createJournal, type Journal, type RingCapacities } from '../../../src/events/journal.ts';
import { createEventRoutes, type EventRoutes } from '../../../src/events/routes.ts';
import { createHostCheck } from '../../../src/host-check.ts';
import { createEdge } from '../../../src/request/edge.ts';
import { problemWriter } from '../../../src/request/problem.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import type { EventStore } from '../../../src/store/store.ts';

/** An event of this stream, otherwise unremarkable. */
export function event(stream: string, more: Partial<NewEvent> = {}): NewEvent {
  return {
    topic: stream.split(':')[0] as NewEvent['topic'],
    stream,
    receivedAtMs: 1_700_000_000_000,
    account: null,
    orderId: null,
    conid: null,
    executionId: null,
    dedup: null,
    healed: false,
    payload: {},
    raw: null,
    ...more,
  };
}

export interface Notebook {
  store: EventStore;
  journal: Journal;
  epoch: number;
  /** Stores and tells; resolves to the cursors given. */
  push(...events: readonly NewEvent[]): Promise<number[]>;
  /** Stores without telling: as what an earlier process left. */
  left(...events: readonly NewEvent[]): Promise<number[]>;
  /** Starts anew over the same store, as a restart does. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const roomy: RingCapacities = { orders: 1000, pnl: 5000, marketdata: 2000 };

export async function openNotebook(
  capacities: RingCapacities = roomy,
  clock: Clock = systemClock,
): Promise<Notebook> {
  const folder = mkdtempSync(join(tmpdir(), 'bezant-readers-'));
  const store = openSqlite(join(folder, 'events.db'));
  let listeners = new Set<(events: readonly StoredEvent[]) => void>();
  const open = () =>
    createJournal({
      store,
      onStored(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      epoch: () => notebook.epoch,
      capacities,
      clock,
    });
  const left = async (...events: readonly NewEvent[]): Promise<StoredEvent[]> => store.append(events);
  const notebook: Omit<Notebook, 'journal'> & { journal: Journal | null } = {
    store,
    journal: null,
    epoch: 1,
    async push(...events) {
      const stored = await left(...events);
      for (const listener of listeners) listener(stored);
      return stored.map(({ cursor }) => cursor);
    },
    left: async (...events) => (await left(...events)).map(({ cursor }) => cursor),
    async restart() {
      listeners = new Set();
      notebook.epoch += 1;
      notebook.journal = await open();
    },
    async stop() {
      await store.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  notebook.journal = await open();
  return notebook as Notebook;
}

export interface Reading extends Notebook {
  url: string;
  /** Instruments that may be subscribed; every other is one too many. Null: any. */
  subscribable: Set<string> | null;
  /** What was asked of the subscriptions, in order: `touch 265598`. */
  subscribed: string[];
  /** Readers let go because they did not read. */
  slow: number;
  routes: EventRoutes;
  /** Cuts every connection, as a proxy on the way does now and then. */
  cut(): void;
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Response>;
}

export async function startReading(
  settings: { capacities?: RingCapacities; clock?: Clock; timeoutMs?: number; maxConcurrency?: number } = {},
): Promise<Reading> {
  const clock = settings.clock ?? systemClock;
  const notebook = await openNotebook(settings.capacities, clock);
  const subscribed: string[] = [];
  const mayTake = (conid: string): boolean => reading.subscribable?.has(conid) ?? true;
  const routes = createEventRoutes({
    // Looked up at each call, as a restart of the notebook makes another.
    journal: {
      head: () => notebook.journal.head(),
      read: (...query) => notebook.journal.read(...query),
      byTime: (...query) => notebook.journal.byTime(...query),
      byCursor: (...query) => notebook.journal.byCursor(...query),
      wait: (...query) => notebook.journal.wait(...query),
      sizes: () => notebook.journal.sizes(),
    },
    lines: {
      touch(conid) {
        subscribed.push(`touch ${conid}`);
        return mayTake(conid);
      },
      hold(conid) {
        subscribed.push(`hold ${conid}`);
        return mayTake(conid) ? () => void subscribed.push(`release ${conid}`) : null;
      },
    },
    epoch: () => notebook.epoch,
    status: () => ({
      connected: true,
      last_message_at: null,
      reconnect_count: 0,
      uptime_seconds: 5,
      topics_subscribed: ['orders'],
    }),
    clock,
    observe(happening) {
      if (happening.kind === 'reader' && happening.what === 'slow') reading.slow += 1;
    },
  });
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false).set('case sensitive routing', true);
  app.use(
    createEdge({
      check: createHostCheck({
        bind: { host: '127.0.0.1', port: 0 },
        publicUrl: null,
        allowedHosts: [],
        allowedOrigins: [],
      }),
      observe: () => undefined,
      maxConcurrency: settings.maxConcurrency ?? 100,
      timeoutMs: settings.timeoutMs ?? 30_000,
      isStopping: () => false,
    }),
    routes.handle,
    problemWriter(() => undefined),
  );
  const server: Server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const reading: Reading = Object.assign(notebook, {
    url,
    routes,
    cut: () => server.closeAllConnections(),
    subscribable: null,
    subscribed,
    slow: 0,
    get: (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
      fetch(url + path, { headers, method }),
  });
  const stop = notebook.stop.bind(notebook);
  reading.stop = async () => {
    routes.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await stop();
  };
  return reading;
}
