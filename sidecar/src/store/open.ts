// The event store as the settings want it: the database, the memory of its head, the spool before it, the writer and the
// housekeeping.

import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Observe } from '../observe.ts';
import { rememberHead } from './head.ts';
import { startRetention } from './retention.ts';
import { openSpool } from './spool.ts';
import { openSqlite } from './sqlite.ts';
import { StoreError, type EventStore, type PruneRules } from './store.ts';
import { createWriter, type Writer } from './writer.ts';

type Settings = Pick<
  Config,
  | 'dataDir'
  | 'databaseUrl'
  | 'eventsHypertables'
  | 'eventsDbPath'
  | 'eventsDiskCapMegabytes'
  | 'eventsOrdersDays'
  | 'eventsTradesDays'
  | 'eventsPnlDays'
  | 'eventsMarketdataDays'
  | 'eventsNotificationsDays'
  | 'eventsSessionDays'
  | 'eventsGapDays'
>;

export interface OpenedStore {
  readonly store: EventStore;
  readonly writer: Writer;
  /** Writes what is left, then closes. */
  stop(): Promise<void>;
}

/** Rejects with StoreError when there is no use in going on: a wrong setting, a database that is not there or is taken. */
export async function startStore(deps: {
  config: Settings;
  clock: Clock;
  observe: Observe;
}): Promise<OpenedStore> {
  const { config, clock, observe } = deps;
  const rules = rulesOf(config);
  const store = await rememberHead(await openDatabase(config, clock.now()), {
    dataDir: config.dataDir,
    observe,
  });
  try {
    const spool = await openSpool({
      folder: join(config.dataDir, 'events-spool'),
      capBytes: rules.capBytes,
      lastTaken: (await store.bounds()).lastBatch,
      onUnreadable: (file) =>
        observe({ kind: 'warning', message: `${file} has been damaged: events in it are lost.` }),
    });
    const writer = createWriter({ store, spool, observe, clock });
    const retention = startRetention({ store, rules, observe, clock });
    return {
      store,
      writer,
      async stop() {
        await retention.stop();
        await writer.stop();
        await store.stop();
      },
    };
  } catch (cause) {
    await store.stop();
    throw refuse('BEZANT_DATA_DIR', cause, 'Is the folder writable?');
  }
}

async function openDatabase(config: Settings, nowMs: number): Promise<EventStore> {
  const { databaseUrl: url } = config;
  if (url !== null) {
    try {
      // Loaded only where there is one: 7 ms and 1.5 MB.
      const { openPostgres } = await import('./postgres.ts');
      return await openPostgres({ url, nowMs, mayUseHypertables: config.eventsHypertables });
    } catch (cause) {
      throw refuse(
        'BEZANT_DATABASE_URL',
        cause,
        'Is Postgres running, and are host, user and password right?',
      );
    }
  }
  const path = config.eventsDbPath ?? join(config.dataDir, 'events.db');
  try {
    return openSqlite(path);
  } catch (cause) {
    const setting = config.eventsDbPath === null ? 'BEZANT_DATA_DIR' : 'BEZANT_EVENTS_DB_PATH';
    throw refuse(setting, cause, `The events are kept in ${path}.`);
  }
}

function refuse(setting: string, cause: unknown, next: string): StoreError {
  const why = cause instanceof StoreError ? `${cause.message}.` : `${describe(cause)}. ${next}`;
  return new StoreError(`${setting}: the event store cannot be opened: ${why}`, { cause });
}

/** A failure to connect comes as several, one for each address, without words of its own. */
function describe(cause: unknown): string {
  const { message, errors } = cause as Error & { errors?: readonly Error[] };
  return message === '' ? (errors?.[0]?.message ?? 'it does not answer') : message;
}

const rulesOf = (config: Settings): PruneRules => ({
  capBytes: config.eventsDiskCapMegabytes * 1024 * 1024,
  keepDays: {
    orders: config.eventsOrdersDays,
    trades: config.eventsTradesDays,
    pnl: config.eventsPnlDays,
    marketdata: config.eventsMarketdataDays,
    notifications: config.eventsNotificationsDays,
    session: config.eventsSessionDays,
    gap: config.eventsGapDays,
  },
});
