// One WebSocket to the Gateway, from dialing to its end. The Gateway accepts at once, loses what is sent before IBKR's side
// is open, and stays silent for ever when that never opens; it answers pings itself (all observed on the build of
// 2023-04-24). So IBKR's own words alone count: `system` and `sts` for the beginning, the heartbeat for the rest.

import { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import { isObject, type Json } from './client-frames.ts';
import { FrameReader, type Broken, type Frame } from './frame-reader.ts';

export const socketTimes = {
  /** From dialing to the Gateway's 101. */
  dialMs: 10_000,
  /** From there until IBKR has named the user and the session's state: all of it was seen within a quarter of a second. */
  readyMs: 15_000,
  /** IBKR's heartbeat comes every 10 s. */
  silenceMs: 25_000,
  /** IBKR's documentation asks for one `tic` a minute at least. */
  ticMs: 60_000,
  closeMs: 2_000,
} as const;

/** Why a connection ended, or why events may be missed while it lasts. */
export type DownCause =
  | 'handshake_timeout'
  | 'refused'
  | 'login_required'
  | 'unreachable'
  | 'not_ready'
  | 'session_lost'
  | 'heartbeat_lost'
  | 'closed'
  | 'connection_lost'
  | 'fault'
  | 'stopped';

export const downReasons: Readonly<Record<DownCause, string>> = {
  handshake_timeout: 'The Gateway did not answer the handshake.',
  refused: 'The Gateway refused the connection.',
  login_required: 'IBKR asks for a login.',
  unreachable: 'The Gateway cannot be reached.',
  not_ready: 'The Gateway accepted, but IBKR gave no session in time.',
  session_lost: 'IBKR has ended the brokerage session, or gives none.',
  heartbeat_lost: 'IBKR’s heartbeat is missing.',
  closed: 'The other side closed the connection.',
  connection_lost: 'The connection broke off.',
  fault: 'Something failed in this server.',
  stopped: 'This server is shutting down.',
};

export interface UpstreamSocket {
  /** False when there is no open connection to send it over. */
  send(text: string): boolean;
  /** Ends it at once. */
  abandon(cause: DownCause): void;
  /** Closes it in order, or cuts it off when the other side does not answer. */
  close(): Promise<void>;
}

export interface SocketEvents {
  frame(frame: Frame): void;
  broken(kind: Broken): void;
  heartbeat(): void;
  /** There is a session: what is sent from now on arrives. May come again after `held`. */
  ready(): void;
  /** The connection stands, but there is no brokerage session. */
  held(): void;
  /** Once, whatever else happened. */
  ended(cause: DownCause): void;
  /** Something threw in one of these. */
  fault(part: string, error: unknown): void;
}

export function openUpstreamSocket(deps: {
  socket: WebSocket;
  /** Nobody sets it: a connection is neither given up nor kept because of the time of day. */
  steady: Clock;
  on: SocketEvents;
}): UpstreamSocket {
  const { socket, steady, on } = deps;
  const reader = new FrameReader();
  const timers = new Map<string, () => void>();
  let phase: 'dialing' | 'waiting' | 'held' | 'ready' | 'ended' = 'dialing';
  let hasUser = false;
  let isAuthenticated: boolean | null = null;
  let heartMs = steady.now();
  let isClosing = false;

  /** Nothing that goes wrong in here may leave a connection that nobody looks after. */
  function guarded(part: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      on.fault(part, error);
      end('fault');
    }
  }

  function after(name: string, ms: number, run: () => void): void {
    timers.get(name)?.();
    timers.set(
      name,
      steady.after(ms, () => guarded(name, run)),
    );
  }

  function end(cause: DownCause): void {
    if (phase === 'ended') return;
    phase = 'ended';
    for (const cancel of timers.values()) cancel();
    socket.terminate();
    on.ended(isClosing ? 'stopped' : cause);
  }

  function opened(): void {
    timers.get('dial')?.();
    phase = 'waiting';
    heartMs = steady.now();
    after('ready', socketTimes.readyMs, () => {
      // When held, IBKR has spoken: to dial again would change nothing, and it says so when there is a session.
      if (phase === 'waiting') end('not_ready');
    });
    after('silence', socketTimes.silenceMs, watch);
    after('tic', socketTimes.ticMs, tic);
  }

  function watch(): void {
    const leftMs = heartMs + socketTimes.silenceMs - steady.now();
    if (leftMs <= 0) end('heartbeat_lost');
    else after('silence', leftMs, watch);
  }

  function tic(): void {
    after('tic', socketTimes.ticMs, tic);
    if (phase === 'ready' || phase === 'held') socket.send('tic');
  }

  function received(frame: Frame): void {
    const { json } = frame;
    if (json?.['topic'] === 'system') readSystem(json);
    if (json?.['topic'] === 'sts') readStatus(json);
    const isReady = hasUser && isAuthenticated === true;
    const before = phase;
    if (isReady) phase = 'ready';
    else if (isAuthenticated === false) phase = 'held';
    // The frame that brings the session is the first of it, the one that takes it away no more.
    if (phase === 'ready' && before !== 'ready') on.ready();
    if (phase === 'held' && before !== 'held') on.held();
    on.frame(frame);
  }

  function readSystem(json: Json): void {
    if ('success' in json) hasUser = true;
    if (!('hb' in json)) return;
    heartMs = steady.now();
    on.heartbeat();
  }

  /** Older servers send nothing but `authenticated`, and tell a competition in a frame of its own. */
  function readStatus({ args }: Json): void {
    if (!isObject(args)) return;
    if (typeof args['authenticated'] === 'boolean') isAuthenticated = args['authenticated'];
  }

  socket.on('open', () => guarded('open', opened));
  // ws hands over whole messages as buffers, for that is its default `binaryType`.
  socket.on('message', (data) =>
    guarded('message', () => {
      for (const read of reader.read(data as Buffer)) {
        if (phase === 'ended') return;
        if (typeof read === 'string') on.broken(read);
        else received(read);
      }
    }),
  );
  socket.on('unexpected-response', (_request, { statusCode = 0 }) =>
    end(statusCode === 401 || (statusCode >= 300 && statusCode < 400) ? 'login_required' : 'refused'),
  );
  socket.on('error', () => end(phase === 'dialing' ? 'unreachable' : 'connection_lost'));
  socket.on('close', (code) => end(code === 1006 ? 'connection_lost' : 'closed'));
  after('dial', socketTimes.dialMs, () => end('handshake_timeout'));

  return {
    send(text) {
      if (phase !== 'ready' || socket.readyState !== WebSocket.OPEN) return false;
      socket.send(text);
      return true;
    },
    abandon: end,
    async close() {
      isClosing = true;
      if (socket.readyState === WebSocket.OPEN) {
        const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
        after('close', socketTimes.closeMs, () => socket.terminate());
        socket.close(1000);
        await closed;
      }
      end('stopped');
    },
  };
}
