// One client's WebSocket and its own one to the Gateway. The Gateway accepts at once, loses what comes before IBKR's side is
// open, and stays silent for ever when that never opens (observed on the build of 2023-04-24): so a client's frames are held
// until IBKR has spoken, and a client is not left in silence.

import { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import { cutReason, goingAway, maySend, tryAgainLater } from './close-codes.ts';
import {
  errorFrame,
  isGreeting,
  isTrading,
  isWaiting,
  parseClientFrame,
  tradingRefused,
} from './client-frames.ts';

const relayTimes = {
  /** Until IBKR's first frame; a client's own patience is rarely longer. */
  openMs: 15_000,
  /** An upstream that opens without a word gets the held frames after this: the pause of IBKR's own example. */
  holdMs: 3_000,
  /** IBKR's heartbeat comes every 10 s; three missing are a dead connection. */
  silenceMs: 30_000,
  /** Between pings to the client, one of which must have come back. */
  pingMs: 30_000,
  closeMs: 5_000,
} as const;

/** Frames held before the client is asked to wait; their size is bounded by the server's `maxPayload`. */
const maxHeld = 64;
/** Bytes waiting for one side before the other is asked to wait. */
const highWater = 1024 * 1024;

interface Frame {
  data: Buffer;
  isBinary: boolean;
}

export interface RelayedSocket {
  /** Ends both sides; the client is told why. */
  end(code: number, reason: string): void;
  closed: Promise<void>;
}

export function relaySocket(deps: {
  client: WebSocket;
  /** Not open yet, with no listeners. */
  upstream: WebSocket;
  clock: Clock;
  /** Whether this client may send frames that trade. */
  mayTrade: boolean;
  onFailure: () => void;
}): RelayedSocket {
  const { client, upstream, clock, mayTrade } = deps;
  /** Null once everything passes straight on. */
  let held: Frame[] | null = [];
  let isEnding = false;
  let heardMs: number | null = null;
  let isAnswering = true;
  const timers = new Set<() => void>();

  const after = (ms: number, run: () => void): (() => void) => {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel);
      run();
    });
    timers.add(cancel);
    return cancel;
  };

  function pass(from: WebSocket, to: WebSocket, { data, isBinary }: Frame): void {
    to.send(data, { binary: isBinary }, () => {
      if (from.isPaused && held === null && to.bufferedAmount < highWater) from.resume();
    });
    if (to.bufferedAmount >= highWater) from.pause();
  }

  function release(): void {
    const frames = held ?? [];
    held = null;
    for (const frame of frames) pass(client, upstream, frame);
  }

  function fromClient(frame: Frame): void {
    if (isEnding) return;
    const parsed = parseClientFrame(frame.data);
    if (!mayTrade && isTrading(parsed)) {
      return client.send(errorFrame('error', 'read_only', tradingRefused), { binary: true });
    }
    if (held === null || (upstream.readyState === WebSocket.OPEN && isGreeting(parsed))) {
      return pass(client, upstream, frame);
    }
    held.push(frame);
    if (held.length >= maxHeld) client.pause();
  }

  function fromUpstream(frame: Frame): void {
    heardMs = clock.now();
    pass(upstream, client, frame);
    if (held !== null && !isWaiting(frame.data)) release();
  }

  function watchSilence(): void {
    if (heardMs === null) return fail('IBKR has not opened its side; is the session logged in?');
    const leftMs = heardMs + relayTimes.silenceMs - clock.now();
    if (leftMs <= 0) return fail('IBKR has been silent for too long.');
    after(leftMs, watchSilence);
  }

  function ping(): void {
    if (!isAnswering) return client.terminate();
    isAnswering = false;
    client.ping();
    after(relayTimes.pingMs, ping);
  }

  function fail(reason: string): void {
    if (isEnding) return;
    deps.onFailure();
    end(tryAgainLater, reason);
  }

  function end(code: number, reason: string): void {
    if (isEnding) return;
    isEnding = true;
    for (const cancel of timers) cancel();
    close(client, code, reason);
    close(upstream, goingAway, '');
  }

  /** Whoever does not answer the closing, or cannot because it is told to wait, is cut off. */
  function close(socket: WebSocket, code: number, reason: string): void {
    if (socket.isPaused) socket.resume();
    if (maySend(code)) socket.close(code, cutReason(reason));
    else socket.close();
    const cancel = clock.after(relayTimes.closeMs, () => socket.terminate());
    socket.once('close', cancel);
  }

  // ws hands over whole messages as buffers, for that is its default `binaryType`.
  client.on('message', (data, isBinary) => fromClient({ data: data as Buffer, isBinary }));
  client.on('pong', () => (isAnswering = true));
  client.on('error', () => undefined);
  client.on('close', (code, reason) => {
    if (isEnding) return;
    isEnding = true;
    for (const cancel of timers) cancel();
    close(upstream, code === 1006 ? goingAway : code, reason.toString());
  });

  upstream.on('open', () => {
    const greetings = held?.filter(({ data }) => isGreeting(parseClientFrame(data))) ?? [];
    held = held?.filter(({ data }) => !isGreeting(parseClientFrame(data))) ?? null;
    for (const frame of greetings) pass(client, upstream, frame);
    after(relayTimes.holdMs, () => {
      if (held !== null && heardMs === null) release();
    });
  });
  upstream.on('message', (data, isBinary) => fromUpstream({ data: data as Buffer, isBinary }));
  upstream.on('unexpected-response', (_request, { statusCode = 0 }) => {
    const isLogin = statusCode === 401 || (statusCode >= 300 && statusCode < 400);
    fail(isLogin ? 'IBKR asks for a login.' : `The Gateway refuses the connection (status ${statusCode}).`);
  });
  upstream.on('error', () => fail('The Gateway cannot be reached, or broke the connection off.'));
  upstream.on('close', (code, reason) => {
    if (code === 1006) fail('The Gateway broke the connection off.');
    else end(code, reason.toString());
  });

  after(relayTimes.openMs, watchSilence);
  after(relayTimes.pingMs, ping);

  const over = (socket: WebSocket): Promise<void> =>
    new Promise((resolve) => socket.once('close', () => resolve()));
  return { end, closed: Promise.all([over(client), over(upstream)]).then(() => undefined) };
}
