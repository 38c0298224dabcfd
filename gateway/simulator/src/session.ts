// The two sessions of a login: the SSO session (portfolio, tickle) and the brokerage session behind /iserver.
// Their clocks follow IBKR's Web API documentation: brokerage idles out after about 6 minutes, `ssoExpires` counts
// down from 600000 ms, a day is the longest life, and a nightly reset ends it at midnight of the account's region.
import type { Clock } from './clock.ts';
import { startLifetime } from './lifetime.ts';
import type { Random } from './random.ts';

export type Brokerage = 'up' | 'down' | 'competing';

/** The body of /iserver/auth/status, also found in tickle and in the `sts` frame. */
export interface AuthStatus {
  authenticated: boolean;
  established: boolean;
  competing: boolean;
  connected: boolean;
  message?: string;
  MAC: string | null;
  serverInfo?: { serverName: string; serverVersion: string };
  hardware_info?: string;
  fail?: string;
}

export interface Session {
  readonly loggedIn: boolean;
  readonly brokerage: Brokerage;
  /** The bridge to the brokerage servers; true while `brokerage` is "down" after an idle timeout. */
  readonly connected: boolean;
  readonly username: string;
  readonly userId: number;
  readonly paper: boolean;
  /** The `session` of tickle, which is also the token of the WebSocket. New with every login. */
  readonly token: string;
  /** Preflights seen in this brokerage session; cleared when it ends. */
  accountsQueried: boolean;
  portfolioQueried: boolean;
  authStatus(): AuthStatus;
  /** Counts as activity for the idle timeouts. */
  touch(): void;
  /** Called after every change of the readonly members above; returns how to stop listening. */
  on(event: 'change', listener: () => void): () => void;
}

export interface SessionSettings {
  username: string;
  paper: boolean;
  loggedIn: boolean;
  brokerage: Brokerage;
  /** What the other platform of a competition does when a client asks with compete:true. */
  rival: 'yields' | 'stubborn';
  /** From login to the Gateway's asking for brokerage; the Gateway's `authDelay`, 3000 as shipped. */
  authDelayMs: number;
  brokerageIdleMs: number;
  ssoIdleMs: number;
  lifeMs: number | null;
  /** Whether the Gateway's own tickle (every 30 s on the build 2023-04-24) keeps the session alive. */
  selfTickle: boolean;
  /** `at` and `timeZone`, or `afterMs` from the start and then daily. */
  reset: {
    at?: string;
    timeZone?: string;
    afterMs?: number;
    ends: 'sso' | 'brokerage';
    /** How long /iserver answers 503 from then on. */
    outageMs: number;
  } | null;
}

export const sessionDefaults: SessionSettings = {
  username: 'simulator',
  paper: true,
  loggedIn: false,
  brokerage: 'down',
  rival: 'yields',
  authDelayMs: 3000,
  brokerageIdleMs: 360_000,
  ssoIdleMs: 600_000,
  lifeMs: 86_400_000,
  selfTickle: false,
  reset: { at: '00:00', timeZone: 'America/New_York', ends: 'sso', outageMs: 0 },
};

/** The session as its owner moves it; everybody else sees `Session`. */
export interface OwnedSession extends Session {
  /** Milliseconds until the SSO session idles out, as tickle reports them. */
  readonly ssoExpiresMs: number;
  readonly loginMs: number;
  readonly lastTouchMs: number;
  /** Inside the outage that follows a nightly reset. */
  readonly maintenance: boolean;
  login(user: { username?: string; paper?: boolean }): void;
  /** Asks for the brokerage session; false when another platform keeps it. */
  connect(compete: boolean): boolean;
  /** Ends the brokerage session; `connected` says whether the bridge stays. */
  disconnect(connected: boolean): void;
  /** Another platform takes the brokerage session. */
  lose(): void;
  /** A client's logout: brokerage ends, SSO stays. */
  logout(): void;
  /** Ends both sessions. */
  end(): void;
}

export function createSession(deps: {
  clock: Clock;
  random: Random;
  settings: SessionSettings;
}): OwnedSession {
  const { clock, random, settings } = deps;
  const listeners = new Set<() => void>();
  const mac = '02:00:00:5E:00:01';
  const serverInfo = { serverName: 'SimulatedServer01', serverVersion: 'Build 10.44.1, simulated' };
  const state = {
    loggedIn: settings.loggedIn,
    brokerage: settings.loggedIn ? settings.brokerage : ('down' as Brokerage),
    connected: settings.loggedIn && settings.brokerage !== 'down',
    closed: false,
    username: settings.username,
    paper: settings.paper,
    token: random.hex(32),
    loginMs: clock.now(),
    touchedMs: clock.now(),
  };
  const userId = random.integer(10_000_000, 99_999_999);
  const queried = { accounts: false, portfolio: false };

  const change = (next: Partial<typeof state>): void => {
    Object.assign(state, next);
    if (state.brokerage !== 'up') queried.accounts = false;
    if (!state.loggedIn) queried.portfolio = false;
    lifetime.watch();
    for (const listener of [...listeners]) listener();
  };
  const end = (): void =>
    change({ loggedIn: false, brokerage: 'down', connected: false, closed: false, token: random.hex(32) });

  const lifetime = startLifetime({
    clock,
    settings,
    state,
    endBrokerage: (connected) => change({ brokerage: 'down', connected }),
    endAll: end,
  });

  return {
    get loggedIn() {
      return state.loggedIn;
    },
    get brokerage() {
      return state.brokerage;
    },
    get connected() {
      return state.connected;
    },
    get username() {
      return state.username;
    },
    userId,
    get paper() {
      return state.paper;
    },
    get token() {
      return state.token;
    },
    get accountsQueried() {
      return queried.accounts;
    },
    set accountsQueried(value) {
      queried.accounts = value;
    },
    get portfolioQueried() {
      return queried.portfolio;
    },
    set portfolioQueried(value) {
      queried.portfolio = value;
    },
    get ssoExpiresMs() {
      return Math.max(state.touchedMs + settings.ssoIdleMs - clock.now(), 0);
    },
    get loginMs() {
      return state.loginMs;
    },
    get lastTouchMs() {
      return state.touchedMs;
    },
    get maintenance() {
      return lifetime.maintenance;
    },
    authStatus: () => {
      const authenticated = state.brokerage === 'up';
      const flags = {
        authenticated,
        established: authenticated,
        competing: state.brokerage === 'competing',
        connected: state.connected,
      };
      if (!state.connected) return { ...flags, MAC: state.closed ? null : mac };
      return {
        ...flags,
        message: '',
        MAC: mac,
        serverInfo,
        hardware_info: `51a70e1f|${mac}`,
        fail: '',
      };
    },
    touch: () => {
      state.touchedMs = clock.now();
    },
    on: (_event, listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    login: (user) =>
      change({
        loggedIn: true,
        brokerage: 'down',
        connected: false,
        closed: false,
        username: user.username ?? settings.username,
        paper: user.paper ?? settings.paper,
        token: random.hex(32),
        loginMs: clock.now(),
        touchedMs: clock.now(),
      }),
    connect: (compete) => {
      if (!state.loggedIn || lifetime.maintenance) return false;
      const kept = state.brokerage === 'competing' && (!compete || settings.rival === 'stubborn');
      if (kept) return false;
      if (state.brokerage !== 'up') change({ brokerage: 'up', connected: true, closed: false });
      return true;
    },
    disconnect: (connected) => change({ brokerage: 'down', connected }),
    lose: () => change({ brokerage: 'competing', connected: true, closed: false }),
    logout: () => change({ brokerage: 'down', connected: false, closed: true }),
    end,
  };
}
