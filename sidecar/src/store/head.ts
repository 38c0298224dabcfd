// The data folder's own memory of how far cursors have got, so that they go on from there whatever becomes of the database:
// another one, an older copy of it, or a power cut that took its last, unsynced prices. What a reader knows stays true.

import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Observe } from '../observe.ts';
import { readPrivateFile } from '../private-file.ts';
import type { EventStore } from './store.ts';

/** Cursors noted ahead, so that the file is written once in as many. After a crash up to that many are never given. */
const margin = 100_000;

interface Head {
  /** The database that gave the cursors. */
  readonly storeId: string;
  /** No cursor above this one has been given. */
  readonly cursor: number;
  readonly epoch: number;
  /** Whether `cursor` was itself given, as after a proper stop, or may be above. */
  readonly isExact: boolean;
}

/** The store, beginning above what the folder remembers, and remembered from here on. */
export async function rememberHead(
  store: EventStore,
  deps: { dataDir: string; observe: Observe },
): Promise<EventStore> {
  const path = join(deps.dataDir, 'events-head.json');
  let hasWarned = false;
  const note = (next: Head): void => {
    try {
      writeSynced(path, `${JSON.stringify(next)}\n`);
      head = next;
      hasWarned = false;
    } catch (error) {
      if (hasWarned) return;
      hasWarned = true;
      const message = `${path} cannot be written, so another database would give the same cursors again (${(error as Error).message}). Is BEZANT_DATA_DIR writable?`;
      deps.observe({ kind: 'warning', message });
    }
  };

  const known = readHead(path, deps.observe);
  const { head: own, storeId } = await store.bounds();
  const isElsewhere = known !== null && known.cursor > own && (known.storeId !== storeId || known.isExact);
  if (known !== null) await store.raise({ ...known, isElsewhere });
  let head: Head = {
    storeId,
    cursor: Math.max(own, known?.cursor ?? 0),
    epoch: known?.epoch ?? 0,
    isExact: true,
  };
  /** The highest cursor given, or held to be. */
  let given = head.cursor;

  return {
    ...bound(store),
    async append(events, batch) {
      if (given + events.length > head.cursor || head.isExact)
        note({ ...head, cursor: given + events.length + margin, isExact: false });
      const stored = await store.append(events, batch);
      given = Math.max(given, stored.at(-1)?.cursor ?? 0);
      return stored;
    },
    async nextEpoch() {
      const epoch = await store.nextEpoch();
      note({ ...head, epoch });
      return epoch;
    },
    async raise(floor) {
      await store.raise(floor);
      given = Math.max(given, floor.cursor);
    },
    async stop() {
      await store.stop();
      if (!head.isExact) note({ ...head, cursor: given, isExact: true });
    },
  };
}

/** Its methods by themselves: a class's are not found by spreading. */
const bound = (store: EventStore): EventStore => ({
  append: (...args) => store.append(...args),
  readAfter: (...args) => store.readAfter(...args),
  history: (...args) => store.history(...args),
  bounds: () => store.bounds(),
  nextEpoch: () => store.nextEpoch(),
  raise: (floor) => store.raise(floor),
  prune: (...args) => store.prune(...args),
  sizeBytes: () => store.sizeBytes(),
  stop: () => store.stop(),
});

function readHead(path: string, observe: Observe): Head | null {
  let why = 'it holds something else';
  try {
    const text = readPrivateFile(path);
    if (text === null) return null;
    const value = JSON.parse(text) as Partial<Head> | null;
    const { storeId, cursor, epoch, isExact } = value ?? {};
    const isCount = (count: unknown): count is number =>
      Number.isSafeInteger(count) && (count as number) >= 0;
    if (typeof storeId === 'string' && isCount(cursor) && isCount(epoch) && typeof isExact === 'boolean')
      return { storeId, cursor, epoch, isExact };
  } catch (error) {
    why = (error as Error).message;
  }
  const message = `${path} is not readable (${why}): cursors go on from the database's own. Remove the file if the database is the one that was used before.`;
  observe({ kind: 'warning', message });
  return null;
}

/** On disk before the cursors that it covers are told to anyone. */
function writeSynced(path: string, text: string): void {
  const draft = `${path}.draft`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
