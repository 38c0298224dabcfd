// What each event makes of each state. A pure table: every cell that is not written out stays where it is, and the tests
// hold the whole of it. An outage is never taken for a logout, and nothing but IBKR's word makes a session live.

import type { SessionStateName } from '../session-state.ts';

export type { SessionStateName } from '../session-state.ts';

export const sessionEvents = [
  // What an answer of IBKR says: see reading.ts.
  'authenticated',
  'competing',
  'not-authenticated',
  'logged-out',
  'unreachable',
  'outage',
  // The Gateway was restarted and has forgotten its login.
  'login-lost',
  // The browser came through the login pages; later, how that ended.
  'login-completed',
  'login-failed',
  'login-incomplete',
  // Recovery stopped trying, or may try again.
  'recovery-spent',
  'recovery-restored',
  // The owner wants the brokerage session elsewhere for a while.
  'yield-asked',
  'yield-ended',
] as const;

export type SessionEvent = (typeof sessionEvents)[number];

type Moves = Readonly<Partial<Record<SessionEvent, SessionStateName>>>;

const anywhere: Moves = {
  authenticated: 'live',
  competing: 'competing',
  'not-authenticated': 'no-brokerage',
  'logged-out': 'login-required',
  'login-lost': 'login-required',
  unreachable: 'down',
  outage: 'maintenance',
  'login-completed': 'authenticating',
  'yield-asked': 'yielded',
};

const table: Readonly<Record<SessionStateName, Moves>> = {
  down: anywhere,
  'login-required': anywhere,
  // After a login the Gateway asks IBKR several times before it has a session (observed on the build of 2023-04-24): until
  // the time for that is over, only success and a dead Gateway count.
  authenticating: {
    ...anywhere,
    competing: 'authenticating',
    'not-authenticated': 'authenticating',
    'logged-out': 'authenticating',
    outage: 'authenticating',
    'login-failed': 'login-required',
    'login-incomplete': 'no-brokerage',
  },
  'no-brokerage': { ...anywhere, 'recovery-spent': 'locked-out' },
  live: anywhere,
  competing: { ...anywhere, 'recovery-spent': 'locked-out' },
  yielded: {
    ...anywhere,
    competing: 'yielded',
    'not-authenticated': 'yielded',
    'yield-ended': 'no-brokerage',
  },
  maintenance: anywhere,
  'locked-out': { ...anywhere, 'not-authenticated': 'locked-out', 'recovery-restored': 'no-brokerage' },
};

export function nextState(state: SessionStateName, event: SessionEvent): SessionStateName {
  return table[state][event] ?? state;
}

/** The state whose reason an event gives, when it is the present one. */
export function describedBy(event: SessionEvent): SessionStateName | undefined {
  return anywhere[event];
}
