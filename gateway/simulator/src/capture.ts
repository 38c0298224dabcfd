// The last requests as they arrived: what a black-box test of a client looks at.
import type { Clock } from './clock.ts';
import type { Request } from './message.ts';

export interface Captured {
  id: number;
  /** Simulated time. */
  atMs: number;
  method: string;
  url: string;
  path: string;
  query: Record<string, string[]>;
  /** Every header as sent, in order, duplicates kept. */
  rawHeaders: [string, string][];
  headers: Record<string, string>;
  body: string;
  bodyBytes: number;
  /** Set when the answer is known; null while it hangs. */
  status: number | null;
}

export interface Capture {
  add(request: Request): (status: number) => void;
  list(filter?: { path?: string; method?: string }): Captured[];
  clear(): void;
}

const keptRequests = 2000;
const keptBodyBytes = 65_536;

export function createCapture(deps: { clock: Clock }): Capture {
  let count = 0;
  let ring: Captured[] = [];
  return {
    add: (request) => {
      const captured: Captured = { ...describe(request), id: ++count, atMs: deps.clock.now(), status: null };
      ring.push(captured);
      if (ring.length > keptRequests) ring.shift();
      return (status) => {
        captured.status = status;
      };
    },
    list: ({ path, method } = {}) =>
      ring.filter(
        (one) => (path === undefined || one.path === path) && (method === undefined || one.method === method),
      ),
    clear: () => {
      ring = [];
    },
  };
}

function describe(request: Request): Omit<Captured, 'id' | 'atMs' | 'status'> {
  const rawHeaders: [string, string][] = [];
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2)
    rawHeaders.push([request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? '']);
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(request.query)) (query[name] ??= []).push(value);
  return {
    method: request.method,
    url: request.url,
    path: request.path,
    query,
    rawHeaders,
    headers: Object.fromEntries(rawHeaders.map(([name, value]) => [name.toLowerCase(), value])),
    body: request.body.subarray(0, keptBodyBytes).toString('utf8'),
    bodyBytes: request.body.length,
  };
}
