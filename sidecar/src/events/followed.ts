// Which streams a reader follows: its topic's own, and the gaps, so that whoever reads a topic is told once of every time
// that something of it may be missing.

import { Problem } from '../errors.ts';
import { topics, type Topic } from '../event.ts';

const known: ReadonlySet<string> = new Set(topics);

export const isTopic = (text: string): text is Topic => known.has(text);

export function topicOrThrow(text: string): Topic {
  if (isTopic(text)) return text;
  throw new Problem('unknown_topic', `There is no topic of that name; there are ${topics.join(', ')}.`);
}

/** One for an instrument, whatever exchange its quotes are from: `265598@ARCA` is among `265598`. */
export const marketDataStream = (conid: string): string => `marketdata:${conid.split('@', 1)[0] ?? ''}`;

/** `265598`, or at an exchange `265598@ARCA`. */
export const isConid = (text: string): boolean => /^[1-9]\d{0,9}(@[A-Z0-9.]{1,16})?$/.test(text);

export function isStream(text: string): boolean {
  const at = text.indexOf(':');
  if (at === -1) return isTopic(text) && text !== 'marketdata';
  return text.slice(0, at) === 'marketdata' && /^[1-9]\d{0,9}$/.test(text.slice(at + 1));
}

export const topicOf = (stream: string): Topic => topicOrThrow(stream.split(':', 1)[0] ?? '');

export const withGaps = (streams: readonly string[]): string[] => [...new Set([...streams, 'gap'])];

/** Keeps an instrument's quotes coming. */
export interface QuoteLines {
  /** For callers who come and go: until none has asked for a while. False when all of the account's lines are taken. */
  touch(conid: string): boolean;
  /** Until the returned function is called; null when all lines are taken. */
  hold(conid: string): (() => void) | null;
}

export const noLineLeft = (conid: string): Problem =>
  new Problem('events_subscribe_failed', `All market data lines are taken, so ${conid} cannot be followed.`);
