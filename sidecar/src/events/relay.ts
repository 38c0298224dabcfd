// IBKR's WebSocket with a connection to the Gateway for each client: what there is when events are switched off, and with
// them the connection that clients would share. Frames keep their kind, because the Gateway's are binary and some clients
// rely on it.

import { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import { createGatewayAgent } from '../gateway-agent.ts';
import type { Gateway } from '../gateway.ts';
import type { Observe } from '../observe.ts';
import { goingAway } from './close-codes.ts';
import { relaySocket, type RelayedSocket } from './relayed-socket.ts';
import { createSocketDoor, type DoorRules, type SocketDoor } from './socket-door.ts';

const maxUpstreamBytes = 4 * 1024 * 1024;

/** Each holds a connection of the Gateway's too. */
const maxClients = 64;

export interface Relay {
  upgrade: SocketDoor['upgrade'];
  stop(): Promise<void>;
}

export function startRelay(
  deps: DoorRules & {
    gateway: Pick<Gateway, 'url' | 'cookies' | 'tls'>;
    fingerprint: string | null;
    userAgent: string;
    clock: Clock;
    observe: Observe;
  },
): Relay {
  const { gateway, clock, observe } = deps;
  const { url, cookies, tls } = gateway;
  const agent = createGatewayAgent({ origin: url.origin, tls, fingerprint: deps.fingerprint });
  const open = new Set<RelayedSocket>();

  function connect(): WebSocket {
    const cookie = cookies.header();
    // No query: a caller may have a key of ours in it, and the Gateway uses none.
    const upstream = new WebSocket(`${url.origin.replace(/^http/, 'ws')}${url.prefix}/v1/api/ws`, {
      agent,
      headers: { 'user-agent': deps.userAgent, ...(cookie === null ? {} : { cookie }) },
      origin: url.origin,
      maxPayload: maxUpstreamBytes,
      perMessageDeflate: false,
      skipUTF8Validation: true,
      followRedirects: false,
    });
    upstream.once('upgrade', ({ headers }) => cookies.fromIbkr(headers['set-cookie'] ?? []));
    return upstream;
  }

  function accept(client: WebSocket, mayTrade: boolean): void {
    const tell = (what: 'opened' | 'closed' | 'failed'): void =>
      observe({ kind: 'relay', what, open: open.size });
    const onFailure = (): void => tell('failed');
    const relayed = relaySocket({ client, upstream: connect(), clock, mayTrade, onFailure });
    open.add(relayed);
    tell('opened');
    void relayed.closed.then(() => {
      open.delete(relayed);
      tell('closed');
    });
  }

  const door = createSocketDoor({ ...deps, maxClients, open: () => open.size, accept });
  return {
    upgrade: (request, socket, head) => door.upgrade(request, socket, head),
    async stop() {
      door.close();
      for (const relayed of open) relayed.end(goingAway, 'This server is shutting down.');
      await Promise.all([...open].map(({ closed }) => closed));
      agent.destroy();
    },
  };
}
