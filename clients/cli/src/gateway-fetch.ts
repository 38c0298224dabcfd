// fetch for a Gateway on this machine: its certificate is its own and trusted for its address alone (nothing is switched off
// process-wide), and it wants some calls made before others, which bezant would do by itself.

import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';

/** IBKR Web API documentation: /iserver/accounts before orders and quotes, /portfolio/accounts before the rest of it. */
const firstCalls: readonly (readonly [RegExp, string])[] = [
  [/\/v1\/api\/iserver\/(account|marketdata)\b/, '/v1/api/iserver/accounts'],
  [/\/v1\/api\/portfolio\/(?!accounts\b|subaccounts)/, '/v1/api/portfolio/accounts'],
];

export function createGatewayFetch(gatewayUrl: string, { verifyTls }: { verifyTls: boolean }): typeof fetch {
  const { protocol, origin } = new URL(gatewayUrl);
  const agent = protocol === 'https:' ? new Agent({ rejectUnauthorized: verifyTls, keepAlive: true }) : null;
  const cookies = new Map<string, string>();
  const made = new Set<string>();

  const send = async (given: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(given instanceof Request ? given.url : given);
    const first = firstCalls.find(([pattern]) => pattern.test(url.pathname))?.[1];
    if (first !== undefined && first !== url.pathname && !made.has(first)) {
      made.add(first);
      const answer = await exchange(new URL(first, origin), { signal: init.signal ?? null });
      await answer.body?.cancel();
    }
    return exchange(url, init);
  };

  const exchange = (url: URL, { method = 'GET', headers, body, signal }: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      const sent = new Headers(headers);
      // The Gateway turns away callers without a name (403), and bodies without a length (411)
      if (!sent.has('user-agent')) sent.set('user-agent', 'bezant');
      const text = typeof body === 'string' ? body : '';
      if (method !== 'GET' && method !== 'HEAD') sent.set('content-length', String(Buffer.byteLength(text)));
      if (cookies.size > 0) sent.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '));
      const options = { method, headers: Object.fromEntries(sent), ...(signal && { signal }) };
      const call = agent === null ? httpRequest(url, options) : httpsRequest(url, { ...options, agent });
      call.once('error', (cause) => reject(new TypeError('fetch failed', { cause })));
      call.once('response', (message) => {
        for (const line of message.headers['set-cookie'] ?? []) keep(line);
        const { statusCode: status = 502 } = message;
        const isEmpty = status === 204 || status === 304;
        if (isEmpty) message.resume();
        const content = isEmpty ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>);
        resolve(new Response(content, { status, headers: headersOf(message.rawHeaders) }));
      });
      call.end(text);
    });

  const keep = (line: string): void => {
    const [name = '', ...value] = (line.split(';')[0] ?? '').split('=');
    cookies.set(name.trim(), value.join('='));
  };
  return send;
}

function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at] ?? '', raw[at + 1] ?? '');
  return headers;
}
