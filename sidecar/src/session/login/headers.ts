// The headers of the login pages. To IBKR go those that a browser sends a page, the cookies of the jar in the place of the
// browser's; Origin and Referer stay the browser's, because IBKR's login compares them with the address it sees. To the
// browser goes everything but what belongs to the connection or to another origin.

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { GatewayUrl } from '../../gateway-url.ts';
import { ownLocation, ownRefresh } from '../../own-location.ts';

const toIbkr: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'cache-control',
  'content-length',
  'content-type',
  'dnt',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'origin',
  'pragma',
  'priority',
  'range',
  'referer',
  'upgrade-insecure-requests',
  'user-agent',
  'x-requested-with',
]);

/** Client hints and fetch metadata. */
const toIbkrPrefix = /^sec-(ch|fetch)-/;

export function pageRequestHeaders(
  { method, headers }: { method: string; headers: IncomingHttpHeaders },
  cookie: string | null,
): IncomingHttpHeaders {
  const nominated = namesIn(headers.connection);
  const kept: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if ((toIbkr.has(name) || toIbkrPrefix.test(name)) && !nominated.has(name)) kept[name] = value;
  }
  if (cookie !== null) kept.cookie = cookie;
  // IBKR answers 411 to a POST that does not say how long it is.
  if (method === 'POST') kept['content-length'] ??= '0';
  return kept;
}

const dropped: ReadonlySet<string> = new Set([
  'alt-svc',
  'connection',
  'content-length',
  // Names IBKR's own hosts as sources, while everything comes from here; the Gateway removes it too.
  'content-security-policy',
  'keep-alive',
  'nel',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'report-to',
  'server-timing',
  // Would bind this host, and all names below it, to HTTPS.
  'strict-transport-security',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-cnection',
  'x-request-id',
]);

export interface PageAnswer {
  path: string;
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface PageVisit {
  gateway: GatewayUrl;
  /** Whether the browser takes itself to be on HTTPS. */
  isSecure: boolean;
}

export function pageAnswerHeaders(answer: PageAnswer, { gateway, isSecure }: PageVisit): OutgoingHttpHeaders {
  const { headers, status, body } = answer;
  const nominated = namesIn(headers.connection);
  const kept: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || dropped.has(name) || nominated.has(name)) continue;
    if (!name.startsWith('access-control-')) kept[name] = value;
  }
  const { location, refresh, 'set-cookie': setCookies } = headers;
  if (location !== undefined) kept['location'] = ownLocation(location, gateway);
  if (typeof refresh === 'string') kept['refresh'] = ownRefresh(refresh, gateway);
  if (setCookies !== undefined) kept['set-cookie'] = setCookies.map((text) => suitedCookie(text, isSecure));
  const type = typeOf(answer);
  if (type !== undefined) kept['content-type'] = type;
  kept['x-content-type-options'] = 'nosniff';
  if (status !== 204 && status !== 304) kept['content-length'] = body.length;
  return kept;
}

/** A cookie for this host instead of IBKR's; over plain HTTP without what makes a browser throw it away. */
export function suitedCookie(text: string, isSecure: boolean): string {
  const [pair = '', ...attributes] = text.split(';');
  const kept = attributes.filter((attribute) => {
    const [name = '', value = ''] = attribute.split('=').map((part) => part.trim().toLowerCase());
    if (name === 'domain') return false;
    return (
      isSecure || !(name === 'secure' || name === 'partitioned' || (name === 'samesite' && value === 'none'))
    );
  });
  return [pair, ...kept].join(';');
}

/**
 * The Gateway turns IBKR's redirect at the end of a login into a text and leaves the type of the redirect, which is none.
 * Only there, and only for text: a download must not become a page on this origin.
 */
function typeOf({ path, headers, body }: PageAnswer): string | undefined {
  const given = headers['content-type'];
  const isUntyped = given === undefined || given.trim().toLowerCase() === 'application/octet-stream';
  if (!isUntyped || body.length === 0 || !path.startsWith('/sso/') || !isText(body)) return given;
  const isJson = /^\s*[{[]/.test(body.toString('latin1', 0, 64));
  return isJson ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8';
}

function isText(body: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    // Control characters other than tab, line feed, form feed and carriage return.
    return !/[^\P{Cc}\t\n\f\r]/u.test(text);
  } catch {
    return false;
  }
}

function namesIn(header: string | undefined): ReadonlySet<string> {
  return new Set((header ?? '').split(',').map((name) => name.trim().toLowerCase()));
}
