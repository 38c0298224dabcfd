// A filter as the ranges that both databases have an index for, and their answers put together.

import { topics, type StoredEvent, type Topic } from '../event.ts';
import type { EventFilter } from './store.ts';

export interface Range {
  readonly topic: Topic;
  /** Null: the whole topic. */
  readonly stream: string | null;
}

export function rangesOf({ streams, topics: wanted }: EventFilter): Range[] {
  const among = topics.filter((topic) => wanted?.includes(topic) ?? true);
  if (streams === null) return among.map((topic) => ({ topic, stream: null }));
  return [...new Set(streams)].flatMap((stream) => {
    const topic = among.find((name) => name === topicOf(stream));
    return topic === undefined ? [] : [{ topic, stream }];
  });
}

/** `marketdata:265598` is of the topic `marketdata`. */
export const topicOf = (stream: string): string => stream.split(':', 1)[0] ?? '';

/** The first events of several ascending answers. */
export function mergeByCursor(answers: readonly (readonly StoredEvent[])[], limit: number): StoredEvent[] {
  return answers
    .flat()
    .sort((a, b) => a.cursor - b.cursor)
    .slice(0, limit);
}
