// An answer that is no success → the error it is. bezant answers with problem documents; IBKR and its Gateway with what
// comes: JSON with `error`, problem documents of their own, web pages, two words of text, and statuses that mean little.

import { BezantError, type ErrorDetails, type ErrorKind, type Fault } from './errors.ts';

export interface Refused {
  readonly operation: string;
  /** The call may be repeated without harm. */
  readonly isRead: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly now: number;
}

/** Where the code says more than the status does. */
const kindsByCode: Readonly<Record<string, ErrorKind>> = {
  api_key_required: 'key-required',
  debug_unauthorized: 'key-required',
  no_session: 'no-session',
  events_disabled: 'refused',
  internal: 'server-fault',
  upstream_decode_error: 'bad-answer',
  upstream_too_large: 'bad-answer',
};

/** IBKR gives not-found and malformed as 500 and 503 too, so its words count before its status. */
const kindsByText: readonly (readonly [RegExp, ErrorKind, string?])[] = [
  [/not logged in/i, 'login-required'],
  [/no bridge|init session first|no session/i, 'no-session'],
  [
    /query \/accounts first/i,
    'bad-request',
    'IBKR wants GET /iserver/accounts once in a session before this call: client.accounts.getBrokerageAccounts().',
  ],
  [
    /account ?id is not valid|invalid account/i,
    'not-found',
    'Account ids are listed by client.portfolio.getAllAccounts().',
  ],
  [/not found|doesn't exist|no contracts? found|no symbol/i, 'not-found'],
  [/not valid|can't be empty|is required|are required|needed|bad request/i, 'bad-request'],
  [
    /^access denied$/i,
    'refused',
    'The Gateway turns this address away (ips.allow in its conf.yaml), or nobody has logged in.',
  ],
];

const kindsByStatus: Readonly<Record<number, ErrorKind>> = {
  401: 'login-required',
  403: 'refused',
  404: 'not-found',
  412: 'cursor-expired',
  421: 'refused',
  423: 'paced',
  429: 'paced',
  504: 'timeout',
};

/** IBKR Web API documentation, pacing limits */
const penalty =
  'IBKR shuts out an address that calls too often for 10 to 15 minutes; calling on makes it longer.';

/** The server says that it did not send the call on, so that even a write may be repeated. */
const unsent: ReadonlySet<string> = new Set(['paced', 'penalty_box', 'overloaded', 'shutting_down']);
const retryable: ReadonlySet<ErrorKind> = new Set(['paced', 'no-session', 'unavailable', 'timeout']);

export function errorOf(refused: Refused): BezantError {
  const { status, headers, operation, isRead } = refused;
  const body = parsed(refused.text);
  const members = isRecord(body) ? body : {};
  const code = textOf(members['code']);
  const said = messageOf(members, refused.text);
  const byText = code === undefined ? kindsByText.find(([pattern]) => pattern.test(said ?? '')) : undefined;
  const kind = kindsByCode[code ?? ''] ?? byText?.[1] ?? kindOf(status);
  const waitMs = retryAfterMs(headers.get('retry-after'), refused.now);
  const details: ErrorDetails = {
    status,
    code,
    operation,
    body,
    hint:
      textOf(members['hint']) ??
      byText?.[2] ??
      (kind === 'paced' && waitMs === undefined ? penalty : undefined),
    requestId: textOf(members['requestId']) ?? headers.get('x-request-id') ?? undefined,
    retryAfterMs: waitMs,
    faults: faultsOf(members),
    isRetryable: code !== undefined && unsent.has(code) ? true : isRead && retryable.has(kind),
  };
  return new BezantError(kind, said ?? `${operation} was answered with status ${status}.`, details);
}

function kindOf(status: number): ErrorKind {
  return kindsByStatus[status] ?? (status >= 500 ? 'unavailable' : 'bad-request');
}

function messageOf(members: Readonly<Record<string, unknown>>, text: string): string | undefined {
  const said = ['detail', 'message', 'error', 'title'].map((name) => textOf(members[name])).find(Boolean);
  if (said !== undefined) return unwrapped(said);
  const short = text.trim();
  return short === '' || short.length > 200 || /[<{[]/.test(short) ? undefined : short;
}

/** Some errors of IBKR's are JSON within a string. */
function unwrapped(said: string): string {
  const inner = said.startsWith('{') ? parsed(said) : undefined;
  return (isRecord(inner) ? textOf(inner['reason'] ?? inner['error']) : undefined) ?? said;
}

/** bezant names faults in `errors`, IBKR's problem documents in `invalidArguments`. */
function faultsOf(members: Readonly<Record<string, unknown>>): Fault[] {
  const list = members['errors'] ?? members['invalidArguments'];
  if (!Array.isArray(list)) return [];
  return list.filter(isRecord).map((fault) => ({
    pointer: textOf(fault['pointer']) ?? textOf(fault['field']) ?? '',
    message: textOf(fault['message']) ?? textOf(fault['description']) ?? '',
  }));
}

/** Seconds or a date (RFC 9110). */
export function retryAfterMs(value: string | null, now: number): number | undefined {
  if (value === null || value.trim() === '') return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
