// A reverse proxy as people put one before the server: it ends the TLS for a name of theirs and passes everything on.

import { request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

export interface ReverseProxy {
  /** What browsers see. */
  origin: string;
  /** Where to pass requests on to. */
  target: string;
  stop(): Promise<void>;
}

/** `keepsHost`: whether the name in the browser reaches the server (Caddy, Traefik) or the server's own does (nginx). */
export async function startReverseProxy(deps: { name: string; keepsHost: boolean }): Promise<ReverseProxy> {
  const { name, keepsHost } = deps;
  const made = await generate([{ name: 'commonName', value: name }], {});

  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    const target = new URL(proxy.target);
    const upstream = send(
      {
        host: target.hostname,
        port: target.port,
        method: request.method,
        path: request.url,
        headers: {
          ...request.headers,
          host: keepsHost ? request.headers.host : target.host,
          'x-forwarded-proto': 'https',
          'x-forwarded-host': request.headers.host,
          'x-forwarded-for': request.socket.remoteAddress,
        },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    upstream.on('error', () => response.destroy());
    request.pipe(upstream);
  };

  const server = createServer({ cert: made.cert, key: made.private }, pass);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: ReverseProxy = {
    origin: `https://${name}:${(server.address() as AddressInfo).port}`,
    target: '',
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}
