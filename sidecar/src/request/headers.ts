// Which headers pass. To IBKR: an allow-list, so that no credential, proxy trace or cookie of a caller ever leaves.
// To the caller: everything but what belongs to the connection, to the Gateway's session or to its origin.

import type { IncomingHttpHeaders } from 'node:http';
import type { GatewayAnswer } from '../gateway.ts';
import type { GatewayUrl } from '../gateway-url.ts';
import { ownLocation } from '../own-location.ts';

const toIbkr = [
  'accept',
  'accept-language',
  'content-type',
  'user-agent',
  'range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
] as const;

/** RFC 9110 §7.6.1, and the older spellings still seen. */
const hopByHop: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Of the Gateway's session and origin, meaningless or harmful on ours. */
const ofTheGateway: readonly string[] = [
  'set-cookie',
  'strict-transport-security',
  'server-timing',
  'alt-svc',
  'nel',
  'report-to',
  'x-cnection',
  'x-request-id',
  'content-length',
  'content-security-policy',
  'refresh',
];

const dropped: ReadonlySet<string> = new Set([...hopByHop, ...ofTheGateway]);

export function requestHeaders(headers: IncomingHttpHeaders, gatewayOrigin: string): Record<string, string> {
  const kept: Record<string, string> = {};
  const nominated = namesIn(headers.connection);
  for (const name of toIbkr) {
    const value = headers[name];
    if (typeof value === 'string' && !nominated.has(name)) kept[name] = value;
  }
  const referer = typeof headers.referer === 'string' ? URL.parse(headers.referer) : null;
  kept['origin'] = gatewayOrigin;
  kept['referer'] =
    referer === null ? `${gatewayOrigin}/` : gatewayOrigin + referer.pathname + referer.search;
  return kept;
}

export function answerHeaders(answer: GatewayAnswer, gateway: GatewayUrl): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  const nominated = namesIn(answer.headers['connection']);
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value === undefined || dropped.has(name) || nominated.has(name) || name.startsWith('access-control-'))
      continue;
    kept[name] = value;
  }
  const { location } = kept;
  if (typeof location === 'string') kept['location'] = ownLocation(location, gateway);
  if (kept['content-type'] === undefined && answer.body.length > 0)
    kept['content-type'] = guessType(answer.body);
  kept['x-content-type-options'] = 'nosniff';
  return kept;
}

function namesIn(header: string | string[] | undefined): ReadonlySet<string> {
  if (header === undefined) return new Set();
  return new Set(
    String(header)
      .split(',')
      .map((name) => name.trim().toLowerCase()),
  );
}

/** IBKR leaves the type away on some JSON answers, such as that of /logout. */
function guessType(body: Buffer): string {
  const first = body.toString('latin1', 0, 64).trimStart()[0];
  return first === '{' || first === '[' ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8';
}

export function isHtml(answer: GatewayAnswer): boolean {
  const type = String(answer.headers['content-type'] ?? '');
  if (/html/i.test(type)) return true;
  return type === '' && /^\s*<(!doctype|html)/i.test(answer.body.toString('latin1', 0, 128));
}
