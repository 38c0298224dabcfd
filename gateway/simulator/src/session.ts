// The two sessions of a login: the SSO session (portfolio, tickle) and the brokerage session behind /iserver.
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
