// What IBKR has told so far, so that whoever comes later begins with it: the greeting, and the whole of each topic.

import { toFrame, type Json } from './client-frames.ts';
import type { SharedTopic } from './relay-topics.ts';

/** In this order IBKR greets (observed). */
const greetingTopics = ['system', 'act', 'sts'];

/** From this number of topics on, those that nobody wants any more are forgotten. */
const maxTopics = 500;

/** So many frames of a topic are put together at a time: a list of orders is long, and a frame tells of one. */
const mergeFrames = 16;

export interface Known {
  greeting(): Buffer[];
  /** Whether the frame belongs to the greeting; kept if so. */
  isGreeting(topic: string, json: Json, frame: Buffer): boolean;
  add(topic: string, shared: SharedTopic, json: Json): void;
  whole(topic: string, shared: SharedTopic): Json | undefined;
  forget(topic: string): void;
  /** The greeting stays: on a connection that IBKR keeps without a session, it is not told again. */
  forgetTopics(): void;
}

export function createKnown(isWanted: (topic: string) => boolean): Known {
  const greeting = new Map<string, Buffer>();
  /** What is known, as the frames that make it up. */
  const topics = new Map<string, Json[]>();

  function whole(topic: string, shared: SharedTopic): Json | undefined {
    const frames = topics.get(topic);
    if (frames === undefined) return undefined;
    const merged = shared.merge(frames);
    topics.set(topic, [merged]);
    return merged;
  }

  return {
    greeting: () => greetingTopics.flatMap((topic) => greeting.get(topic) ?? []),
    isGreeting(topic, json, frame) {
      if (!greetingTopics.includes(topic)) return false;
      // The heartbeat has the same topic.
      if (topic !== 'system' || 'success' in json) greeting.set(topic, frame);
      return true;
    },
    add(topic, shared, json) {
      const frames = topics.get(topic);
      if (frames === undefined) {
        if (topics.size >= maxTopics) {
          for (const other of topics.keys()) if (!isWanted(other)) topics.delete(other);
        }
        topics.set(topic, [json]);
      } else if (frames.push(json) > mergeFrames) {
        whole(topic, shared);
      }
    },
    whole,
    forget: (topic) => void topics.delete(topic),
    forgetTopics: () => topics.clear(),
  };
}

/** What a client is told when the connection to IBKR is gone: IBKR's own words for no session. */
export const downFrame = (): Buffer =>
  toFrame({
    topic: 'sts',
    args: {
      connected: false,
      authenticated: false,
      established: false,
      competing: false,
      message: 'The connection to IBKR is lost and is being made again.',
      fail: '',
    },
  });
