// IBKR's WebSocket at its own path, for clients that know the Gateway: the same door as for HTTP (host, origin, key), then
// one connection to the Gateway for each client. Frames keep their kind, because the Gateway's are binary and some clients
// rely on it.

import { randomUUID } from 'node:crypto';
import { ServerResponse, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../clock.ts';
import { Problem } from '../errors.ts';
import { createGatewayAgent } from '../gateway-agent.ts';
import type { Gateway } from '../gateway.ts';
import type { Observe } from '../observe.ts';
import { goingAway } from './close-codes.ts';
import { relaySocket, type RelayedSocket } from './relayed-socket.ts';

/** Both names of the API, as for HTTP. */
const paths: ReadonlySet<string> = new Set(['/v1/api/ws', '/v1/portal/ws']);

/** The Gateway's own limit for a frame (observed on the build of 2023-04-24): it would break off at a larger one. */
const maxClientBytes = 65_536;
const maxUpstreamBytes = 4 * 1024 * 1024;

/** Each holds a connection of the Gateway's too. */
const maxClients = 64;

export interface Relay {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  stop(): Promise<void>;
}

export function startRelay(deps: {
  gateway: Pick<Gateway, 'url' | 'cookies' | 'tls'>;
  fingerprint: string | null;
  userAgent: string;
  clock: Clock;
  observe: Observe;
  /** Why this caller may not be served, or null: the rules of the HTTP edge. */
  checkPeer: (request: IncomingMessage) => Problem | null;
  /** Whether this caller may send frames that move positions. */
  mayTrade: (request: IncomingMessage) => boolean;
  /** Writes a refusal as every other answer of this server. */
  refuse: (response: ServerResponse, problem: Problem, requestId: string) => void;
}): Relay {
  const { gateway, clock, observe } = deps;
  const { url, cookies, tls } = gateway;
  const agent = createGatewayAgent({ origin: url.origin, tls, fingerprint: deps.fingerprint });
  const open = new Set<RelayedSocket>();
  let isStopping = false;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxClientBytes,
    perMessageDeflate: false,
    // Texts pass as bytes: one that is no UTF-8 must not end the connection.
    skipUTF8Validation: true,
  });

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

  function refusal(request: IncomingMessage): Problem | null {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const refused = deps.checkPeer(request);
    if (refused !== null) return refused;
    if (!paths.has(path.replace(/\/$/, ''))) {
      return new Problem('path_refused', 'There is no WebSocket at this path: IBKR’s is at /v1/api/ws.');
    }
    if (isStopping)
      return new Problem('shutting_down', 'This server is shutting down.', { retryAfterSeconds: 5 });
    if (open.size < maxClients) return null;
    const message = `${maxClients} WebSockets are open already.`;
    return new Problem('overloaded', message, { retryAfterSeconds: 5 });
  }

  return {
    upgrade(request, socket, head) {
      socket.on('error', () => undefined);
      const problem = refusal(request);
      if (problem !== null) {
        observe({ kind: 'refused', reason: problem.code });
        return answer(request, socket, (response) => deps.refuse(response, problem, randomUUID()));
      }
      const mayTrade = deps.mayTrade(request);
      server.handleUpgrade(request, socket, head, (client) => accept(client, mayTrade));
    },

    async stop() {
      isStopping = true;
      for (const relayed of open) relayed.end(goingAway, 'This server is shutting down.');
      await Promise.all([...open].map(({ closed }) => closed));
      agent.destroy();
    },
  };
}

/** An upgrade has no response of its own; this makes one, and ends the connection with it. */
function answer(request: IncomingMessage, socket: Duplex, write: (response: ServerResponse) => void): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // Node's own servers hand over nothing else.
  if (!(socket instanceof Socket)) return void socket.destroy();
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  write(response);
}
