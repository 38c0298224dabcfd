// A connection to IBKR that a test moves by hand, with subscriptions counted as the real one counts them. What the real one
// does with a socket is tested where it is; here it is about many clients on one.

import { isObject, type Json } from '../../../src/events/client-frames.ts';
import type { Frame } from '../../../src/events/frame-reader.ts';
import { unsubscribeText } from '../../../src/events/subscription-text.ts';
import type { RelayUpstream } from '../../../src/events/relay-upstream.ts';

export interface StandInUpstream extends RelayUpstream {
  /** Frames for IBKR, in order. */
  sent: string[];
  /** Market data lines there are. */
  lines: number;
  /** A frame of IBKR’s. */
  says(frame: Json | string): void;
  /** The greeting, and ready. */
  comesUp(): void;
  goesDown(): void;
  /** Ready without another greeting. */
  isBack(): void;
}

export const system: Json = { topic: 'system', success: 'me', isFT: false, isPaper: false };
export const act: Json = { topic: 'act', args: { accounts: ['DU1'] } };
export const sts: Json = { topic: 'sts', args: { authenticated: true, connected: true } };

export function createStandInUpstream(): StandInUpstream {
  const wanted = new Map<string, Set<symbol>>();
  const frameListeners = new Set<(frame: Frame) => void>();
  const readyListeners = new Set<() => void>();
  const downListeners = new Set<() => void>();
  let isReady = false;
  const listen =
    <Listener>(listeners: Set<Listener>) =>
    (listener: Listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    };
  const upstream: StandInUpstream = {
    sent: [],
    lines: 100,
    isReady: () => isReady,
    send(text) {
      if (isReady) upstream.sent.push(text);
      return isReady;
    },
    onFrame: listen(frameListeners),
    onReady: listen(readyListeners),
    onDown: listen(downListeners),
    isWanted: (head) => wanted.has(head),
    want(head, args) {
      const quotes = [...wanted.keys()].filter((each) => each.startsWith('smd+'));
      if (head.startsWith('smd+') && !wanted.has(head) && quotes.length >= upstream.lines) return null;
      const wish = Symbol(head);
      const wishes = wanted.get(head) ?? new Set();
      wanted.set(head, wishes.add(wish));
      if (wishes.size === 1) upstream.send(`${head}+${JSON.stringify(args)}`);
      return () => {
        wishes.delete(wish);
        if (wishes.size > 0 || !wanted.delete(head)) return;
        upstream.send(unsubscribeText(head));
      };
    },
    says(frame) {
      const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
      let json: unknown = null;
      try {
        json = JSON.parse(text);
      } catch {
        // Not every frame is JSON.
      }
      for (const listener of frameListeners) listener({ text, json: isObject(json) ? json : null });
    },
    comesUp() {
      for (const frame of [system, act, sts]) upstream.says(frame);
      upstream.isBack();
    },
    isBack() {
      isReady = true;
      for (const listener of readyListeners) listener();
    },
    goesDown() {
      isReady = false;
      for (const listener of downListeners) listener();
    },
  };
  return upstream;
}
