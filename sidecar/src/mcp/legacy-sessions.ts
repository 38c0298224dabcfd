// Clients of the protocol's era of 2025: each has a session of its own, because questions to the user and news of resources
// go to the client through it. A session belongs to the key that opened it.

import { randomUUID } from 'node:crypto';
import {
  WebStandardStreamableHTTPServerTransport,
  type AuthInfo,
  type McpHandlerRequestOptions,
  type McpServer,
} from '@modelcontextprotocol/server';
import type { Clock } from '../clock.ts';

export interface LegacySessions {
  fetch(request: Request, options: McpHandlerRequestOptions): Promise<Response>;
  /** Tells the sessions that follow this resource. */
  updated(uri: string): void;
  stop(): Promise<void>;
}

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly mcp: McpServer;
  readonly owner: string;
  readonly followed: Set<string>;
  usedMs: number;
}

/** One person's clients are few; whoever leaves without a word is forgotten. */
const maxSessions = 64;
const idleMs = 3_600_000;

export function createLegacySessions(deps: {
  clock: Clock;
  createServer: (onSubscribe: (uri: string, isWanted: boolean) => void) => McpServer;
  onFault: (error: Error) => void;
}): LegacySessions {
  const { clock } = deps;
  const sessions = new Map<string, Session>();

  async function open(request: Request, options: McpHandlerRequestOptions): Promise<Response> {
    makeRoom();
    const followed = new Set<string>();
    const mcp = deps.createServer((uri, isWanted) => {
      if (isWanted) followed.add(uri);
      else followed.delete(uri);
    });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        sessions.set(id, {
          transport,
          mcp,
          owner: ownerOf(options.authInfo),
          followed,
          usedMs: clock.now(),
        });
      },
      onsessionclosed: (id) => void sessions.delete(id),
    });
    mcp.server.onerror = deps.onFault;
    await mcp.connect(transport);
    const response = await transport.handleRequest(request, options);
    // What was no handshake has opened nothing.
    if (transport.sessionId === undefined) await mcp.close();
    return response;
  }

  /** The one that was quiet longest gives way. */
  function makeRoom(): void {
    const oldest = [...sessions].sort(([, one], [, other]) => one.usedMs - other.usedMs);
    for (const [id, { usedMs }] of oldest) {
      if (clock.now() - usedMs < idleMs && sessions.size < maxSessions) return;
      close(id);
    }
  }

  function close(id: string): void {
    const session = sessions.get(id);
    sessions.delete(id);
    session?.mcp.close().catch(deps.onFault);
  }

  return {
    async fetch(request, options) {
      const id = request.headers.get('mcp-session-id');
      if (id === null) return open(request, options);
      const session = sessions.get(id);
      if (session === undefined || session.owner !== ownerOf(options.authInfo)) return unknownSession();
      session.usedMs = clock.now();
      return session.transport.handleRequest(request, options);
    },
    updated(uri) {
      for (const { mcp, followed } of sessions.values())
        if (followed.has(uri)) mcp.server.sendResourceUpdated({ uri }).catch(deps.onFault);
    },
    async stop() {
      const open = [...sessions.values()];
      sessions.clear();
      await Promise.allSettled(open.map(({ mcp }) => mcp.close()));
    },
  };
}

const ownerOf = (info: AuthInfo | undefined): string => info?.clientId ?? '';

/** By the protocol the client begins a new session then. */
const unknownSession = (): Response =>
  Response.json(
    { jsonrpc: '2.0', error: { code: -32001, message: 'Session not found: begin a new one.' }, id: null },
    { status: 404 },
  );
