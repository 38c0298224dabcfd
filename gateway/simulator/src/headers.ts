// What answers of api.ibkr.com carry, as seen through the Gateway. The cookie is new on every answer: it names an
// edge server, nobody's login.
import type { Random } from './random.ts';
import type { Reply } from './message.ts';

export interface UpstreamHeaders {
  decorate(reply: Reply, tookMs: number): Reply;
  /** Session cookies handed out since the last `forget`, newest last. */
  issued(value: string): boolean;
  issue(): string;
  forget(): void;
}

const remembered = 1000;

export function createUpstreamHeaders(deps: { random: Random }): UpstreamHeaders {
  const { random } = deps;
  const known = new Set<string>();
  const issue = (): string => {
    const value = `0.${random.hex(8)}.${random.integer(1_700_000_000, 1_799_999_999)}.${random.hex(8)}`;
    known.add(value);
    const [oldest] = known;
    if (known.size > remembered && oldest !== undefined) known.delete(oldest);
    return value;
  };
  return {
    issue,
    issued: (value) => known.has(value),
    forget: () => known.clear(),
    decorate: (reply, tookMs) => ({
      ...reply,
      headers: [
        ...reply.headers,
        ['x-response-time', `${Math.round(tookMs)}ms`],
        ['referrer-policy', 'strict-origin-when-cross-origin'],
        ['x-content-type-options', 'nosniff'],
        ['expires', '0'],
        ['cache-control', 'no-cache, no-store, must-revalidate'],
        ['pragma', 'no-cache'],
        ['server-timing', 'cdn-cache; desc=MISS, edge; dur=1, origin; dur=2'],
        ['strict-transport-security', 'max-age=600 ; includeSubDomains'],
        ['vary', 'Accept-Encoding,Origin'],
        ['set-cookie', `x-sess-uuid=${issue()}; secure; HttpOnly`],
        ...(reply.status >= 500 ? ([['x-cnection', 'close']] satisfies [string, string][]) : []),
      ],
    }),
  };
}
