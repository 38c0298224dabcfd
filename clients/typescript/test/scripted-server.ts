// A server that answers what the test says and remembers what it was asked: for the wire, and for answers the real ones
// give once a night.

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Reply = (response: ServerResponse, asked: Asked) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** One reply for each call from here on; the last stays. */
  script(...replies: Reply[]): void;
  stop(): Promise<void>;
}

export async function startScriptedServer(...replies: Reply[]): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  let script = replies;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const call = { method, target: url, headers, body: Buffer.concat(chunks).toString() };
      asked.push(call);
      const reply = script.length > 1 ? script.shift() : script[0];
      if (reply === undefined) response.destroy();
      else reply(response, call);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    script(...next) {
      script = next;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function text(status: number, body: string, type = 'text/plain'): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  };
}
