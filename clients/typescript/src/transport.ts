// The way of every call: one time limit and one signal over all attempts, reads repeated when that can help, answers read
// into values or errors. Nothing but fetch is used.

import type { ApiRequest, Caller, CallOptions } from './call.ts';
import { contentOf } from './content.ts';
import { BezantError, invalidArgument } from './errors.ts';
import { brokenOff, connectionError } from './connection-error.ts';
import { limited } from './limited.ts';
import { pairsOf, targetOf } from './path.ts';
import { errorOf } from './refusal.ts';
import { waitBeforeRetry } from './retry.ts';
import { systemTime, type Time } from './time.ts';

export interface TransportOptions {
  /** The server: `http://127.0.0.1:8080`, with or without `/v1/api`. */
  readonly baseUrl?: string | undefined;
  /** Sent as a bearer token. */
  readonly apiKey?: string | undefined;
  /** Instead of the global one, for a proxy, a certificate of your own, or another runtime. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** For each call, repeats included. */
  readonly timeoutMs?: number | undefined;
  /** How often a read is repeated. */
  readonly retries?: number | undefined;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly time?: Time | undefined;
}

export interface Transport extends Caller {
  /** Without `/v1/api` and without a slash at its end. */
  readonly root: string;
  readonly apiKey: string | undefined;
  readonly time: Time;
  /** The answer as it comes, a success, for what is read piece by piece. Neither a time limit nor repeats. */
  readonly open: (request: ApiRequest, options?: CallOptions) => Promise<Response>;
}

/** As long as bezant itself waits for IBKR. */
const standardTimeoutMs = 30_000;
const standardRetries = 2;

export function createTransport(options: TransportOptions = {}): Transport {
  const { apiKey, time = systemTime, fetch = globalThis.fetch } = options;
  const root = rootOf(options.baseUrl ?? 'http://127.0.0.1:8080');
  const { origin } = new URL(root);
  const readWhole = <Value>(reading: Promise<Value>, signal: AbortSignal | undefined, request: ApiRequest) =>
    reading.catch((cause: unknown): never => {
      signal?.throwIfAborted();
      throw cause instanceof BezantError ? cause : brokenOff(cause, request, origin);
    });
  const attempt = async (request: ApiRequest, call: CallOptions, signal?: AbortSignal): Promise<Response> => {
    const operation = `${request.method} ${request.path}`;
    const url = root + targetOf(request);
    const init = requestInit(request, { ...options.headers, ...call.headers }, apiKey);
    const response = await fetch(url, { ...init, redirect: 'manual', ...(signal && { signal }) }).catch(
      (cause: unknown) => {
        signal?.throwIfAborted();
        throw connectionError(cause, { operation, origin, isRead: request.read === true });
      },
    );
    if (response.ok) return response;
    // A browser hides where a redirect leads, and gives it the status 0
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      throw new BezantError('login-required', 'IBKR asks for a login.', {
        status: response.status,
        operation,
      });
    }
    const { status, headers } = response;
    const isRead = request.read === true;
    const text = await readWhole(response.text(), signal, request);
    throw errorOf({ operation, isRead, status, headers, text, now: time.now() });
  };

  const call = async <Value>(request: ApiRequest, given: CallOptions = {}): Promise<Value> => {
    const timeoutMs = given.timeoutMs ?? options.timeoutMs ?? standardTimeoutMs;
    const retries = request.read === true ? (given.retries ?? options.retries ?? standardRetries) : 0;
    const limit = limited(given.signal, timeoutMs, time);
    try {
      for (let tries = 0; ; tries += 1) {
        try {
          const response = await attempt(request, given, limit.signal);
          return (await readWhole(contentOf(response, request), limit.signal, request)) as Value;
        } catch (error) {
          if (limit.signal.aborted || tries >= retries) throw error;
          const waitMs = waitBeforeRetry(error, tries, time.random());
          if (waitMs === null || waitMs >= limit.leftMs()) throw error;
          await time.sleep(waitMs, limit.signal);
        }
      }
    } catch (error) {
      if (limit.hasExpired()) throw timeoutError(request, timeoutMs);
      throw error;
    } finally {
      limit.clear();
    }
  };
  return { root, apiKey, time, call, open: (request, given = {}) => attempt(request, given, given.signal) };
}

function timeoutError({ method, path, read }: ApiRequest, timeoutMs: number): BezantError {
  const operation = `${method} ${path}`;
  return new BezantError('timeout', `${operation} was not answered within ${timeoutMs} ms.`, {
    operation,
    isRetryable: read === true,
  });
}

function rootOf(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw invalidArgument('baseUrl must be an address such as http://127.0.0.1:8080');
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidArgument('baseUrl must not hold a name or a password: give the key as apiKey');
  }
  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/v1\/(api|portal)$/, '');
}

function requestInit(
  { method, body, type }: ApiRequest,
  headers: Readonly<Record<string, string>>,
  apiKey: string | undefined,
): RequestInit {
  const sent = new Headers({ accept: 'application/json, */*;q=0.5', ...headers });
  if (apiKey !== undefined) sent.set('authorization', `Bearer ${apiKey}`);
  if (body === undefined) return { method, headers: sent };
  sent.set('content-type', type ?? 'application/json');
  return { method, headers: sent, body: encoded(body, type) };
}

function encoded(body: unknown, type: string | undefined): string {
  if (type === 'application/x-www-form-urlencoded' && typeof body === 'object' && body !== null) {
    return new URLSearchParams(pairsOf(body)).toString();
  }
  return type !== undefined && typeof body === 'string' ? body : JSON.stringify(body);
}
