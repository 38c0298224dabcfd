// Our own endpoints by path: a table, so that a wrong method is told from a wrong path.

import type { Request, RequestHandler, Response } from 'express';
import { exchangeOf } from '../request/exchange.ts';
import { wrongMethod } from '../request/route.ts';
import type { DebugRoutes } from './debug.ts';
import type { HealthRoutes } from './health.ts';

interface Row {
  operation: string;
  get: (request: Request, response: Response) => void | Promise<void>;
}

/** Asked without a key: by platforms with one port, as on the admin port, and by people who look for the documentation. */
export function createOpenRoutes(deps: {
  health: HealthRoutes;
  /** By path. */
  docs: Readonly<Record<string, Row['get']>>;
}): RequestHandler {
  const { health, docs } = deps;
  return serve({
    '/livez': { operation: 'livez', get: (request, response) => health.livez(request, response) },
    '/readyz': { operation: 'readyz', get: (request, response) => health.readyz(request, response) },
    ...Object.fromEntries(Object.entries(docs).map(([path, get]) => [path, { operation: 'docs', get }])),
  });
}

export function createOwnRoutes(deps: {
  health: HealthRoutes;
  openapi: (request: Request, response: Response) => Promise<void>;
  /** Null without a token: then these paths are unknown like any other. */
  debug: DebugRoutes | null;
}): RequestHandler {
  const { health, openapi, debug } = deps;
  return serve({
    '/health': {
      operation: 'health',
      get: (request, response) => health.health(response, exchangeOf(request).signal),
    },
    '/openapi.json': { operation: 'openapi', get: openapi },
    ...(debug === null ? {} : debugRows(debug)),
  });
}

const debugRows = (debug: DebugRoutes): Record<string, Row> => ({
  '/debug/jar': { operation: 'debug-jar', get: (request, response) => debug.jar(request, response) },
  '/debug/probe': {
    operation: 'debug-probe',
    get: (request, response) => debug.probe(request, response, exchangeOf(request).signal),
  },
});

function serve(table: Readonly<Record<string, Row | undefined>>): RequestHandler {
  return async (request, response, next) => {
    const row = Object.hasOwn(table, request.path) ? table[request.path] : undefined;
    if (row === undefined) return next();
    exchangeOf(request).operation = row.operation;
    if (request.method !== 'GET' && request.method !== 'HEAD') throw wrongMethod(request.method, ['GET']);
    await row.get(request, response);
  };
}
