// IBKR's login pages, on their way through this server: the browser logs in here, the cookies stay in the jar. Small pages
// are taken whole, so that a Gateway that breaks off or hangs becomes a problem with a reason instead of half a page.

import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { Problem } from '../../errors.ts';
import { createGatewayAgent } from '../../gateway-agent.ts';
import { maxAnswerBytes, type Gateway } from '../../gateway.ts';
import type { Observe } from '../../observe.ts';
import { transportProblem } from '../../transport-problem.ts';
import { pageAnswerHeaders, pageRequestHeaders } from './headers.ts';
import { loginNotice, problemNotice, type Notice } from './notices.ts';
import { isLoginEnd, isLoginPath, isLoginStart } from './paths.ts';
import type { Session } from '../session.ts';

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);
const maxFormBytes = 10 * 1024 * 1024;

/** One request of a browser while the Gateway works on it. */
interface Visit {
  request: Request;
  response: Response;
  next: NextFunction;
  /** Whether a person looks at the answer. */
  wantsPage: boolean;
  isSecure: boolean;
  startedMs: number;
  /** Ends the waiting; false when it had ended already. */
  end(): boolean;
  upstream: ClientRequest | null;
  answer: IncomingMessage | null;
}

export interface LoginPages {
  handle: RequestHandler;
  stop(): void;
}

export function createLoginPages(deps: {
  gateway: Pick<Gateway, 'url' | 'cookies' | 'tls'>;
  fingerprint: string | null;
  /** From the request to the whole answer. */
  timeoutMs: number;
  publicUrl: string | null;
  session: Pick<Session, 'state' | 'loginCompleted'>;
  observe: Observe;
}): LoginPages {
  const { gateway, timeoutMs, session, observe } = deps;
  const { url, cookies } = gateway;
  const agent = createGatewayAgent({ origin: url.origin, tls: gateway.tls, fingerprint: deps.fingerprint });
  const visits = new WeakMap<IncomingMessage, Visit>();
  const publicUrl = deps.publicUrl === null ? null : URL.parse(deps.publicUrl);

  const proxy = createProxyMiddleware<Request, Response>({
    target: url.origin + url.prefix,
    agent,
    changeOrigin: true,
    selfHandleResponse: true,
    on: {
      proxyReq(upstream, request) {
        const visit = visits.get(request);
        if (visit !== undefined) visit.upstream = upstream;
      },
      proxyRes(answer, request) {
        const visit = visits.get(request);
        if (visit !== undefined) receive(visit, answer);
      },
      error(error, request) {
        const visit = visits.get(request);
        if (visit !== undefined) fail(visit, transportProblem(error, visit.answer !== null));
      },
    },
  });

  function receive(visit: Visit, answer: IncomingMessage): void {
    visit.answer = answer;
    const chunks: Buffer[] = [];
    let bytes = 0;
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= maxAnswerBytes) return;
      const message = `The Gateway’s page exceeds ${maxAnswerBytes / 1024 / 1024} MiB.`;
      fail(visit, new Problem('upstream_too_large', message));
    });
    // Told before `error`, on which the proxy would destroy the browser's connection.
    answer.once('aborted', () => fail(visit, transportProblem(new Error('the answer broke off'), true)));
    answer.once('end', () => finish(visit, answer, Buffer.concat(chunks, bytes)));
  }

  function finish(visit: Visit, answer: IncomingMessage, body: Buffer): void {
    if (!visit.end()) return;
    const { request, response } = visit;
    const { path } = request;
    const { statusCode: status = 502, headers } = answer;
    observe({ kind: 'upstream', operation, status, durationMs: performance.now() - visit.startedMs });
    cookies.fromIbkr(headers['set-cookie'] ?? []);
    const kept = pageAnswerHeaders(
      { path, status, headers, body },
      { gateway: url, isSecure: visit.isSecure },
    );
    if (isLoginEnd({ path, status, location: headers.location, body })) {
      cookies.loginCompleted();
      observe({ kind: 'cookies', what: 'new-login' });
      session.loginCompleted();
      if (visit.wantsPage) {
        const set = kept['set-cookie'];
        return show(
          response,
          200,
          loginNotice(session.state()),
          set === undefined ? {} : { 'set-cookie': set },
        );
      }
    }
    response.writeHead(status, kept);
    response.end(body);
  }

  function fail(visit: Visit, problem: Problem): void {
    if (!visit.end()) return;
    const durationMs = performance.now() - visit.startedMs;
    observe({ kind: 'upstream-failed', operation, code: problem.code, durationMs, cause: problem.cause });
    // Without its listeners the proxy does not end the browser's connection with the Gateway's.
    visit.answer?.removeAllListeners().on('error', () => undefined);
    visit.upstream?.destroy();
    // The rest of a form has to be read before the browser can send anything else on its connection.
    visit.request.unpipe().resume();
    if (!visit.wantsPage) return visit.next(problem);
    visit.response.locals['problem'] = problem;
    show(visit.response, problem.status, problemNotice(problem));
  }

  function isSecure(request: Request): boolean {
    if ((request.socket as Partial<TLSSocket>).encrypted === true) return true;
    return publicUrl?.protocol === 'https:' && request.headers.host === publicUrl.host;
  }

  function begin(request: Request, response: Response, next: NextFunction): Visit {
    let isOver = false;
    const visit: Visit = {
      request,
      response,
      next,
      wantsPage: /\btext\/html\b/i.test(request.headers.accept ?? ''),
      isSecure: isSecure(request),
      startedMs: performance.now(),
      end() {
        if (isOver) return false;
        isOver = true;
        clearTimeout(deadline);
        return true;
      },
      upstream: null,
      answer: null,
    };
    const deadline = setTimeout(() => {
      const what = visit.answer === null ? 'did not answer' : 'did not finish its answer';
      fail(visit, new Problem('upstream_timeout', `The Gateway ${what} within ${timeoutMs / 1000} s.`));
    }, timeoutMs);
    // Whoever leaves has no use for an answer; the proxy takes the Gateway's connection down itself.
    response.once('close', () => visit.end());
    return visit;
  }

  return {
    handle(request, response, next) {
      const { path, headers } = request;
      if (!isLoginPath(path)) return next();
      if (request.exchange !== undefined) request.exchange.operation = operation;
      refuseRequest(request);
      if (isLoginStart(path)) cookies.loginStarted();
      if (headers.cookie !== undefined) cookies.fromBrowser(headers.cookie);
      const visit = begin(request, response, next);
      visits.set(request, visit);
      // Here and not where the proxy offers it, which it passes by when there is an `Expect` header.
      request.headers = pageRequestHeaders(request, cookies.header());
      return proxy(request, response, next);
    },
    stop: () => agent.destroy(),
  };
}

const operation = 'login-pages';

function refuseRequest({ method, headers }: Request): void {
  if (!methods.has(method)) {
    const allow = [...methods].join(', ');
    throw new Problem('method_not_allowed', `A login page does not answer ${method}.`, {
      headers: { allow },
    });
  }
  if (headers['transfer-encoding'] !== undefined) {
    // The Gateway drops a body without a length.
    throw new Problem('bad_request', 'Send the form with a Content-Length.', { status: 411 });
  }
  if (Number(headers['content-length'] ?? 0) > maxFormBytes) {
    throw new Problem('payload_too_large', `The form exceeds ${maxFormBytes / 1024 / 1024} MiB.`, {
      headers: { connection: 'close' },
    });
  }
}

function show(
  response: Response,
  status: number,
  { headers, body }: Notice,
  more: OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { ...headers, ...more });
  response.end(body);
}
