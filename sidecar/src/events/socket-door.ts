// IBKR's WebSocket at its own path, for clients that know the Gateway: the same door as for HTTP (host, origin, key).

import { randomUUID } from 'node:crypto';
import { ServerResponse, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { Problem } from '../errors.ts';
import type { Observe } from '../observe.ts';

/** Both names of the API, as for HTTP. */
const paths: ReadonlySet<string> = new Set(['/v1/api/ws', '/v1/portal/ws']);

/** The Gateway's own limit for a frame (observed on the build of 2023-04-24): it would break off at a larger one. */
const maxClientBytes = 65_536;

export interface DoorRules {
  /** Why this caller may not be served, or null: the rules of the HTTP edge. */
  checkPeer: (request: IncomingMessage) => Problem | null;
  /** Whether this caller may send frames that move positions. */
  mayTrade: (request: IncomingMessage) => boolean;
  /** Writes a refusal as every other answer of this server. */
  refuse: (response: ServerResponse, problem: Problem, requestId: string) => void;
}

export interface SocketDoor {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** From now on nobody comes in. */
  close(): void;
}

export function createSocketDoor(
  deps: DoorRules & {
    observe: Observe;
    maxClients: number;
    /** How many are inside. */
    open: () => number;
    accept: (client: WebSocket, mayTrade: boolean) => void;
  },
): SocketDoor {
  const { observe, maxClients } = deps;
  let isClosed = false;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxClientBytes,
    perMessageDeflate: false,
    // Texts are taken as bytes: one that is no UTF-8 must not end the connection.
    skipUTF8Validation: true,
  });

  function refusal(request: IncomingMessage): Problem | null {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const refused = deps.checkPeer(request);
    if (refused !== null) return refused;
    if (!paths.has(path.replace(/\/$/, ''))) {
      return new Problem('path_refused', 'There is no WebSocket at this path: IBKR’s is at /v1/api/ws.');
    }
    if (isClosed)
      return new Problem('shutting_down', 'This server is shutting down.', { retryAfterSeconds: 5 });
    if (deps.open() < maxClients) return null;
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
      server.handleUpgrade(request, socket, head, (client) => deps.accept(client, mayTrade));
    },
    close: () => void (isClosed = true),
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
