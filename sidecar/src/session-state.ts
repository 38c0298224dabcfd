// The states of the session, as logs, metrics, alerts and answers name them. What leads from one to another stands in
// session/state.ts.

export const sessionStates = [
  /** The Gateway cannot be reached. */
  'down',
  /** IBKR asks for a login in the browser. */
  'login-required',
  /** The login page said it succeeded; IBKR has not confirmed it yet. */
  'authenticating',
  /** Logged in, but without the brokerage session that /iserver needs. */
  'no-brokerage',
  'live',
  /** Another platform (TWS, the phone) holds the brokerage session of this user. */
  'competing',
  /** Given away on purpose. */
  'yielded',
  /** IBKR does not answer properly: its nightly and weekend restarts look like this. */
  'maintenance',
  /** Recovery has come to its end: a human must look. */
  'locked-out',
] as const;

export type SessionStateName = (typeof sessionStates)[number];
