// Where a platform asks the supervisor itself: is it there, do its processes answer, what do they take. Nothing here changes
// anything or needs a key; bound to loopback it answers to loopback's names only, so that no web page reads it by DNS rebinding.
import type { Server } from 'node:http';

import type { Address } from './address.ts';
import { isLoopback } from './loopback.ts';
import { metricsText } from './metrics.ts';
import type { Vitals } from './vitals.ts';
import { http } from './web.ts';

interface Page {
  status: number;
  type: string;
  body: string;
}

const json = (status: number, value: unknown): Page => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
});
const text = (status: number, body: string): Page => ({ status, type: 'text/plain; charset=utf-8', body });

/** Enough for every scraper and probe of a cluster. */
const maxConnections = 32;

function readiness(all: Vitals[]): Page {
  const processes = all.map(({ name, fault }) => ({ name, ready: fault === null, reason: fault }));
  const ready = processes.every((process) => process.ready);
  return json(ready ? 200 : 503, { ready, processes });
}

function pageFor(path: string, all: Vitals[], startedAtMs: number): Page {
  switch (path) {
    case '/livez':
      return json(200, { live: true });
    case '/readyz':
      return readiness(all);
    case '/metrics':
      return {
        ...text(200, metricsText(all, startedAtMs)),
        type: 'text/plain; version=0.0.4; charset=utf-8',
      };
    default:
      return text(404, 'Here are /livez, /readyz and /metrics.\n');
  }
}

export interface AdminDeps {
  vitals: () => Vitals[];
  startedAtMs: number;
}

/** Rejects when the address cannot be used. */
export function startAdmin({ host, port }: Address, deps: AdminDeps): Promise<Server> {
  const isOwn = isLoopback(host);
  const server = http().createServer((request, response) => {
    const url = URL.parse(request.url ?? '', `http://${request.headers.host ?? ''}`);
    let page: Page;
    if (isOwn && !isLoopback(url?.hostname ?? '')) page = text(421, 'This is not a name of this machine.\n');
    else if (request.method !== 'GET' && request.method !== 'HEAD') page = text(405, 'Only GET and HEAD.\n');
    else page = pageFor(url?.pathname ?? '', deps.vitals(), deps.startedAtMs);
    response.writeHead(page.status, {
      'content-type': page.type,
      'content-length': Buffer.byteLength(page.body),
      'cache-control': 'no-store',
    });
    response.end(page.body);
  });
  server.maxConnections = maxConnections;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      // A connection that could not be accepted is the caller's trouble.
      server.on('error', () => undefined);
      resolve(server);
    });
  });
}
