// One connection to IBKR's WebSocket, from the dial to its end. What is sent before IBKR is there is lost without a word, so
// it waits for the greeting; and a socket may be open and dead, so it listens for the heartbeat.

import { parseFrame, type Frame } from './live-topics.ts';
import type { Time } from './time.ts';
import { isRecord } from './refusal.ts';

/** What is used of a WebSocket: the global one has it, and so has that of `ws`. */
export interface WebSocketLike {
  binaryType: string;
  send(text: string): void;
  close(): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

export type WebSocketClass = new (url: string) => WebSocketLike;

export interface ConnectionDeps {
  readonly url: string;
  readonly WebSocket: WebSocketClass;
  readonly time: Time;
  readonly beforeSubscribing: (signal: AbortSignal) => Promise<unknown>;
  readonly keepalive: string | null;
  readonly silenceMs: number;
  readonly closing: AbortSignal;
  readonly onFrame: (frame: Frame) => void;
  /** It is open, but IBKR is not there, or not any more. */
  readonly onWaiting: () => void;
  /** IBKR is there, for the first time or again. */
  readonly onReady: (send: (text: string) => void) => void;
}

const keepaliveMs = 60_000;

/** Resolves when it has ended, whatever the reason. */
export function startConnection(deps: ConnectionDeps): Promise<void> {
  const { time, silenceMs, closing } = deps;
  if (closing.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const socket = new deps.WebSocket(deps.url);
    const ended = new AbortController();
    let hasGreeted = false;
    let isAuthenticated = false;
    let isServed = false;
    let cancelSilence = time.after(silenceMs, end);
    let cancelKeepalive = (): void => undefined;

    function end(): void {
      if (ended.signal.aborted) return;
      ended.abort();
      closing.removeEventListener('abort', end);
      cancelSilence();
      cancelKeepalive();
      socket.close();
      resolve();
    }

    async function serve(): Promise<void> {
      await deps.beforeSubscribing(ended.signal);
      if (ended.signal.aborted || !isServed) return;
      if (deps.keepalive !== null) keepAlive(deps.keepalive);
      deps.onReady((text) => socket.send(text));
    }

    function keepAlive(text: string): void {
      cancelKeepalive();
      cancelKeepalive = time.after(keepaliveMs, () => {
        socket.send(text);
        keepAlive(text);
      });
    }

    function hear(frame: Frame): void {
      if (frame.topic === 'system' && 'success' in frame) hasGreeted = true;
      if (frame.topic === 'sts' && isRecord(frame['args']) && 'authenticated' in frame['args']) {
        isAuthenticated = frame['args']['authenticated'] === true;
      }
      const isThere = hasGreeted && isAuthenticated;
      if (isThere === isServed) return;
      isServed = isThere;
      if (isThere) serve().catch(end);
      else deps.onWaiting();
    }

    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      if (!ended.signal.aborted) deps.onWaiting();
    });
    socket.addEventListener('message', ({ data }) => {
      if (ended.signal.aborted) return;
      cancelSilence();
      cancelSilence = time.after(silenceMs, end);
      const frame = parseFrame(data);
      if (frame === null) return;
      hear(frame);
      deps.onFrame(frame);
    });
    socket.addEventListener('error', end);
    socket.addEventListener('close', end);
    closing.addEventListener('abort', end, { once: true });
  });
}
