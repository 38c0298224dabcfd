// The predecessor's debug endpoints, for whoever holds BEZANT_DEBUG_TOKEN: the names in the cookie jar, and four calls that
// tell where a session is stuck. Without a token they are not there at all.

import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../errors.ts';
import { headerValues, isLoggedOut, type Gateway, type GatewayAnswer } from '../gateway.ts';
import { redactBody } from '../redact-body.ts';
import { writeJson } from './write-json.ts';

export interface DebugRoutes {
  jar(request: IncomingMessage, response: ServerResponse): void;
  probe(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void>;
}

type Call = (operationId: string, json: unknown, signal: AbortSignal) => Promise<GatewayAnswer>;

/** The calls in their order. A probe takes the session away from nobody, so it never competes. */
const steps = [
  {
    name: 'auth_status',
    operationId: 'getBrokerageStatus',
    method: 'POST',
    path: '/v1/api/iserver/auth/status',
    json: undefined,
  },
  {
    name: 'ssodh_init',
    operationId: 'initializeSession',
    method: 'POST',
    path: '/v1/api/iserver/auth/ssodh/init',
    json: { publish: true, compete: false },
  },
  { name: 'tickle', operationId: 'getSessionToken', method: 'POST', path: '/v1/api/tickle', json: undefined },
  {
    name: 'accounts',
    operationId: 'getAllAccounts',
    method: 'GET',
    path: '/v1/api/portfolio/accounts',
    json: undefined,
  },
] as const;

type Step = (typeof steps)[number];

interface Outcome {
  answer: GatewayAnswer | null;
  /** What the body says; null when it says nothing. */
  authenticated: boolean | null;
  report: Readonly<Record<string, unknown>>;
}

const previewBytes = 512;

export function createDebugRoutes(deps: {
  token: string | null;
  gateway: Pick<Gateway, 'url' | 'cookies'>;
  call: Call;
  /** Of one call, its body included. */
  deadlineMs?: number;
}): DebugRoutes | null {
  const { token, gateway, call, deadlineMs = 5000 } = deps;
  if (token === null || token === '') return null;
  const { cookies } = gateway;
  const root = `${gateway.url.origin}${gateway.url.prefix}/`;
  const wanted = hash('sha256', token, 'buffer');

  function authorize(request: IncomingMessage): void {
    const header = request.headers['x-bezant-debug-token'];
    const query = new URLSearchParams((request.url ?? '').split('?').slice(1).join('?'));
    const given = typeof header === 'string' ? header : (query.get('token') ?? '');
    if (timingSafeEqual(hash('sha256', given, 'buffer'), wanted)) return;
    throw new Problem('debug_unauthorized', 'The debug token is missing or wrong.');
  }

  async function take(step: Step, signal: AbortSignal): Promise<Outcome> {
    const startedMs = performance.now();
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      const answer = await call(step.operationId, step.json, AbortSignal.any([signal, deadline]));
      return answered(step, answer, performance.now() - startedMs);
    } catch (error) {
      if (signal.aborted) throw error;
      const late = `No whole answer within ${deadlineMs / 1000}s.`;
      const why = deadline.aborted
        ? late
        : error instanceof Problem
          ? error.message
          : 'The call failed in this server.';
      const latency = Math.round(performance.now() - startedMs);
      return {
        answer: null,
        authenticated: null,
        report: { ...blank(step), latency_ms: latency, error: why },
      };
    }
  }

  function answered(step: Step, answer: GatewayAnswer, latencyMs: number): Outcome {
    const authenticated = readAuthenticated(answer);
    const report = {
      ...blank(step),
      status: answer.status,
      latency_ms: Math.round(latencyMs),
      body_bytes: answer.body.length,
      body_preview: cut(redactBody(answer.body, cookies.values()), previewBytes),
      set_cookie_names: headerValues(answer, 'set-cookie').map((text) =>
        (/^[^=;]*/.exec(text)?.[0] ?? '').trim(),
      ),
      _authenticated: authenticated,
    };
    return { answer, authenticated, report };
  }

  return {
    jar(request, response) {
      authorize(request);
      const entries = cookies.entries().map(({ name, valueLength }) => ({ name, value_length: valueLength }));
      writeJson(response, 200, { gateway_root: root, size: entries.length, entries });
    },

    async probe(request, response, signal) {
      authorize(request);
      const startedMs = performance.now();
      const sizeBefore = cookies.entries().length;
      const [first, second, third, fourth] = steps;
      const status = await take(first, signal);
      const skipped = reasonToSkip(status);
      const init = skipped === null ? await take(second, signal) : skip(second, skipped);
      const tickle = await take(third, signal);
      const accounts = await take(fourth, signal);
      writeJson(response, 200, {
        gateway_root: root,
        elapsed_ms: Math.round(performance.now() - startedMs),
        jar_size_before: sizeBefore,
        jar_size_after: cookies.entries().length,
        verdict: judge({ status, init: skipped === null ? init : null, tickle, accounts }),
        steps: [status, init, tickle, accounts].map(({ report }) => report),
      });
    },
  };
}

const blank = ({ name, method, path }: Step): Readonly<Record<string, unknown>> => ({
  name,
  method,
  path,
  status: null,
  latency_ms: 0,
  body_bytes: 0,
  body_preview: '',
  set_cookie_names: [],
  error: null,
});

const skip = (step: Step, reason: string): Outcome => ({
  answer: null,
  authenticated: null,
  report: { ...blank(step), skipped: true, skipped_reason: reason },
});

/** Asking for a session tears a live one down, and means nothing unless IBKR itself says that only it is missing. */
function reasonToSkip({ answer, authenticated }: Outcome): string | null {
  if (answer === null || !isOk(answer)) return 'auth_status did not answer with a state';
  if (authenticated === true) return 'already bridged: asking again would tear the session down';
  return authenticated === null ? 'auth_status did not answer with a state' : null;
}

/** The first that fits. */
function judge(outcomes: {
  status: Outcome;
  init: Outcome | null;
  tickle: Outcome;
  accounts: Outcome;
}): string {
  const { status, init, tickle, accounts } = outcomes;
  const failed = ({ answer }: Outcome): boolean => answer === null || !isOk(answer);
  const table: readonly (readonly [verdict: string, fits: boolean])[] = [
    ['needs_login', status.answer !== null && isLoggedOut(status.answer)],
    ['auth_status_failed', failed(status) || status.authenticated === null],
    ['ssodh_failed', init !== null && failed(init)],
    ['needs_login', (init ?? status).authenticated !== true],
    ['tickle_failed', failed(tickle)],
    ['accounts_failed', failed(accounts)],
  ];
  return table.find(([, fits]) => fits)?.[0] ?? 'ok';
}

const isOk = ({ status }: GatewayAnswer): boolean => status >= 200 && status < 300;

function readAuthenticated({ body }: GatewayAnswer): boolean | null {
  try {
    const value = JSON.parse(body.toString('utf8')) as { authenticated?: unknown } | null;
    return typeof value?.authenticated === 'boolean' ? value.authenticated : null;
  } catch {
    return null;
  }
}

/** Cuts text to so many bytes of UTF-8, between characters. */
function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  return bytes
    .subarray(0, maxBytes)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}
