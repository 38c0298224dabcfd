// The tools and resources in MCP's words, for either era of the protocol: one server object for each request (2026) or each
// session (2025), all of them over the same tools.

import {
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  type CallToolResult,
  type ClientCapabilities,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Principal } from '../api-keys.ts';
import type { Clock } from '../clock.ts';
import { Problem } from '../errors.ts';
import { record } from './reading.ts';
import { resourceList, templateList, toolOf } from './resources.ts';
import type { ToolCaller } from './tool.ts';
import type { Outcome, Toolbox } from './toolbox.ts';

/** Who made the HTTP request; carried to the handlers by the SDK as its AuthInfo. */
export interface Visitor {
  readonly principal: Principal | null;
  readonly requestId: string;
  readonly address: string;
  /** Told when the answer is a stream, which lasts as long as its reader or a question to the user. */
  stays(): void;
}

export interface ProtocolDeps {
  toolbox: Toolbox;
  mayOrder: (principal: Principal | null) => boolean;
  visitorOf: (context: ServerContext) => Visitor;
  clock: Clock;
  /** Of one call of a tool. */
  deadlineMs: number;
  version: string;
  /** Told when the client wants to hear of a resource, or no more; only in the era of 2025. */
  onSubscribe?: (uri: string, isWanted: boolean) => void;
}

const instructions =
  'An Interactive Brokers account behind the user’s own server. When a tool says that IBKR asks for a login, give the user the address it names and wait. Never invent account ids, conids or prices. Orders need preview_order first and the user’s consent.';

/** The lists change with the server's version only. */
const listHint = { ttlMs: 3_600_000, cacheScope: 'private' } as const;

export function createProtocolServer(deps: ProtocolDeps): McpServer {
  const { toolbox, visitorOf } = deps;
  const mcp = new McpServer(
    { name: 'bezant', title: 'bezant: Interactive Brokers', version: deps.version },
    {
      capabilities: { tools: {}, resources: { subscribe: true } },
      instructions,
      cacheHints: {
        'tools/list': listHint,
        'resources/list': listHint,
        'resources/templates/list': listHint,
      },
    },
  );

  // Handlers of our own on the server inside: the other one would build a schema library's schemas for each request.
  const { server } = mcp;

  const mayOrder = (context: ServerContext): boolean => deps.mayOrder(visitorOf(context).principal);

  async function call(name: string, args: unknown, context: ServerContext): Promise<Outcome> {
    const { principal, address, requestId } = visitorOf(context);
    const expiry = new AbortController();
    const cancel = deps.clock.after(deps.deadlineMs, () =>
      expiry.abort(new Problem('upstream_timeout', `This was not done within ${deps.deadlineMs / 1000} s.`)),
    );
    const caller: ToolCaller = {
      principal,
      address,
      signal: AbortSignal.any([context.mcpReq.signal, expiry.signal]),
      mayOrder: mayOrder(context),
      canAsk: canElicit(server, context),
      said: (key) => saidTo(context, key),
    };
    try {
      return await toolbox.call(name, record(args), caller, requestId);
    } finally {
      cancel();
    }
  }

  server.setRequestHandler('tools/list', (_request, context) => ({
    tools: toolbox
      .offered(mayOrder(context))
      .map(({ name, description, inputSchema, outputSchema, hints }) => ({
        name,
        description,
        inputSchema: { ...inputSchema, type: 'object' as const },
        ...(outputSchema === null ? {} : { outputSchema: { ...outputSchema, type: 'object' as const } }),
        annotations: hints,
      })),
  }));

  server.setRequestHandler('tools/call', async ({ params }, context) => {
    if (!toolbox.knows(params.name))
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool ${params.name}.`);
    return toResult(await call(params.name, params.arguments ?? {}, context));
  });

  server.setRequestHandler('resources/list', () => ({ resources: [...resourceList] }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [...templateList] }));

  server.setRequestHandler('resources/read', async ({ params: { uri } }, context) => {
    const wanted = toolOf(uri);
    if (wanted === null) throw new ResourceNotFoundError(uri);
    const outcome = await call(wanted.tool, wanted.args, context);
    if (outcome.kind === 'ok')
      return { contents: [{ uri, mimeType: 'application/json', text: outcome.text }] };
    const why = outcome.kind === 'failed' ? outcome.text : outcome.ask.message;
    throw new ProtocolError(ProtocolErrorCode.InternalError, why);
  });

  const subscribe = (isWanted: boolean) => (request: { params: { uri: string } }) => {
    const { uri } = request.params;
    if (toolOf(uri) === null) throw new ResourceNotFoundError(uri);
    deps.onSubscribe?.(uri, isWanted);
    return {};
  };
  server.setRequestHandler('resources/subscribe', subscribe(true));
  server.setRequestHandler('resources/unsubscribe', subscribe(false));
  return mcp;
}

function toResult(outcome: Outcome): CallToolResult | InputRequiredResult {
  if (outcome.kind === 'asked') {
    const { key, message } = outcome.ask;
    return inputRequired({
      inputRequests: { [key]: inputRequired.elicit({ message, requestedSchema: agreement }) },
    });
  }
  const content = [{ type: 'text' as const, text: outcome.text }];
  if (outcome.kind === 'failed') return { content, isError: true };
  return outcome.structured === null
    ? { content }
    : { content, structuredContent: { ...outcome.structured } };
}

const agreement = {
  type: 'object' as const,
  properties: { agree: { type: 'boolean' as const, title: 'Yes, do it', default: false } },
  required: ['agree'],
};

/** Anything but an explicit yes is a no. */
function saidTo(context: ServerContext, key: string): 'yes' | 'no' | null {
  const said = inputResponse(context.mcpReq.inputResponses, key);
  if (said.kind !== 'elicit') return null;
  return said.action === 'accept' && said.content?.['agree'] === true ? 'yes' : 'no';
}

/** The SDK advises against it for 2026, where each request says it; for 2025 there is nothing else. */
interface Peer {
  getClientCapabilities(): ClientCapabilities | undefined;
}

/** An empty word means forms. */
function canElicit(peer: Peer, context: ServerContext): boolean {
  const declared =
    record(context.mcpReq.envelope)[CLIENT_CAPABILITIES_META_KEY] ?? peer.getClientCapabilities();
  const { elicitation } = (declared ?? {}) as ClientCapabilities;
  if (elicitation === undefined) return false;
  return elicitation.form !== undefined || elicitation.url === undefined;
}
