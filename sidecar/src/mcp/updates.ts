// Tells which resources have news: from the session, and from the record of events where there is one. News of one resource
// within a second is told once.

import type { Clock } from '../clock.ts';
import { topics } from '../event.ts';
import { record, text } from './reading.ts';
import { touchedBy } from './resources.ts';
import type { EventsPort } from './tools/events.ts';

export interface Updates {
  listen(listener: (uri: string) => void): () => void;
  stop(): void;
}

const quietMs = 1000;
/** How long one look at the record waits; nothing depends on it. */
const waitMs = 60_000;
const maxLines = 200;

const streams = topics.filter((topic) => topic !== 'marketdata');

export function startUpdates(deps: {
  clock: Clock;
  events: EventsPort | null;
  onSession: (listener: () => void) => () => void;
}): Updates {
  const { clock, events } = deps;
  const listeners = new Set<(uri: string) => void>();
  const news = new Set<string>();
  const stopping = new AbortController();
  let cancel: (() => void) | null = null;

  const tell = (uris: readonly string[]): void => {
    for (const uri of uris) news.add(uri);
    cancel ??= clock.after(quietMs, () => {
      cancel = null;
      const told = [...news];
      news.clear();
      for (const uri of told) for (const listener of [...listeners]) listener(uri);
    });
  };

  const forgetSession = deps.onSession(() => tell(['bezant://session']));
  if (events !== null) void follow(events);

  async function follow(from: EventsPort): Promise<void> {
    let cursor = from.head();
    while (!stopping.signal.aborted) {
      try {
        if (!(await from.wait(streams, cursor, waitMs, stopping.signal))) continue;
        const read = await from.read(streams, cursor, maxLines);
        if (read.expired) {
          cursor = from.head();
          continue;
        }
        cursor = read.next;
        for (const line of read.lines)
          tell(touchedBy(line.topic, text(record(JSON.parse(line.json))['account']) ?? null));
      } catch {
        // The store does not answer: what came meanwhile is told when it does.
        await new Promise<void>((resolve) => void clock.after(quietMs, resolve));
      }
    }
  }

  return {
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopping.abort();
      forgetSession();
      cancel?.();
      listeners.clear();
    },
  };
}
