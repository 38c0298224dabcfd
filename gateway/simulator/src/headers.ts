// What answers of api.ibkr.com carry, as seen through the Gateway. The cookie is new on every answer: it names an
// edge server, nobody's login.
import type { Cookies } from './cookies.ts';
import type { Reply } from './message.ts';

export function withUpstreamHeaders(reply: Reply, cookies: Cookies, tookMs: number): Reply {
  return {
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
      ['set-cookie', `x-sess-uuid=${cookies.issue()}; secure; HttpOnly`],
      ...(reply.status >= 500 ? ([['x-cnection', 'close']] satisfies [string, string][]) : []),
    ],
  };
}
