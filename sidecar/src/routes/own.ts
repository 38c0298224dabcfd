// Our own endpoints by path: a table, so that a wrong method is told from a wrong path.

import type { Request, RequestHandler, Response } from 'express';
import { exchangeOf } from '../request/exchange.ts';
import { wrongMethod } from '../request/route.ts';
import type { HealthRoutes } from './health.ts';

type Handler = (request: Request, response: Response) => void | Promise<void>;
type Table = Readonly<Record<string, { operation: string; get: Handler } | undefined>>;

/** For platforms with one port: asked without a key, as on the admin port. */
export function createProbes(health: HealthRoutes): RequestHandler {
  return serveTable({
    '/livez': { operation: 'livez', get: (request, response) => health.livez(request, response) },
    '/readyz': { operation: 'readyz', get: (request, response) => health.readyz(request, response) },
  });
}

export function createOwnRoutes({ health }: { health: HealthRoutes }): RequestHandler[] {
  return [
    serveTable({
      '/health': {
        operation: 'health',
        get: (request, response) => health.health(response, exchangeOf(request).signal),
      },
    }),
  ];
}

function serveTable(table: Table): RequestHandler {
  return async (request, response, next) => {
    const row = table[request.path];
    if (row === undefined) return next();
    exchangeOf(request).operation = row.operation;
    if (request.method !== 'GET' && request.method !== 'HEAD') throw wrongMethod(request.method, ['GET']);
    await row.get(request, response);
  };
}
