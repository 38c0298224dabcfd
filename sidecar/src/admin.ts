// The second port: what a platform asks, apart from what callers ask. Nothing here changes anything or needs a key; bound to
// this machine it answers to its own names only, so that no web page can read it by DNS rebinding.

import type { Registry } from '@prometheus-io/client';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { problemKinds, type ProblemCode } from './errors.ts';
import { createHostCheck, isLoopback } from './host-check.ts';
import { listen } from './listen.ts';
import { metricsPage } from './metrics-page.ts';
import type { Observe } from './observe.ts';
import type { Address } from './setting-values.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Admin {
  address: Address;
  stop(): Promise<void>;
}

/** Enough for every scraper and probe of a cluster, and no burden to an appliance. */
const maxConnections = 64;

export async function startAdmin(deps: {
  bind: Address;
  registry: Registry;
  livez: Handler;
  readyz: Handler;
  observe: Observe;
}): Promise<Admin> {
  const { bind, registry, livez, readyz } = deps;
  const check = createHostCheck({ bind, publicUrl: null, allowedHosts: [], allowedOrigins: [] });
  const pages = new Map<string, Handler>([
    ['/livez', livez],
    ['/readyz', readyz],
    ['/metrics', (request, response) => void metricsPage(registry, request, response)],
  ]);

  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const page = pages.get(path);
    if (isLoopback(bind.host) && !check.isHostAllowed(request.headers.host)) refuse(response, 'host_refused');
    else if (page === undefined) refuse(response, 'not_found');
    else if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 'method_not_allowed');
    else page(request, response);
  });
  server.maxConnections = maxConnections;
  const address = await listen(server, bind, 'BEZANT_ADMIN_BIND');
  server.on('error', (error) => {
    deps.observe({ kind: 'warning', message: `A connection could not be accepted: ${error.message}` });
  });

  return {
    address,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const messages = {
  host_refused: 'The Host header names a server that this is not.',
  not_found: 'This port serves /livez, /readyz and /metrics.',
  method_not_allowed: 'Only GET and HEAD are served here.',
} satisfies Partial<Record<ProblemCode, string>>;

function refuse(response: ServerResponse, code: keyof typeof messages): void {
  const { status, title } = problemKinds[code];
  const message = messages[code];
  const body = Buffer.from(
    JSON.stringify({ type: `urn:bezant:problem:${code}`, title, status, detail: message, code, message }),
  );
  response.writeHead(status, {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    ...(code === 'method_not_allowed' ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(body);
}
