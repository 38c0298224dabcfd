// How the session is. bezant has it in /health; the Gateway itself is asked as bezant asks it.

import type { Caller, CallOptions } from './call.ts';
import { session } from './generated/session.ts';
import type { Server } from './server.ts';

export interface Health {
  /** Logged in, and the brokerage session is this one. */
  readonly authenticated: boolean;
  /** The Gateway reaches IBKR. */
  readonly connected: boolean;
  /** Another program holds the brokerage session of the same user. */
  readonly competing: boolean;
  readonly message: string | null;
}

/** Rejects with `login-required` when nobody is logged in. */
export async function health(caller: Caller, server: Server, options?: CallOptions): Promise<Health> {
  if (server === 'bezant') {
    return caller.call<Health>({ method: 'GET', path: '/health', own: true, read: true }, options);
  }
  const status = await session(caller).getBrokerageStatus(options);
  return {
    authenticated: status.authenticated ?? false,
    connected: status.connected ?? false,
    competing: status.competing ?? false,
    message: status.message === undefined || status.message === '' ? null : status.message,
  };
}
