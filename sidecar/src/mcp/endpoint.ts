// POST, GET and DELETE /mcp: the Model Context Protocol over Streamable HTTP, behind the same edge and keys as every route.

import type { Request, RequestHandler } from 'express';
import { exchangeOf } from '../request/exchange.ts';
import type { McpDeps, Serving } from './serving.ts';

export interface McpEndpoint {
  handle: RequestHandler;
  /** Ends sessions and streams: before the listener stops. */
  stop(): Promise<void>;
}

const path = '/mcp';

export function createMcpEndpoint(deps: McpDeps & { publicUrl: string | null }): McpEndpoint {
  let serving: Promise<Serving> | null = null;
  const start = async (): Promise<Serving> => (await import('./serving.ts')).startServing(deps);
  return {
    handle: async (request, response, next) => {
      if (request.path !== path) return next();
      const exchange = exchangeOf(request);
      exchange.operation = 'mcp';
      serving ??= start();
      const { handle } = await serving;
      await handle(request, response, {
        principal: exchange.principal,
        requestId: exchange.requestId,
        address: deps.publicUrl ?? addressOf(request),
        stays: () => exchange.linger(Infinity),
      });
    },
    stop: async () => {
      await (await serving)?.stop();
    },
  };
}

/** Where the caller found this server: the edge has made sure that it is one of our names. */
function addressOf({ headers, socket }: Request): string {
  const scheme = 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http';
  return `${scheme}://${headers.host ?? 'localhost'}/`;
}
