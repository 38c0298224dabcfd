// What IBKR is asked for: each topic once for all who want it, again after every reconnect, and given up when the last one
// leaves. Quotes take one of the account's data lines each, and need `/iserver/accounts` to have been asked first.

import type { Clock } from '../clock.ts';
import type { Observe } from '../observe.ts';
import type { Json } from './client-frames.ts';
import { isQuotes, joinArgs, subscribeText, unsubscribeText } from './subscription-text.ts';

/** IBKR's documentation, market data lines: what every account has. */
export const maxDataLines = 100;
/** Without anybody who asks for a topic by and by. */
export const idleMs = 300_000;
/** Between attempts to make the first call that quotes need. */
const retryMs = 5_000;

interface Wanted {
  holders: Set<{ args: Json }>;
  /** Those who come and go: until when, and what they want. */
  passing: { args: Json; cancel: () => void } | null;
  /** What IBKR was sent last over this connection. */
  sent: string | null;
}

export interface Subscriptions {
  /** Null when all data lines are taken; otherwise gives the wish up. */
  want(head: string, args: Json): (() => void) | null;
  /** For whoever asks now and then: until that has not happened for a while. False when all data lines are taken. */
  touch(head: string, args: Json): boolean;
  isWanted(head: string): boolean;
  heads(): string[];
  /** There is a connection: everything wanted is asked for. */
  connected(): void;
  disconnected(): void;
  /** IBKR says that it wants the first call for quotes again. */
  unprepared(): void;
  /** Gives everything up, over the connection that is about to be closed. */
  stop(): void;
}

export function createSubscriptions(deps: {
  /** False when it could not be sent. */
  send: (text: string) => boolean;
  /** The first call that quotes need. */
  prepare: () => Promise<boolean>;
  clock: Clock;
  observe: Observe;
}): Subscriptions {
  const { send, clock, observe } = deps;
  const wanted = new Map<string, Wanted>();
  let isConnected = false;
  let isPrepared = false;
  /** Grows with each connection, so that what was begun for the last one is left alone. */
  let connection = 0;
  let cancelRetry = (): void => undefined;

  const dataLines = (): number => [...wanted.keys()].filter(isQuotes).length;

  const tell = (): void => observe({ kind: 'subscribed', topics: wanted.size, dataLines: dataLines() });

  function entry(head: string): Wanted | null {
    const known = wanted.get(head);
    if (known !== undefined) return known;
    if (isQuotes(head) && dataLines() >= maxDataLines) return null;
    const made: Wanted = { holders: new Set(), passing: null, sent: null };
    wanted.set(head, made);
    tell();
    return made;
  }

  function ask(head: string, topic: Wanted): void {
    if (!isConnected || (isQuotes(head) && !isPrepared)) return;
    const wishes = [...topic.holders, topic.passing ?? []].flat().map(({ args }) => args);
    // Whoever names no fields of quotes gets none, and must not take away those of others.
    const telling = isQuotes(head) ? wishes.filter((wish) => 'fields' in wish) : wishes;
    const text = subscribeText(head, joinArgs(telling));
    if (text !== topic.sent && send(text)) topic.sent = text;
  }

  function giveUpUnwanted(head: string, topic: Wanted): void {
    if (topic.holders.size > 0 || topic.passing !== null) return;
    wanted.delete(head);
    const isLeft = [...wanted.keys()].some((other) => unsubscribeText(other) === unsubscribeText(head));
    if (topic.sent !== null && !isLeft) send(unsubscribeText(head));
    tell();
  }

  function prepare(): void {
    const mine = connection;
    void deps.prepare().then((isDone) => {
      if (mine !== connection || !isConnected) return;
      if (!isDone) return void (cancelRetry = clock.after(retryMs, prepare));
      isPrepared = true;
      for (const [head, topic] of wanted) if (isQuotes(head)) ask(head, topic);
    });
  }

  return {
    want(head, args) {
      const topic = entry(head);
      if (topic === null) return null;
      const holder = { args };
      topic.holders.add(holder);
      ask(head, topic);
      return () => {
        if (topic.holders.delete(holder)) giveUpUnwanted(head, topic);
      };
    },

    touch(head, args) {
      const topic = entry(head);
      if (topic === null) return false;
      topic.passing?.cancel();
      const cancel = clock.after(idleMs, () => {
        topic.passing = null;
        giveUpUnwanted(head, topic);
      });
      topic.passing = { args, cancel };
      ask(head, topic);
      return true;
    },

    isWanted: (head) => wanted.has(head),
    heads: () => [...wanted.keys()].sort(),

    connected() {
      connection += 1;
      isConnected = true;
      isPrepared = false;
      for (const topic of wanted.values()) topic.sent = null;
      for (const [head, topic] of wanted) ask(head, topic);
      prepare();
    },

    disconnected() {
      isConnected = false;
      cancelRetry();
      for (const topic of wanted.values()) topic.sent = null;
    },

    unprepared() {
      if (!isPrepared) return;
      isPrepared = false;
      for (const [head, topic] of wanted) if (isQuotes(head)) topic.sent = null;
      cancelRetry();
      cancelRetry = clock.after(retryMs, prepare);
    },

    stop() {
      for (const [head, topic] of wanted) {
        topic.passing?.cancel();
        if (topic.sent !== null) send(unsubscribeText(head));
      }
      cancelRetry();
      isConnected = false;
    },
  };
}
