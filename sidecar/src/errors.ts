// Every problem this server can answer with: one table, read by docs/errors.md, the problem writer and the tests.
// `code` and `message` are the predecessor's members; the rest is RFC 9457.

export interface ProblemKind {
  status: number;
  title: string;
  hint: string;
}

const kinds = {
  bad_request: {
    status: 400,
    title: 'The request is malformed',
    hint: 'Correct the members named in `errors` and send it again.',
  },
  missing_query_param: {
    status: 400,
    title: 'A query parameter is missing',
    hint: 'Add the parameter named in the message.',
  },
  api_key_required: {
    status: 401,
    title: 'An API key is required',
    hint: 'Send `Authorization: Bearer <key>`; the key was printed at first start, or is set by BEZANT_API_KEYS.',
  },
  not_authenticated: {
    status: 401,
    title: 'IBKR has no authenticated session',
    hint: 'Open this server’s address in a browser and log in, then repeat the call.',
  },
  debug_unauthorized: {
    status: 401,
    title: 'The debug token is wrong',
    hint: 'Send the value of BEZANT_DEBUG_TOKEN as x-bezant-debug-token.',
  },
  destructive_refused: {
    status: 403,
    title: 'A destructive call was refused',
    hint: 'It acts on everything at once. Set BEZANT_ALLOW_DESTRUCTIVE=1 to allow it.',
  },
  costs_money_refused: {
    status: 403,
    title: 'A call that costs money was refused',
    hint: 'IBKR charges for each such call. Set BEZANT_ALLOW_DESTRUCTIVE=1 to allow it.',
  },
  read_only: {
    status: 403,
    title: 'This server is read-only',
    hint: 'Unset BEZANT_READ_ONLY to allow changes.',
  },
  scope_refused: {
    status: 403,
    title: 'The API key may not do this',
    hint: 'Use a key with the scope named in the message.',
  },
  origin_refused: {
    status: 403,
    title: 'A web page of another origin may not use this server',
    hint: 'Set BEZANT_PUBLIC_URL to the origin that browsers see, or add it to BEZANT_ALLOWED_ORIGINS.',
  },
  passthrough_refused: {
    status: 403,
    title: 'The contract does not know this call',
    hint: 'Only reads pass through unknown paths. Set BEZANT_PASSTHROUGH=all to allow every method.',
  },
  path_refused: {
    status: 404,
    title: 'There is no such path here',
    hint: 'IBKR’s API is under /v1/api; GET /openapi.json lists every route.',
  },
  not_served: {
    status: 404,
    title: 'The Gateway does not serve this operation',
    hint: 'It belongs to IBKR’s institutional cloud API and needs its own credentials.',
  },
  not_found: { status: 404, title: 'Not found', hint: 'GET /openapi.json lists every route.' },
  symbol_not_found: {
    status: 404,
    title: 'No contract has this symbol',
    hint: 'Look it up with GET /contracts/search?symbol=…',
  },
  unknown_topic: {
    status: 404,
    title: 'There are no events of this topic',
    hint: 'The topics are orders, trades, pnl, marketdata, notifications, session and gap.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The path exists, but not with this method',
    hint: 'Use a method named in the Allow header.',
  },
  cursor_expired: {
    status: 412,
    title: 'There is no going on from this cursor',
    hint: 'Read on with since = head_cursor - 1, and fetch what may have been missed, such as orders and trades, once.',
  },
  payload_too_large: {
    status: 413,
    title: 'The request body is too large',
    hint: 'Bodies may be 10 MiB at most.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not accepted here',
    hint: 'Send a type named in the message, usually application/json.',
  },
  host_refused: {
    status: 421,
    title: 'This server does not answer to that host name',
    hint: 'Set BEZANT_PUBLIC_URL to the address that callers use, or add the host to BEZANT_ALLOWED_HOSTS.',
  },
  paced: {
    status: 429,
    title: 'IBKR’s pacing limit would be exceeded',
    hint: 'Wait as long as Retry-After says. The call was not sent.',
  },
  penalty_box: {
    status: 429,
    title: 'IBKR has put this address into its penalty box',
    hint: 'Nothing but orders is sent until Retry-After has passed: calling on would extend the penalty.',
  },
  internal: {
    status: 500,
    title: 'Something failed in this server',
    hint: 'The log has the cause under this request id. Please report it.',
  },
  upstream_http_error: {
    status: 502,
    title: 'The Gateway broke off',
    hint: 'See whether the Gateway process is healthy; for an order, look it up before sending it again.',
  },
  upstream_status: {
    status: 502,
    title: 'The Gateway answered with an unexpected status',
    hint: 'Repeat reads after a moment; for an order, look it up before sending it again.',
  },
  upstream_client_error: {
    status: 502,
    title: 'IBKR refused the call',
    hint: 'The message has IBKR’s reason.',
  },
  upstream_decode_error: {
    status: 502,
    title: 'The Gateway answered with something other than JSON',
    hint: 'IBKR may be in maintenance, or the session may be gone: see GET /health.',
  },
  events_subscribe_failed: {
    status: 502,
    title: 'The instrument could not be subscribed',
    hint: 'IBKR gives an account about 100 market data lines. Stop following another instrument, or wait until one is idle.',
  },
  upstream_too_large: {
    status: 502,
    title: 'The Gateway’s answer is too large',
    hint: 'Answers may be 25 MiB at most. Ask for less.',
  },
  upstream_truncated: {
    status: 502,
    title: 'The Gateway’s answer broke off',
    hint: 'Repeat reads; for an order, look it up before sending it again.',
  },
  upstream_unreachable: {
    status: 503,
    title: 'The Gateway cannot be reached',
    hint: 'Is it running, and is IBKR_GATEWAY_URL right?',
  },
  no_session: {
    status: 503,
    title: 'There is no brokerage session',
    hint: 'It is being re-established; GET /health tells the state.',
  },
  events_disabled: {
    status: 503,
    title: 'Events are switched off',
    hint: 'Set BEZANT_EVENTS_ENABLED=1 and start again.',
  },
  events_history_query_failed: {
    status: 503,
    title: 'The event store cannot be read',
    hint: 'Repeat with the same cursor after Retry-After: nothing is lost. The log has the cause.',
  },
  overloaded: { status: 503, title: 'Too many requests at once', hint: 'Repeat after Retry-After.' },
  shutting_down: { status: 503, title: 'This server is shutting down', hint: 'Repeat after its restart.' },
  upstream_timeout: {
    status: 504,
    title: 'The Gateway did not answer in time',
    hint: 'It never answers when IBKR is unreachable. For an order, the outcome is unknown: look it up before sending it again.',
  },
} satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof kinds;
export const problemKinds: Readonly<Record<ProblemCode, ProblemKind>> = kinds;

/** One faulty member of a request, named by JSON pointer: `/query/conids`, `/body/orders/0/side`. */
export interface Fault {
  pointer: string;
  message: string;
}

export interface ProblemExtra {
  /** Overrides the table's status, where the predecessor answered with the upstream's own. */
  status?: number;
  errors?: readonly Fault[];
  retryAfterSeconds?: number;
  headers?: Readonly<Record<string, string>>;
  /** Further members of the answer. */
  members?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/** Thrown where the cause is known, caught once in `request/problem.ts`. The message is for people: no URL, cookie or token. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly extra: ProblemExtra;

  constructor(code: ProblemCode, message: string, extra: ProblemExtra = {}) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.name = 'Problem';
    this.code = code;
    this.status = extra.status ?? kinds[code].status;
    this.extra = extra;
  }
}
