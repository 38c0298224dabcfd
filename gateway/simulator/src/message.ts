// One HTTP exchange inside the simulator, free of sockets, so that the Gateway's part and IBKR's part are plain
// functions from a request to a reply.
import type { IncomingHttpHeaders } from 'node:http';

export interface Request {
  method: string;
  /** As it stood in the request line. */
  url: string;
  path: string;
  /** With its question mark, or empty. */
  query: string;
  headers: IncomingHttpHeaders;
  /** Name, value, name, value …, as sent. */
  rawHeaders: string[];
  body: Buffer;
}

export interface Reply {
  status: number;
  headers: [string, string][];
  body: string | Buffer;
  /** Answered by the Gateway itself, which sends no Date; all that it forwards is chunked. */
  local?: 'chunked' | 'sized';
  hang?: boolean;
  reset?: boolean;
  truncateBytes?: number;
  dripMs?: number;
}

export type Responder = (request: Request) => Promise<Reply>;

export const hanging: Reply = { status: 200, headers: [], body: '', hang: true };

export const jsonType = 'application/json; charset=utf-8';

export function jsonReply(status: number, value: unknown): Reply {
  return { status, headers: [['content-type', jsonType]], body: JSON.stringify(value) };
}

export function textReply(status: number, body: string, contentType?: string): Reply {
  return { status, headers: contentType === undefined ? [] : [['content-type', contentType]], body };
}

export function redirect(location: string): Reply {
  return { status: 302, headers: [['location', location]], body: '' };
}

/** The page for a path that IBKR's API does not have, as recorded through the Gateway. */
export const notFound = textReply(
  404,
  '<html><body><h1>Resource not found</h1></body></html>',
  'text/html; charset=utf-8',
);

/** JSON and form bodies as values; undefined when there is nothing to read. JSON is taken whatever its label is. */
export function parseBody(request: Request): unknown {
  const text = request.body.toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    return isForm ? Object.fromEntries(new URLSearchParams(text)) : undefined;
  }
}

/** The members of a parsed body, when it is an object. */
export function members(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}
