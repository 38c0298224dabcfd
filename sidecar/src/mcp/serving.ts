// Everything of MCP, made at the first request to /mcp: it takes 12 to 28 MB and a third of a second, more on a small
// machine, and most servers never need it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createMcpHandler,
  isLegacyRequest,
  type AuthInfo,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { toNodeHandler, type NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import type { Principal } from '../api-keys.ts';
import type { Clock } from '../clock.ts';
import type { Contract } from '../contract.ts';
import type { Observe } from '../observe.ts';
import type { Pipeline } from '../request/pipeline.ts';
import type { Check } from '../request/validate.ts';
import { createAccounts } from './accounts.ts';
import { createAsk } from './calls.ts';
import { createLegacySessions } from './legacy-sessions.ts';
import { orderingTools } from './orders/order-tools.ts';
import { writeTool } from './orders/write-tool.ts';
import { createProtocolServer, type Visitor } from './protocol.ts';
import { loadTools } from './tool.ts';
import { createToolbox } from './toolbox.ts';
import { contractTools } from './tools/contracts.ts';
import { eventTools, type EventsPort } from './tools/events.ts';
import { marketTools } from './tools/market.ts';
import { operationTools } from './tools/operations.ts';
import { orderTools } from './tools/orders.ts';
import { portfolioTools } from './tools/portfolio.ts';
import { sessionTools, type SessionPort } from './tools/session.ts';
import { startUpdates } from './updates.ts';

export interface McpDeps {
  /** Where tools.json and its validators lie. */
  folder: URL;
  contract: Contract;
  pipeline: Pick<Pipeline, 'run'>;
  session: SessionPort & { epoch(): number; onChange(listener: () => void): () => void };
  /** Null when events are switched off. */
  events: EventsPort | null;
  cookieValues: () => readonly string[];
  clock: Clock;
  observe: Observe;
  allowOrders: boolean;
  readOnly: boolean;
  deadlineMs: number;
  version: string;
}

export interface Serving {
  handle: (request: IncomingMessage, response: ServerResponse, visitor: Visitor) => Promise<void>;
  stop(): Promise<void>;
}

export async function startServing(deps: McpDeps): Promise<Serving> {
  const { clock, observe } = deps;
  const table = loadTools(deps.folder);
  const { default: checks } = (await import(new URL('tool-validators.js', deps.folder).href)) as {
    default: Readonly<Record<string, Check>>;
  };
  const ask = createAsk(deps);
  const accounts = createAccounts({ ask, epoch: () => deps.session.epoch() });
  const parts = { ask, accounts, clock, contract: deps.contract, table };
  const toolbox = createToolbox({
    rows: table.tools,
    checks,
    cookieValues: deps.cookieValues,
    clock,
    observe,
    runs: {
      ...sessionTools(deps.session),
      ...portfolioTools(parts),
      ...contractTools(parts),
      ...marketTools(parts),
      ...orderTools(parts),
      ...eventTools(deps.events),
      ...operationTools(parts),
      ...orderingTools(parts),
      ...writeTool(parts),
    },
  });

  const mayOrder = (principal: Principal | null): boolean =>
    deps.allowOrders && !deps.readOnly && (principal === null || principal.scopes.has('trade'));
  const protocol = {
    toolbox,
    mayOrder,
    visitorOf: (context: ServerContext) => visitorIn(context.http?.authInfo),
    clock,
    deadlineMs: deps.deadlineMs,
    version: deps.version,
  };
  const onFault = (error: Error): void => observe({ kind: 'mcp-fault', cause: error });

  const modern = createMcpHandler(() => createProtocolServer(protocol), {
    legacy: 'reject',
    onerror: onFault,
  });
  const legacy = createLegacySessions({
    clock,
    onFault,
    createServer: (onSubscribe) => createProtocolServer({ ...protocol, onSubscribe }),
  });
  const updates = startUpdates({
    clock,
    events: deps.events,
    onSession: (listener) => deps.session.onChange(listener),
  });
  updates.listen((uri) => {
    modern.notify.resourceUpdated(uri);
    legacy.updated(uri);
  });

  const node = toNodeHandler(
    {
      async fetch(request, options = {}) {
        const era = (await isLegacyRequest(request)) ? legacy : modern;
        const response = await era.fetch(request, options);
        if (response.headers.get('content-type')?.startsWith('text/event-stream') === true)
          visitorIn(options.authInfo).stays();
        return response;
      },
    },
    { onerror: onFault },
  );

  return {
    handle: (request, response, visitor) =>
      node(Object.assign(request as NodeIncomingMessageLike, { auth: authInfoOf(visitor) }), response),
    async stop() {
      updates.stop();
      await Promise.all([modern.close(), legacy.stop()]);
    },
  };
}

/** The SDK hands this through; it has no use of its own for any of it. */
const authInfoOf = (visitor: Visitor) => ({
  token: '',
  clientId: visitor.principal?.name ?? '',
  scopes: [...(visitor.principal?.scopes ?? [])],
  extra: { visitor },
});

function visitorIn(info: AuthInfo | undefined): Visitor {
  const visitor = info?.extra?.['visitor'] as Visitor | undefined;
  if (visitor === undefined) throw new Error('an MCP request without a visitor');
  return visitor;
}
