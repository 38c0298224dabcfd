// Keeps one WebSocket to IBKR: dials while a session may be there, again after every end, and never because of what a
// reader does. Whatever throws in here or in a listener is told, and the connection is made anew.

import { createGatewayAgent } from '../gateway-agent.ts';
import type { Gateway } from '../gateway.ts';
import type { Observe } from '../observe.ts';
import type { SessionStateName } from '../session-state.ts';
import { createBackOff } from './back-off.ts';
import { dialGateway } from './dial-gateway.ts';
import type { Broken, Frame } from './frame-reader.ts';
import { momentOf, type Clocks, type Moment } from './moment.ts';
import { downReasons, openUpstreamSocket, type DownCause, type UpstreamSocket } from './upstream-socket.ts';

/** What the connector needs to know of the session. */
export interface SessionView {
  state(): { name: SessionStateName };
  /** Brings the state up to date where nothing else does. */
  refresh(): void;
  onChange(listener: (from: SessionStateName, to: SessionStateName) => void): () => void;
}

export interface ConnectorState {
  /** `blocked`: the session says that IBKR would give nothing. */
  phase: 'idle' | 'blocked' | 'dialing' | 'held' | 'ready' | 'backing-off' | 'stopped';
  lastMessage: Moment | null;
  lastHeartbeat: Moment | null;
  readySince: Moment | null;
  /** Times that it was ready. */
  readyCount: number;
  /** Why it is not ready, or was not before. */
  lastCause: DownCause | null;
}

type Stop = () => void;

export interface Connector {
  /** False when it could not be sent, because there is no session. */
  send(text: string): boolean;
  isReady(): boolean;
  state(): ConnectorState;
  onFrame(listener: (frame: Frame) => void): Stop;
  onBroken(listener: (kind: Broken) => void): Stop;
  onHeartbeat(listener: () => void): Stop;
  onReady(listener: () => void): Stop;
  /** Once after each `onReady`. */
  onDown(listener: (cause: DownCause) => void): Stop;
  /** Lets the listeners have a frame that has come another way. */
  tell(frame: Frame): void;
  /** Once is enough; more does no harm. */
  start(): void;
  stop(): Promise<void>;
}

interface Listeners<Value> {
  readonly add: (listener: (value: Value) => void) => Stop;
  readonly tell: (value: Value) => void;
}

/** Live, or not known to be anything else: the Gateway may not have been asked yet, or IBKR's API fails but not this. */
const hopeful: ReadonlySet<SessionStateName> = new Set(['live', 'down', 'maintenance']);

/** A run as long as this was no part of the trouble before it. */
const healthyMs = 60_000;
const refreshMs = 60_000;
/** For a connection that stands to be told of a session that the API has told of already. */
const graceMs = 5_000;

export interface ConnectorDeps extends Clocks {
  gateway: Pick<Gateway, 'url' | 'cookies' | 'tls'>;
  fingerprint: string | null;
  userAgent: string;
  /** In [0, 1). */
  random: () => number;
  observe: Observe;
  session: SessionView;
}

export function createConnector(deps: ConnectorDeps): Connector {
  const { gateway, steady, observe, session } = deps;
  const agent = createGatewayAgent({
    origin: gateway.url.origin,
    tls: gateway.tls,
    fingerprint: deps.fingerprint,
  });
  const backOff = createBackOff(deps.random);
  const frames = listeners<Frame>('frame');
  const broken = listeners<Broken>('broken frame');
  const heartbeats = listeners<undefined>('heartbeat');
  const readies = listeners<undefined>('ready');
  const downs = listeners<DownCause>('down');

  let current: ConnectorState = {
    phase: 'idle',
    lastMessage: null,
    lastHeartbeat: null,
    readySince: null,
    readyCount: 0,
    lastCause: null,
  };
  let socket: UpstreamSocket | null = null;
  let cancelTimer: Stop = () => undefined;
  let stopWatching: Stop = () => undefined;

  function listeners<Value>(part: string): Listeners<Value> {
    const all = new Set<(value: Value) => void>();
    return {
      add: (listener) => {
        all.add(listener);
        return () => void all.delete(listener);
      },
      tell: (value) => {
        for (const listener of [...all]) {
          try {
            listener(value);
          } catch (cause) {
            observe({ kind: 'events-fault', part, cause });
          }
        }
      },
    };
  }

  const enter = (change: Partial<ConnectorState>): void => void (current = { ...current, ...change });

  function later(ms: number, run: () => void): void {
    cancelTimer();
    cancelTimer = steady.after(ms, run);
  }

  function dial(): void {
    cancelTimer();
    if (current.phase === 'stopped') return;
    if (!hopeful.has(session.state().name)) return block();
    enter({ phase: 'dialing' });
    observe({ kind: 'socket', what: 'dialing', reason: 'IBKR is asked for its events.' });
    try {
      socket = openUpstreamSocket({ socket: dialGateway({ ...deps, agent }), steady, on: socketEvents() });
    } catch (cause) {
      observe({ kind: 'events-fault', part: 'dialing', cause });
      ended('fault');
    }
  }

  /** Nothing is asked of IBKR until the session changes. */
  function block(): void {
    enter({ phase: 'blocked' });
    session.refresh();
    later(refreshMs, dial);
  }

  function socketEvents() {
    return {
      frame(frame: Frame) {
        enter({ lastMessage: momentOf(deps) });
        frames.tell(frame);
      },
      broken: (kind: Broken) => broken.tell(kind),
      heartbeat() {
        enter({ lastHeartbeat: momentOf(deps) });
        observe({ kind: 'heartbeat' });
        heartbeats.tell(undefined);
      },
      ready() {
        enter({ phase: 'ready', readySince: momentOf(deps), readyCount: current.readyCount + 1 });
        observe({ kind: 'socket', what: 'ready', reason: 'IBKR sends its events.' });
        readies.tell(undefined);
      },
      held() {
        const wasReady = leaveReady('session_lost');
        enter({ phase: 'held', lastCause: 'session_lost' });
        if (!wasReady) observe({ kind: 'socket', what: 'held', reason: downReasons.session_lost });
      },
      ended,
      fault: (part: string, cause: unknown) => observe({ kind: 'events-fault', part, cause }),
    };
  }

  function leaveReady(cause: DownCause): boolean {
    const { readySince } = current;
    if (current.phase !== 'ready' || readySince === null) return false;
    if (steady.now() - readySince.steadyMs >= healthyMs) backOff.reset();
    enter({ readySince: null });
    observe({ kind: 'socket', what: cause === 'stopped' ? 'closed' : 'lost', reason: downReasons[cause] });
    downs.tell(cause);
    return true;
  }

  function ended(cause: DownCause): void {
    socket = null;
    if (!leaveReady(cause) && cause !== 'stopped') {
      observe({ kind: 'socket', what: 'failed', reason: downReasons[cause] });
    }
    if (current.phase === 'stopped') return;
    enter({ phase: 'backing-off', lastCause: cause });
    later(backOff.nextMs(), dial);
  }

  /** A session that came back is worth another try at once: the last one may have been told that there is none. */
  function sessionChanged(to: SessionStateName): void {
    if (to !== 'live' || current.phase === 'ready' || current.phase === 'dialing') return;
    if (current.phase !== 'held') return dial();
    later(graceMs, () => {
      if (current.phase !== 'held') return;
      socket?.abandon('session_lost');
      dial();
    });
  }

  return {
    send: (text) => socket?.send(text) ?? false,
    isReady: () => current.phase === 'ready',
    state: () => current,
    onFrame: frames.add,
    onBroken: broken.add,
    onHeartbeat: heartbeats.add,
    onReady: readies.add,
    onDown: downs.add,
    tell: frames.tell,
    start() {
      if (current.phase !== 'idle') return;
      stopWatching = session.onChange((_from, to) => sessionChanged(to));
      dial();
    },
    async stop() {
      stopWatching();
      cancelTimer();
      await socket?.close();
      cancelTimer();
      enter({ phase: 'stopped' });
      agent.destroy();
    },
  };
}
