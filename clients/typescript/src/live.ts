// IBKR's WebSocket, for as long as it is wanted: connected again whenever it breaks, subscribed anew every time.

import { BezantError } from './errors.ts';
import { startConnection, type WebSocketClass } from './live-connection.ts';
import {
  belongs,
  mergeArguments,
  subscribeText,
  unsubscribeText,
  type Frame,
  type LiveArguments,
} from './live-topics.ts';
import type { Time } from './time.ts';

/** `lost`: it is connected again after a while. `waiting`: connected, and IBKR is not there, as while nobody is logged in. */
export type LiveState = 'connecting' | 'waiting' | 'ready' | 'lost' | 'closed';

export interface LiveOptions {
  readonly onState?: ((state: LiveState) => void) | undefined;
  /** Every frame, those that no subscription is about included: notices, bulletins, the session. */
  readonly onFrame?: OnFrame | undefined;
  /** IBKR sends a heartbeat every 10 s: without a frame for so long the connection counts as dead. */
  readonly silenceMs?: number | undefined;
}

export type OnFrame = (frame: Frame) => void;

export interface LiveSubscription {
  readonly topic: string;
  /** No frame comes afterwards. IBKR is told when nobody else follows the topic. */
  cancel(): void;
}

export interface Live {
  readonly state: LiveState;
  /** When subscriptions are being served; rejects when it is closed before. */
  ready(): Promise<void>;
  /** Any topic: `sor`, `spl`, `smd+265598`, `smh+265598`, `sbd+DU1234567+265598`. It may be called at any time. */
  subscribe(topic: string, args: LiveArguments, onFrame: OnFrame): LiveSubscription;
  quotes(conid: number | string, fields: readonly string[], onFrame: OnFrame): LiveSubscription;
  orders(onFrame: OnFrame): LiveSubscription;
  trades(onFrame: OnFrame): LiveSubscription;
  pnl(onFrame: OnFrame): LiveSubscription;
  close(): void;
}

export interface LiveDeps {
  readonly url: string;
  readonly WebSocket: WebSocketClass;
  readonly time: Time;
  /** What IBKR wants to be asked before it takes subscriptions. */
  readonly beforeSubscribing: (signal: AbortSignal) => Promise<unknown>;
  /** Sent once a minute, to a Gateway without bezant before it. */
  readonly keepalive: string | null;
}

interface Followed {
  readonly followers: Map<symbol, { readonly args: LiveArguments; readonly onFrame: OnFrame }>;
  last?: Frame;
}

const standardSilenceMs = 25_000;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

export function startLive(deps: LiveDeps, options: LiveOptions = {}): Live {
  const { time } = deps;
  const topics = new Map<string, Followed>();
  const closed = new AbortController();
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let state: LiveState = 'connecting';
  /** Only while IBKR is there: before, it would be lost. */
  let send: ((text: string) => void) | null = null;

  function enter(next: LiveState): void {
    if (state === next || state === 'closed') return;
    state = next;
    if (next === 'ready') for (const { resolve } of waiting.splice(0)) resolve();
    if (next === 'closed') for (const { reject } of waiting.splice(0)) reject(closedError());
    options.onState?.(next);
  }

  function subscribeTo(topic: string, { followers }: Followed): void {
    send?.(subscribeText(topic, mergeArguments([...followers.values()].map(({ args }) => args))));
  }

  function dispatch(frame: Frame): void {
    options.onFrame?.(frame);
    for (const [topic, followed] of topics) {
      if (!belongs(frame, topic)) continue;
      followed.last = frame;
      for (const { onFrame } of [...followed.followers.values()]) onFrame(frame);
    }
  }

  async function run(): Promise<void> {
    for (let failures = 0; !closed.signal.aborted; failures += 1) {
      const begin = time.now();
      await startConnection({
        ...deps,
        silenceMs: options.silenceMs ?? standardSilenceMs,
        closing: closed.signal,
        onFrame: dispatch,
        onWaiting() {
          send = null;
          enter('waiting');
        },
        onReady(sendText) {
          send = sendText;
          for (const [topic, followed] of topics) subscribeTo(topic, followed);
          enter('ready');
        },
      });
      send = null;
      // One that has held for a while begins anew
      if (time.now() - begin > longestWaitMs) failures = 0;
      enter('lost');
      const waitMs = Math.min(firstWaitMs * 2 ** failures, longestWaitMs) * (0.5 + time.random() / 2);
      await time.sleep(waitMs, closed.signal).catch(() => undefined);
      enter('connecting');
    }
  }

  const live: Live = {
    get state() {
      return state;
    },
    ready() {
      if (state === 'ready') return Promise.resolve();
      if (state === 'closed') return Promise.reject(closedError());
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    subscribe(topic, args, onFrame) {
      if (state === 'closed') throw closedError();
      const followed: Followed = topics.get(topic) ?? { followers: new Map() };
      const follower = Symbol(topic);
      topics.set(topic, followed);
      followed.followers.set(follower, { args, onFrame });
      subscribeTo(topic, followed);
      return {
        topic,
        cancel() {
          if (!followed.followers.delete(follower) || followed.followers.size > 0) return;
          topics.delete(topic);
          const text = unsubscribeText(topic, followed.last);
          if (text !== null) send?.(text);
        },
      };
    },
    quotes: (conid, fields, onFrame) => live.subscribe(`smd+${conid}`, { fields }, onFrame),
    orders: (onFrame) => live.subscribe('sor', {}, onFrame),
    trades: (onFrame) => live.subscribe('str', {}, onFrame),
    pnl: (onFrame) => live.subscribe('spl', {}, onFrame),
    close() {
      enter('closed');
      send = null;
      topics.clear();
      closed.abort();
    },
  };
  void run();
  return live;
}

function closedError(): BezantError {
  return new BezantError('invalid-argument', 'This connection was closed.', {
    hint: 'Open another one with client.live().',
  });
}
