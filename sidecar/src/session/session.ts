// The session with IBKR as the rest of the server knows it: its state, the number of the brokerage session, its health.
// Fed by what we ask ourselves and by what callers' answers show on the way; moved by the table in state.ts alone.

import type { Clock } from '../clock.ts';
import { Problem } from '../errors.ts';
import type { GatewayAnswer } from '../gateway.ts';
import type { Observe } from '../observe.ts';
import type { RestartGateway } from '../supervisor.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { RecoveryBudget } from './budget.ts';
import { healthOf } from './health.ts';
import { createKeeper } from './keeper.ts';
import {
  operations,
  readBody,
  readPassing,
  readSession,
  type BrokerageStatus,
  type Hint,
  type Reading,
} from './reading.ts';
import { createOwnCalls, type SessionCall } from './own-calls.ts';
import { createRecovery } from './recovery.ts';
import { describedBy, nextState, type SessionEvent, type SessionStateName } from './state.ts';

export interface SessionState {
  name: SessionStateName;
  reason: string;
  /** When it became so, in milliseconds since the epoch. */
  sinceMs: number;
}

export interface Session {
  state(): SessionState;
  /** Grows with each new brokerage session, which remembers nothing of the one before. */
  epoch(): number;
  /** Milliseconds that IBKR gave the login at the last tickle; null before. */
  ssoExpiresMs(): number | null;
  /** What an answer to anybody's call was, seen on the way. */
  saw(sighting: { operation: string; outcome: GatewayAnswer | Problem }): void;
  /** What IBKR says of its own accord, in an `sts` frame. */
  heard(status: Readonly<Record<string, unknown>>): void;
  /** The browser came through the login pages: IBKR is asked until it confirms that, or too long has passed. */
  loginCompleted(): void;
  /** Asks IBKR unless the answer is fresh; throws the predecessor's problems. */
  health(signal?: AbortSignal): Promise<BrokerageStatus>;
  /** For whoever shows the state: without a keepalive nothing else would bring it up to date. */
  refresh(): void;
  onChange(listener: (from: SessionStateName, to: SessionStateName, reason: string) => void): () => void;
  start(): void;
  stop(): Promise<void>;
}

/** Pollers of /health closer together than this share one call. */
const freshMs = 2_000;
/** Up to 15 s of validating, 3 s of waiting and five attempts at 5 s: what the Gateway does after a login, and a reserve. */
export const loginWaitMs = 90_000;
const refreshMs = 5_000;

/** Operations whose answers carry the session's state, under every name they have. */
const telling: ReadonlySet<string> = new Set([
  operations.status,
  operations.tickle,
  operations.init,
  'getAuthStatus',
  'tickle',
]);

/** States in which no call can go well: one that does is reason to look again. */
const unusable: ReadonlySet<SessionStateName> = new Set(['down', 'login-required', 'maintenance']);

export function createSession(deps: {
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  call: SessionCall;
  observe: Observe;
  /** 0: nothing is sent that nobody asked for, so neither keepalive nor watch nor recovery. */
  keepaliveSeconds: number;
  compete: boolean;
  dataDir: string;
  /** Null where nobody can restart the Gateway. */
  restartGateway: RestartGateway | null;
}): Session {
  const { clock, observe } = deps;
  const isQuiet = deps.keepaliveSeconds === 0;
  const listeners = new Set<(from: SessionStateName, to: SessionStateName, reason: string) => void>();

  let current: SessionState = {
    name: 'down',
    reason: 'The Gateway has not been asked yet.',
    sinceMs: clock.now(),
  };
  let epoch = 0;
  let known: { status: BrokerageStatus; atMs: number } | null = null;
  let ssoExpiresMs: number | null = null;
  let askedMs = -Infinity;
  let looking: Promise<GatewayAnswer> | null = null;
  let cancelLoginWait = (): void => undefined;
  let lastEvent: SessionEvent | null = null;

  const budget = new RecoveryBudget(deps);

  function dispatch(event: SessionEvent, reason: string): void {
    const from = current.name;
    const to = nextState(from, event);
    if (to === from) {
      // A repeated "log in" knows nothing that the reason why a login failed does not.
      if (describedBy(event) === to && event !== 'logged-out') current = { ...current, reason };
      return;
    }
    current = { name: to, reason, sinceMs: clock.now() };
    if (to === 'live') {
      epoch += 1;
      budget.succeed();
    }
    observe({ kind: 'session', from, to, reason });
    for (const listener of [...listeners]) listener(from, to, reason);
    if (!isQuiet) keeper.changed();
  }

  function apply(reading: Reading): void {
    if (reading.ssoExpiresMs !== null) ssoExpiresMs = reading.ssoExpiresMs;
    if (reading.event === null) return;
    known = reading.status === null ? null : { status: reading.status, atMs: clock.now() };
    lastEvent = reading.event;
    dispatch(reading.event, reading.reason);
  }

  function notice({ event, reason, isCertain, isWell }: Hint): void {
    const { name } = current;
    // Without a watch there is no second opinion to wait for.
    const isEnough = isCertain || (event === 'logged-out' && (name === 'down' || isQuiet));
    // Whoever has lost a competition has no bridge either.
    const isTaken = isEnough && !(event === 'not-authenticated' && name === 'competing');
    if (event !== null && isTaken) apply({ event, reason, status: null, ssoExpiresMs: null });
    if (isWell === unusable.has(name) && !isQuiet) keeper.hurry();
  }

  const ours = createOwnCalls({
    call: deps.call,
    onOutcome(operationId, outcome) {
      if (telling.has(operationId)) apply(readSession(outcome));
    },
    onFault({ message }) {
      observe({ kind: 'warning', message: `Looking after the session failed: ${message}` });
    },
  });

  async function ask(operationId: string, json?: unknown): Promise<Reading> {
    try {
      return readSession(await ours.send(operationId, json));
    } catch (error) {
      if (error instanceof Problem) return readSession(error);
      throw error;
    }
  }

  function look(): Promise<GatewayAnswer> {
    askedMs = clock.now();
    looking ??= ours.send(operations.status).finally(() => (looking = null));
    return looking;
  }

  async function tickle(): Promise<void> {
    const startedMs = clock.now();
    const reading = await ask(operations.tickle);
    observe({
      kind: 'keepalive',
      ok: reading.event === 'authenticated',
      durationMs: clock.now() - startedMs,
      detail: reading.reason,
      ssoExpiresMs: reading.ssoExpiresMs,
    });
  }

  const recovery = createRecovery({ ...deps, budget, state: () => current, ask, dispatch });

  const keeper = createKeeper({
    clock,
    random: deps.random,
    keepaliveMs: deps.keepaliveSeconds * 1000,
    state: () => current.name,
    tickle: () => ours.inBackground(tickle),
    watch: () =>
      ours.inBackground(async () => {
        await look().catch((error: unknown) => {
          // A Gateway that is away may be one that recovery waits for.
          if (!(error instanceof Problem) || !unusable.has(current.name)) throw error;
        });
        await recovery.step();
      }),
  });

  function endLoginWait(): void {
    if (current.name !== 'authenticating') return;
    if (lastEvent === 'not-authenticated' || lastEvent === 'competing') {
      return dispatch('login-incomplete', 'The login went through, but IBKR gives no brokerage session.');
    }
    const reason =
      'The login page reported success, but IBKR still asks for a login. Log in again, in a fresh browser window.';
    dispatch('login-failed', reason);
  }

  return {
    state: () => current,
    epoch: () => epoch,
    ssoExpiresMs: () => ssoExpiresMs,

    saw({ operation, outcome }) {
      // Ours have been read already, and are no caller’s wish.
      if (ours.isUnderWay(operation)) return;
      if (operation === operations.logout) {
        if (!(outcome instanceof Problem) && outcome.status < 300) {
          dispatch(
            'yield-asked',
            'A caller logged out: the brokerage session is left alone until somebody asks for it.',
          );
        }
        return;
      }
      if (operation === operations.init) dispatch('yield-ended', 'A caller asks for the brokerage session.');
      if (telling.has(operation)) return apply(readSession(outcome));
      notice(readPassing(outcome));
    },

    // Older servers send `authenticated` alone.
    heard: (status) => apply(readBody({ connected: status['authenticated'], ...status })),

    loginCompleted() {
      budget.renew();
      lastEvent = null;
      dispatch('login-completed', 'The login page reported success; IBKR is asked to confirm it.');
      cancelLoginWait();
      cancelLoginWait = clock.after(loginWaitMs, endLoginWait);
    },

    async health(signal) {
      if (known !== null && clock.now() - known.atMs <= freshMs) return known.status;
      // Shared, so it goes on when one of those who wait for it leaves.
      return healthOf(await (signal === undefined ? look() : unlessAborted(look(), signal)));
    },

    refresh() {
      if (isQuiet && clock.now() - askedMs > refreshMs) void ours.inBackground(look);
    },

    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    start() {
      if (!isQuiet) keeper.start();
    },

    async stop() {
      keeper.stop();
      cancelLoginWait();
      await ours.stop();
    },
  };
}
