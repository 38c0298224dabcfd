// MCP over stdio for hosts that start a program: every message goes to /mcp of a server and back, word for word, so that the
// tools are made in one place and both eras of the protocol pass through.

import { SdkHttpError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { record } from './reading.ts';

export interface Bridge {
  /** When the host has closed its end, or `stop` is called. */
  readonly closed: Promise<void>;
  stop(): Promise<void>;
}

type Id = string | number;
type Message = JSONRPCMessage;

export async function startBridge(deps: {
  /** The server's address, with or without a path that a proxy puts before it. */
  url: string;
  key: string | null;
  near?: StdioServerTransport;
}): Promise<Bridge> {
  const { near = new StdioServerTransport() } = deps;
  const target = new URL('mcp', deps.url.endsWith('/') ? deps.url : `${deps.url}/`);
  /** Requests of the host's that wait for an answer. */
  const waiting = new Map<Id, AbortController>();
  /** The handshake of 2025, to be repeated with a server that has started anew. */
  let handshake: Message | null = null;
  let onRepeated: (() => void) | null = null;
  let far = await dial();

  async function dial(): Promise<StreamableHTTPClientTransport> {
    const headers = deps.key === null ? {} : { authorization: `Bearer ${deps.key}` };
    const transport = new StreamableHTTPClientTransport(target, { requestInit: { headers } });
    transport.onmessage = (message) => fromServer(message);
    await transport.start();
    return transport;
  }

  function fromServer(message: Message): void {
    const id = 'method' in message ? undefined : message.id;
    if (id !== undefined && handshake !== null && id === idOf(handshake)) {
      const version = record('result' in message ? message.result : null)['protocolVersion'];
      if (typeof version === 'string') far.setProtocolVersion(version);
      // The host has had its answer to this.
      if (onRepeated !== null) return onRepeated();
    }
    if (id !== undefined) waiting.delete(id);
    void near.send(message);
  }

  async function toServer(message: Message): Promise<void> {
    const id = 'method' in message ? idOf(message) : null;
    if ('method' in message && message.method === 'initialize') handshake = message;
    if ('method' in message && message.method === 'notifications/cancelled') cancel(message);
    const abort = new AbortController();
    if (id !== null) waiting.set(id, abort);
    const fail = (why: string): void => {
      if (id === null || !waiting.delete(id)) return;
      void near.send({ jsonrpc: '2.0', id, error: { code: -32_000, message: why } });
    };
    const options = {
      requestSignal: abort.signal,
      onRequestStreamEnd: () =>
        fail('The server ended before it had answered. What was asked for may have happened.'),
    };
    try {
      await far.send(message, options);
    } catch (error) {
      // A server that has started anew does not know the session, and has done nothing.
      const isForgotten =
        error instanceof SdkHttpError && error.status === 404 && handshake !== null && message !== handshake;
      if (!isForgotten) return fail(explain(error, deps.url));
      await (repeating ??= repeatHandshake().finally(() => (repeating = null)));
      await far.send(message, options).catch((second: unknown) => fail(explain(second, deps.url)));
    }
  }

  let repeating: Promise<void> | null = null;
  async function repeatHandshake(): Promise<void> {
    if (handshake === null) return;
    await far.close();
    far = await dial();
    const answered = new Promise<void>((resolve) => (onRepeated = resolve));
    try {
      await far.send(handshake);
      await answered;
      await far.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    } catch {
      // The message that wanted the session will say what is wrong.
    } finally {
      onRepeated = null;
    }
  }

  function cancel(message: Message): void {
    const id = record('params' in message ? message.params : null)['requestId'] as Id;
    waiting.get(id)?.abort();
    waiting.delete(id);
  }

  let isOver = false;
  const closed = new Promise<void>((resolve) => {
    near.onclose = () => {
      isOver = true;
      for (const abort of waiting.values()) abort.abort();
      void far
        .terminateSession()
        .catch(() => undefined)
        .then(() => far.close())
        .then(resolve);
    };
  });
  near.onmessage = (message) => void toServer(message);
  await near.start();
  return {
    closed,
    async stop() {
      if (!isOver) await near.close();
      await closed;
    },
  };
}

const idOf = (message: Message): Id | null =>
  'id' in message && message.id !== undefined ? message.id : null;

function explain(error: unknown, url: string): string {
  const status = error instanceof SdkHttpError ? error.status : undefined;
  if (status === 401) return 'bezant asks for an API key: set BEZANT_API_KEY for bezant-mcp.';
  if (status === 403)
    return 'bezant refuses this: the API key lacks a scope, or the address is not one of its own.';
  if (status === 404) return `There is no MCP at ${url}: is BEZANT_URL the address of bezant?`;
  if (status !== undefined) return `bezant answers with status ${status}.`;
  return `bezant cannot be reached at ${url}: is it running, and is BEZANT_URL right?`;
}
