// The public chain, in order. What each step does stands in its own file.

import express, { type Express, type RequestHandler } from 'express';
import { Problem } from './errors.ts';
import type { Observe } from './observe.ts';
import { problemWriter } from './request/problem.ts';

export interface Chain {
  edge: RequestHandler;
  /** Our own endpoints that need no key: /livez, /readyz and /docs. */
  open: RequestHandler;
  keys: RequestHandler;
  own: RequestHandler;
  mcp: RequestHandler;
  events: RequestHandler;
  composites: RequestHandler;
  friendly: RequestHandler;
  contract: RequestHandler;
  loginPages: RequestHandler;
}

export function createApp(chain: Chain, observe: Observe): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false).set('case sensitive routing', true);
  app.use(chain.edge, chain.open, chain.keys, chain.own, chain.mcp);
  app.use(chain.events, chain.composites, chain.friendly, chain.contract, chain.loginPages);
  app.use((request) => {
    throw new Problem('path_refused', `There is nothing at this path for ${request.method}.`);
  });
  app.use(problemWriter(observe));
  return app;
}
