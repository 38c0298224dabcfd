// One row that the database refuses must not hold up the others: it is searched for by halves.

import type { NewEvent, StoredEvent } from '../event.ts';
import type { Batch } from './spool.ts';
import { RowsRefusedError, type EventStore } from './store.ts';

export async function appendWhatFits(
  store: EventStore,
  { name, events }: Batch,
  onRefused: (event: NewEvent) => void,
): Promise<StoredEvent[]> {
  try {
    return await store.append(events, name);
  } catch (error) {
    const [first] = events;
    if (!(error instanceof RowsRefusedError) || first === undefined) throw error;
    if (events.length === 1) {
      onRefused(first);
      return [];
    }
  }
  const middle = Math.ceil(events.length / 2);
  return [
    ...(await appendWhatFits(store, { name: `${name}/0`, events: events.slice(0, middle) }, onRefused)),
    ...(await appendWhatFits(store, { name: `${name}/1`, events: events.slice(middle) }, onRefused)),
  ];
}
