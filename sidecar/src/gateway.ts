// The only door to the Gateway. Every call has a deadline, because the Gateway never answers when IBKR is unreachable;
// bodies are small, buffered and sent with a Content-Length, because the Gateway drops chunked ones and IBKR answers 411.

import { readFileSync } from 'node:fs';
import type { TLSSocket } from 'node:tls';
import { buildConnector, Pool, errors as undiciErrors } from 'undici';
import type { Dispatcher } from 'undici';
import type { GatewayCookies } from './cookies.ts';
import { Problem } from './errors.ts';
import type { GatewayUrl } from './gateway-url.ts';

export interface GatewayCall {
  method: string;
  /** Path and query below the Gateway's root, such as `/v1/api/tickle`. */
  target: string;
  headers?: Readonly<Record<string, string | readonly string[]>>;
  body?: Buffer | null;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** A read may be asked again without cookies when a cookie of a dead session is in the way. */
  mayRetryWithoutCookies?: boolean;
}

export interface GatewayAnswer {
  status: number;
  /** Names in lower case; duplicates as arrays. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

export interface GatewayTrust {
  verify: boolean;
  caFile: string | null;
  /** SHA-256 of the certificate, upper-case hex pairs joined by colons, as openssl prints it. */
  fingerprint: string | null;
}

export interface Gateway {
  url: GatewayUrl;
  cookies: GatewayCookies;
  /** Connection options for whoever must open an own connection: the login pages and the WebSocket. */
  tls: ReturnType<typeof tlsOptions>;
  call(call: GatewayCall): Promise<GatewayAnswer>;
  stop(): Promise<void>;
}

/** The Gateway keeps 5 connections to IBKR and queues the rest inside (observed on the build of 2023-04-24). */
const connections = 5;
const connectTimeoutMs = 5000;
export const maxAnswerBytes = 25 * 1024 * 1024;

export function createGateway(deps: {
  url: GatewayUrl;
  cookies: GatewayCookies;
  trust: GatewayTrust;
  userAgent: string;
  timeoutMs: number;
  onStaleCookies: () => void;
}): Gateway {
  const { url, cookies } = deps;
  const tls = tlsOptions(deps.trust);
  const pool = new Pool(url.origin, {
    connections,
    pipelining: 1,
    connect: pinned(deps.trust, buildConnector({ ...tls, timeout: connectTimeoutMs, allowH2: false })),
    keepAliveTimeout: 30_000,
    // The deadline of a call is its own: see `send`.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  /** The jar's revision for which an empty jar did not help either: not tried again until the jar changes. */
  let revisionNotToBlame = -1;

  const send = (call: GatewayCall, withCookies: boolean): Promise<GatewayAnswer> =>
    dispatch(pool, {
      method: call.method,
      path: url.prefix + call.target,
      headers: callHeaders(call, withCookies ? cookies.header() : null, url.origin, deps.userAgent),
      body: call.body ?? null,
      timeoutMs: call.timeoutMs ?? deps.timeoutMs,
      signal: call.signal ?? null,
    });

  return {
    url,
    cookies,
    tls,
    async call(call) {
      const revision = cookies.revision;
      let answer = await send(call, true);
      if (
        call.mayRetryWithoutCookies === true &&
        isLoggedOut(answer) &&
        revisionNotToBlame !== revision &&
        cookies.header() !== null
      ) {
        const second = await send(call, false);
        if (isLoggedOut(second)) {
          revisionNotToBlame = revision;
        } else {
          if (cookies.revision === revision) cookies.clear();
          deps.onStaleCookies();
          answer = second;
        }
      }
      cookies.fromIbkr(headerValues(answer, 'set-cookie'));
      return answer;
    },
    stop: () => pool.destroy(),
  };
}

/** 401, or a redirect to the login page. */
export function isLoggedOut(answer: Pick<GatewayAnswer, 'status' | 'headers'>): boolean {
  return answer.status === 401 || isLoginRedirect(answer);
}

export function isLoginRedirect({ status, headers }: Pick<GatewayAnswer, 'status' | 'headers'>): boolean {
  if (status < 300 || status > 399) return false;
  return /\/sso\/(login|dispatcher)/i.test(headerValues({ headers }, 'location').join());
}

export function headerValues({ headers }: Pick<GatewayAnswer, 'headers'>, name: string): readonly string[] {
  const value = headers[name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function callHeaders(
  call: GatewayCall,
  cookie: string | null,
  origin: string,
  userAgent: string,
): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { 'user-agent': userAgent };
  for (const [name, value] of Object.entries(call.headers ?? {})) {
    headers[name] = typeof value === 'string' ? value : [...value];
  }
  // IBKR's edge compares both with the Gateway's own origin and answers 401 when they differ.
  headers['origin'] ??= origin;
  headers['referer'] ??= `${origin}/`;
  if (cookie !== null) headers['cookie'] = cookie;
  // undici writes the length of a body; a method that may carry one must say 0, or IBKR answers 411.
  if ((call.body ?? null) === null && call.method !== 'GET' && call.method !== 'HEAD')
    headers['content-length'] = '0';
  return headers;
}

interface Dispatch {
  method: string;
  path: string;
  headers: Record<string, string | string[]>;
  body: Buffer | null;
  timeoutMs: number;
  signal: AbortSignal | null;
}

function dispatch(pool: Pool, call: Dispatch): Promise<GatewayAnswer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | null = null;
    let ended = false;
    let status = 0;
    let headers: GatewayAnswer['headers'] = {};
    const chunks: Buffer[] = [];
    let bytes = 0;

    const end = (settle: () => void): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const fail = (problem: Error): void => {
      end(() => {
        reject(problem);
        controller?.abort(problem);
      });
    };
    const onAbort = (): void => fail(call.signal?.reason as Error);
    const timer = setTimeout(() => {
      const what = status === 0 ? 'did not answer' : 'did not finish its answer';
      fail(new Problem('upstream_timeout', `The Gateway ${what} within ${call.timeoutMs / 1000} s.`));
    }, call.timeoutMs);
    if (call.signal !== null) {
      if (call.signal.aborted) return onAbort();
      call.signal.addEventListener('abort', onAbort);
    }

    pool.dispatch(
      {
        method: call.method,
        path: call.path,
        headers: call.headers,
        body: call.body,
      },
      {
        onRequestStart(started) {
          controller = started;
          if (ended) started.abort(new Error('the caller is gone'));
        },
        onResponseStart(_controller, statusCode, responseHeaders) {
          status = statusCode;
          headers = responseHeaders;
        },
        onResponseData(_controller, chunk) {
          bytes += chunk.length;
          if (bytes > maxAnswerBytes) {
            fail(
              new Problem(
                'upstream_too_large',
                `The Gateway’s answer exceeds ${maxAnswerBytes / 1024 / 1024} MiB.`,
              ),
            );
          } else {
            chunks.push(chunk);
          }
        },
        onResponseEnd() {
          const [only] = chunks;
          const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, bytes);
          end(() => resolve({ status, headers, body }));
        },
        onResponseError(_controller, error) {
          fail(transportProblem(error, status));
        },
      },
    );
  });
}

const unreachableCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPROTO',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function transportProblem(error: Error, status: number): Problem {
  if (error instanceof Problem) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (status !== 0) {
    return new Problem('upstream_truncated', 'The Gateway broke off in the middle of its answer.', {
      cause: error,
    });
  }
  if (error instanceof undiciErrors.ConnectTimeoutError) {
    return new Problem('upstream_timeout', 'The Gateway could not be connected to in time.', {
      cause: error,
    });
  }
  if (
    unreachableCodes.has(code) ||
    code.startsWith('ERR_TLS') ||
    code.startsWith('ERR_SSL') ||
    /CERT|SIGNED/.test(code)
  ) {
    return new Problem('upstream_unreachable', `The Gateway cannot be reached (${code}).`, { cause: error });
  }
  return new Problem('upstream_http_error', 'The Gateway closed the connection without an answer.', {
    cause: error,
  });
}

/** The Gateway's own certificate is self-signed and expired in 2019: by default any is taken, from its host alone. */
function tlsOptions(trust: GatewayTrust) {
  if (trust.caFile !== null) {
    return { ca: readFileSync(trust.caFile), rejectUnauthorized: true, checkServerIdentity: () => undefined };
  }
  return { rejectUnauthorized: trust.verify && trust.fingerprint === null };
}

function pinned(trust: GatewayTrust, connect: buildConnector.connector): buildConnector.connector {
  const { fingerprint } = trust;
  if (fingerprint === null) return connect;
  return (options, callback) => {
    connect(options, (...result) => {
      const [error, socket] = result;
      if (error !== null) return callback(error, null);
      if ((socket as TLSSocket).getPeerCertificate().fingerprint256 === fingerprint)
        return callback(null, socket);
      socket.destroy();
      const message = 'The Gateway shows another certificate than BEZANT_GATEWAY_FINGERPRINT names.';
      callback(new Problem('upstream_unreachable', message), null);
    });
  };
}
