// The whole client: every area of IBKR's API and what bezant adds, over one transport.

import type { Caller, CallOptions } from './call.ts';
import { areas, type Areas } from './generated/areas.ts';
import type { IndividualPosition } from './generated/models.ts';
import { health, type Health } from './health.ts';
import { startKeepalive, type Keepalive, type KeepaliveOptions } from './keepalive.ts';
import { positions } from './positions.ts';
import type { Server } from './server.ts';
import { createTransport, type TransportOptions } from './transport.ts';

export interface ClientOptions extends TransportOptions {
  /** What answers at `baseUrl`; bezant unless said otherwise. */
  readonly server?: Server | undefined;
}

export interface Client extends Caller, Areas {
  /** How the session is; rejects with `login-required` when nobody is logged in. */
  health(options?: CallOptions): Promise<Health>;
  /** Keeps the session alive until it is stopped. bezant does that by itself. */
  keepalive(options?: KeepaliveOptions): Keepalive;
  /** Every position of an account, whatever the number. */
  positions(accountId: string, options?: CallOptions): Promise<IndividualPosition[]>;
}

export function createClient(options: ClientOptions = {}): Client {
  const { server = 'bezant' } = options;
  const transport = createTransport(options);
  return {
    ...areas(transport),
    call: transport.call,
    health: (call) => health(transport, server, call),
    keepalive: (keepalive) => startKeepalive(transport, keepalive, transport.time),
    positions: (accountId, call) => positions(transport, accountId, server, call),
  };
}
