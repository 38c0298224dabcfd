// Events in a SQLite file: the default, for which nothing has to be installed. In this process and not in a worker, which
// would cost 20 MB; so that the disk never holds up requests for long, work is done in slices and few commits wait for it.

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { loadMigrations, pendingMigrations, type Applied } from './migrations.ts';
import { SqliteEvents } from './sqlite-events.ts';
import { StoreError, type EventStore } from './store.ts';

/** Whoever looks into the file with another program may hold it this long; then the events go to the spool. */
const busyMs = 250;

/** SQLITE_BUSY, of SQLite's result codes. */
const busy = 5;

/** auto_vacuum can only be set before the first table; the journal is cut back to 16 MB after a burst. */
const pragmas = `
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA journal_size_limit = 16777216;
`;

/** Throws for people; the caller knows the name of the setting. */
export function openSqlite(path: string): EventStore {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = lockFile(`${path}-lock`);
  try {
    createPrivate(path);
    const database = new DatabaseSync(path, { timeout: busyMs });
    database.exec(pragmas);
    migrate(database);
    const events = new SqliteEvents(path, database);
    return {
      append: (...args) => promised(() => events.append(...args)),
      readAfter: (...args) => promised(() => events.readAfter(...args)),
      history: (...args) => promised(() => events.history(...args)),
      bounds: () => promised(() => events.bounds()),
      nextEpoch: () => promised(() => events.nextEpoch()),
      raise: (floor) => promised(() => events.raise(floor)),
      prune: (rules, nowMs) => events.prune(rules, nowMs),
      sizeBytes: () => promised(() => events.sizeBytes()),
      stop: () =>
        promised(() => {
          events.close();
          if (lock.isOpen) lock.close();
        }),
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Nobody else's business; SQLite gives the files that go with it the same mode. */
const createPrivate = (path: string): void => closeSync(openSync(path, 'a', 0o600));

const promised = <Result>(run: () => Result): Promise<Result> => new Promise((resolve) => resolve(run()));

/**
 * A second process would give cursors that the first one's readers never hear of. The lock is the operating system's, so
 * that it goes with the process, and on a file of its own, so that anyone may read the events meanwhile.
 */
function lockFile(path: string): DatabaseSync {
  createPrivate(path);
  const lock = new DatabaseSync(path, { timeout: busyMs });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock.close();
    if ((cause as { errcode?: number }).errcode !== busy) throw cause;
    throw new StoreError('another bezant-server uses the file: stop it, or give this one a file of its own', {
      cause,
    });
  }
}

function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(
      'CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL) STRICT',
    );
    const applied = database.prepare('SELECT name, checksum FROM migrations ORDER BY name').all();
    const note = database.prepare('INSERT INTO migrations VALUES (?, ?)');
    for (const { name, sql, checksum } of pendingMigrations(
      loadMigrations('sqlite'),
      applied as unknown as Applied[],
    )) {
      database.exec(sql);
      note.run(name, checksum);
    }
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
