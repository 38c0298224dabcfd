// The only door to the Gateway. Every call has a deadline, because the Gateway never answers when IBKR is unreachable;
// bodies are small, buffered and sent with a Content-Length, because the Gateway drops chunked ones and IBKR answers 411.

import { readFileSync } from 'node:fs';
import { buildConnector, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import type { GatewayCookies } from './cookies.ts';
import { Problem } from './errors.ts';
import type { GatewayUrl } from './gateway-url.ts';
import { transportProblem } from './transport-problem.ts';

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
  /** Lets the calls under way finish until the deadline: an order's outcome is worth waiting for. */
  stop(deadlineMs?: number): Promise<void>;
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
    connect: connector(deps.trust, tls),
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
    async stop(deadlineMs = 0) {
      if (pool.closed || pool.destroyed) return;
      const deadline = setTimeout(() => void pool.destroy(), deadlineMs);
      await pool.close();
      clearTimeout(deadline);
    },
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
    const { signal } = call;
    let controller: Dispatcher.DispatchController | null = null;
    let hasEnded = false;
    let status = 0;
    let headers: GatewayAnswer['headers'] = {};
    const chunks: Buffer[] = [];
    let bytes = 0;

    const end = (): boolean => {
      if (hasEnded) return false;
      hasEnded = true;
      clearTimeout(deadline);
      signal?.removeEventListener('abort', onAbort);
      return true;
    };
    const fail = (error: Error): void => {
      if (!end()) return;
      reject(error);
      controller?.abort(error);
    };
    const onAbort = (): void => fail(signal?.reason as Error);
    const deadline = setTimeout(() => {
      const what = status === 0 ? 'did not answer' : 'did not finish its answer';
      fail(new Problem('upstream_timeout', `The Gateway ${what} within ${call.timeoutMs / 1000} s.`));
    }, call.timeoutMs);
    if (signal?.aborted === true) return onAbort();
    signal?.addEventListener('abort', onAbort);

    pool.dispatch(
      { method: call.method, path: call.path, headers: call.headers, body: call.body },
      {
        onRequestStart(started) {
          controller = started;
          if (hasEnded) started.abort(new Error('nobody waits for the answer'));
        },
        onResponseStart(_controller, statusCode, responseHeaders) {
          status = statusCode;
          headers = responseHeaders;
        },
        onResponseData(_controller, chunk) {
          bytes += chunk.length;
          chunks.push(chunk);
          if (bytes <= maxAnswerBytes) return;
          const message = `The Gateway’s answer exceeds ${maxAnswerBytes / 1024 / 1024} MiB.`;
          fail(new Problem('upstream_too_large', message));
        },
        onResponseEnd() {
          if (!end()) return;
          const [only] = chunks;
          const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, bytes);
          resolve({ status, headers, body });
        },
        onResponseError(_controller, error) {
          fail(transportProblem(error, status !== 0));
        },
      },
    );
  });
}

/** The Gateway's own certificate is self-signed and expired in 2019: by default any is taken, from its host alone. */
function tlsOptions(trust: GatewayTrust) {
  if (trust.caFile !== null) {
    return { ca: readFileSync(trust.caFile), rejectUnauthorized: true, checkServerIdentity: () => undefined };
  }
  return { rejectUnauthorized: trust.verify && trust.fingerprint === null };
}

function connector(
  { fingerprint }: GatewayTrust,
  tls: ReturnType<typeof tlsOptions>,
): buildConnector.connector {
  const options = { ...tls, timeout: connectTimeoutMs, allowH2: false };
  if (fingerprint === null) return buildConnector(options);
  // A resumed TLS session shows no certificate that could be compared.
  const connect = buildConnector({ ...options, maxCachedSessions: 0 });
  return (target, callback) => {
    connect(target, (...result) => {
      const [error, socket] = result;
      if (error !== null) return callback(error, null);
      // Without TLS there is none either.
      const certificate = 'getPeerCertificate' in socket ? socket.getPeerCertificate() : null;
      if (certificate?.fingerprint256 === fingerprint) return callback(null, socket);
      socket.destroy();
      const message = 'The Gateway shows another certificate than BEZANT_GATEWAY_FINGERPRINT names.';
      callback(new Problem('upstream_unreachable', message), null);
    });
  };
}
