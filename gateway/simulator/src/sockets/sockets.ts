// The WebSocket side of the simulator. Like the Gateway it takes an upgrade on any path from anyone, at once, and
// never looks at the client's cookies (observed on the build 2023-04-24).
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Sockets } from '../call.ts';
import { serveConnection, type ConnectionDeps } from './connection.ts';

/** The Gateway's limit for one frame. */
const MAX_FRAME_BYTES = 65_536;

export function startSockets(deps: ConnectionDeps & { server: Server }): Sockets {
  const { server, faults, mode } = deps;
  const endpoint = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  const unanswered = new Set<Duplex>();
  let connections = 0;

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on('error', (error) => deps.log(`upgrade: ${error.message}`));
    if (faults.socket === 'hang-handshake') {
      unanswered.add(stream);
      stream.on('close', () => unanswered.delete(stream));
      return;
    }
    if (faults.socket === 'refuse') {
      stream.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    endpoint.handleUpgrade(request, stream, head, (socket) => {
      connections += 1;
      serveConnection(deps, socket, `socket ${connections}`);
    });
  };
  server.on('upgrade', upgrade);

  return {
    get count() {
      return endpoint.clients.size;
    },
    broadcast: (data) => {
      const text = typeof data === 'string' ? Buffer.from(data) : data;
      for (const client of endpoint.clients) client.send(text, { binary: mode === 'gateway' });
    },
    stop: () =>
      new Promise((resolve) => {
        server.off('upgrade', upgrade);
        for (const stream of unanswered) stream.destroy();
        for (const client of endpoint.clients) client.terminate();
        endpoint.close(() => resolve());
      }),
  };
}
