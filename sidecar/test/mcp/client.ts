// An MCP client as hosts are built: the SDK's own, of either era, with or without a user to ask.

import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';

export type Era = '2025' | '2026';
export const eras: readonly Era[] = ['2025', '2026'];

/** The names that the predecessor's tools had. */
export const formerTools = [
  'health',
  'list_accounts',
  'account_summary',
  'positions',
  'conid_for',
  'tickle',
] as const;

/** What the user says to a question; null when the client cannot ask. */
export type User = ((message: string) => 'yes' | 'no' | 'cancel') | null;

export interface Answered {
  readonly isError: boolean;
  readonly text: string;
  /** The structured answer; for a tool without one, its text as JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Connected {
  readonly client: Client;
  /** Questions that came to the user. */
  readonly asked: readonly string[];
  call(tool: string, args?: Readonly<Record<string, unknown>>): Promise<Answered>;
  /** Of a call that must go well. */
  ok(tool: string, args?: Readonly<Record<string, unknown>>): Promise<Answered['json']>;
  /** The text of a call that must not. */
  refused(tool: string, args?: Readonly<Record<string, unknown>>): Promise<string>;
  stop(): Promise<void>;
}

export async function connect(transport: Transport, era: Era, user: User = null): Promise<Connected> {
  const asked: string[] = [];
  const client = new Client(
    { name: 'a test', version: '1.0.0' },
    {
      versionNegotiation: { mode: era === '2025' ? 'legacy' : { pin: '2026-07-28' } },
      capabilities: user === null ? {} : { elicitation: { form: {} } },
    },
  );
  if (user !== null) {
    client.setRequestHandler('elicitation/create', ({ params }) => {
      asked.push(params.message);
      const said = user(params.message);
      if (said === 'cancel') return { action: 'cancel' };
      return { action: 'accept', content: { agree: said === 'yes' } };
    });
  }
  await client.connect(transport);
  // From here on the client holds every answer against the tool's schema.
  await client.listTools();

  const call: Connected['call'] = async (name, args = {}) => {
    const result = await client.callTool({ name, arguments: args });
    const [first] = result.content;
    const text = first?.type === 'text' ? first.text : '';
    const json = (result.structuredContent ??
      (result.isError === true ? {} : JSON.parse(text))) as Answered['json'];
    return { isError: result.isError === true, text, json };
  };
  return {
    client,
    asked,
    call,
    async ok(tool, args) {
      const { isError, text, json } = await call(tool, args);
      if (isError) throw new Error(`${tool}: ${text}`);
      return json;
    },
    async refused(tool, args) {
      const { isError, text } = await call(tool, args);
      if (!isError) throw new Error(`${tool} went well: ${text}`);
      return text;
    },
    stop: () => client.close(),
  };
}

export function overHttp(url: string, key?: string): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(
    new URL('/mcp', url),
    key === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${key}` } } },
  );
}
