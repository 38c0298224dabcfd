// How the session is. A session that somebody must log in to is an answer, with the address for it.

import { Problem } from '../../errors.ts';
import type { SessionStateName } from '../../session-state.ts';
import { known, record } from '../reading.ts';
import type { Tools } from '../tool.ts';

export interface SessionPort {
  state(): { name: SessionStateName; reason: string };
  health(signal?: AbortSignal): Promise<unknown>;
  keepAlive(signal: AbortSignal): Promise<unknown>;
}

const nextSteps: { readonly [State in SessionStateName]?: (address: string) => string } = {
  down: () => 'IBKR’s Gateway cannot be reached: tell the user to see whether it runs.',
  'login-required': (address) =>
    `Ask the user to open ${address} in a browser and log in to IBKR there, then call health again.`,
  authenticating: () => 'A login is under way: call health again in some seconds.',
  'no-brokerage': () => 'The brokerage session is being opened: call health again in some seconds.',
  competing: () =>
    'TWS, the phone or a web page holds the session of this user: ask the user to log out there.',
  yielded: (address) => `The session was given away. To take it back, the user logs in at ${address}.`,
  maintenance: () => 'IBKR is in maintenance: try again in some minutes. No login is needed for it.',
  'locked-out': (address) =>
    `The server has stopped trying: the user must log in at ${address}, or on IBKR’s website first.`,
};

const wantsLogin: ReadonlySet<SessionStateName> = new Set(['login-required', 'yielded', 'locked-out']);

export function describeSession(session: SessionPort, address: string): Readonly<Record<string, unknown>> {
  const { name, reason } = session.state();
  return known({
    state: name,
    reason,
    login_url: wantsLogin.has(name) ? address : undefined,
    next_step: nextSteps[name]?.(address),
  });
}

export function sessionTools(session: SessionPort): Tools {
  return {
    async health(_args, caller) {
      let said: Readonly<Record<string, unknown>> = {
        authenticated: false,
        connected: false,
        competing: false,
      };
      try {
        said = record(await session.health(caller.signal));
      } catch (error) {
        // That IBKR does not say how the session is, is how it is.
        if (!(error instanceof Problem)) throw error;
        said = { ...said, message: error.message };
      }
      const { authenticated, connected, competing, message } = said;
      return {
        json: known({
          ...describeSession(session, caller.address),
          authenticated,
          connected,
          competing,
          message: message ?? undefined,
          orders_allowed: caller.mayOrder,
        }),
      };
    },

    async tickle(_args, caller) {
      await session.keepAlive(caller.signal);
      const { name, reason } = session.state();
      return { json: { state: name, reason } };
    },
  };
}
