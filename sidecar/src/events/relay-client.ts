// One client's WebSocket: alive or let go, never buffered for without end, and closed with a reason.

import { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import { tryAgainLater } from './close-codes.ts';

export const clientTimes = {
  /** Until IBKR is there, for a client that came while it was not: its own patience is rarely longer. */
  openMs: 15_000,
  /** Between pings to the client, one of which must have come back. */
  pingMs: 30_000,
  closeMs: 5_000,
} as const;

/** Frames that a client has not taken. A hundred instruments fill this in some minutes. */
const maxWaitingBytes = 4 * 1024 * 1024;

export interface RelayClient {
  send(frame: Buffer): void;
  /** Ends the connection; the client is told why, in 123 bytes at most. */
  end(code: number, reason: string): void;
  closed: Promise<void>;
}

export function serveClient(deps: {
  client: WebSocket;
  clock: Clock;
  /** Whether IBKR has been there since the client came. */
  isServed: () => boolean;
  onMessage: (data: Buffer) => void;
  onFailure: () => void;
}): RelayClient {
  const { client, clock } = deps;
  let isEnding = false;
  let isAnswering = true;
  const timers = new Set<() => void>();

  function after(ms: number, run: () => void): void {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel);
      run();
    });
    timers.add(cancel);
  }

  function ping(): void {
    if (!isAnswering) return client.terminate();
    isAnswering = false;
    client.ping();
    after(clientTimes.pingMs, ping);
  }

  function fail(reason: string): void {
    if (isEnding) return;
    deps.onFailure();
    end(tryAgainLater, reason);
  }

  function end(code: number, reason: string): void {
    if (isEnding) return;
    stop();
    client.close(code, reason);
    const cancel = clock.after(clientTimes.closeMs, () => client.terminate());
    client.once('close', cancel);
  }

  function stop(): void {
    isEnding = true;
    for (const cancel of timers) cancel();
    timers.clear();
  }

  // ws hands over whole messages as buffers, for that is its default `binaryType`.
  client.on('message', (data) => {
    if (!isEnding) deps.onMessage(data as Buffer);
  });
  client.on('pong', () => (isAnswering = true));
  client.on('error', () => undefined);
  client.once('close', stop);
  after(clientTimes.pingMs, ping);
  after(clientTimes.openMs, () => {
    if (!deps.isServed()) fail('IBKR has not opened its side; is the session logged in?');
  });

  return {
    send(frame) {
      if (isEnding) return;
      if (client.bufferedAmount > maxWaitingBytes)
        return fail('This client does not read: frames would be lost.');
      client.send(frame, { binary: true });
    },
    end,
    closed: new Promise((resolve) => client.once('close', () => resolve())),
  };
}
