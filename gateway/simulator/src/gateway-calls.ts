// What the Gateway does by itself after a login: it asks for the brokerage session, always competing, calls
// /iserver/accounts, and then may tickle every 30 s. A tickle that finds the bridge up but unauthenticated makes it log out, which can cross a
// client's own recovery (observed on the Gateway build 2023-04-24).
import type { Clock, Timer } from './clock.ts';
import type { OwnedSession, SessionSettings } from './session.ts';

export interface GatewayCalls {
  /** A login went through. */
  loggedIn(): void;
}

const tickleMs = 30_000;
const retryMs = 5000;
const attempts = 5;

export function createGatewayCalls(deps: {
  clock: Clock;
  session: OwnedSession;
  settings: SessionSettings;
}): GatewayCalls {
  const { clock, session, settings } = deps;
  let connecting: Timer | undefined;
  // Tickling begins with the first brokerage session of a login, and ends with the login.
  let tickling = session.brokerage === 'up';
  session.on('change', () => {
    tickling = session.loggedIn && (tickling || session.brokerage === 'up');
  });
  const tickle = (): void => {
    if (!tickling) return;
    session.touch();
    const { connected, authenticated } = session.authStatus();
    if (connected && !authenticated) session.logout();
  };
  if (settings.selfTickle) clock.every(tickleMs, tickle);

  const connect = (left: number): void => {
    if (session.connect(true)) session.accountsQueried = true;
    else if (left > 1) connecting = clock.setTimeout(() => connect(left - 1), retryMs);
  };
  return {
    loggedIn: () => {
      connecting?.cancel();
      connecting = clock.setTimeout(() => connect(attempts), settings.authDelayMs);
    },
  };
}
