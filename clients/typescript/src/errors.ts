// Everything that can go wrong, as one class with a kind to branch on, a sentence for people and a next step. Messages
// hold no key, cookie or token.

/** What went wrong, coarsely: enough to decide what to do next. */
export type ErrorKind = keyof typeof hints;

const hints = {
  'invalid-argument': 'Correct the argument; nothing was sent.',
  unreachable: 'Is it running, and is baseUrl right?',
  certificate:
    'In Node, start with NODE_EXTRA_CA_CERTS=<its certificate as a PEM file>, or give createClient a fetch of your own that trusts it.',
  timeout: 'Repeat a read. After a write the outcome is unknown: look it up before sending it again.',
  'broken-off': 'Repeat a read. After a write the outcome is unknown: look it up before sending it again.',
  'key-required': 'Give createClient the apiKey that the server printed at its first start.',
  'login-required': 'Open the server’s address in a browser and log in, then repeat the call.',
  'no-session': 'The brokerage session is being re-established; repeat in a moment, and see health().',
  refused: 'The server’s settings or the API key do not allow this.',
  'bad-request': 'Correct the request and send it again.',
  'not-found': 'Check the id, the account and the symbol.',
  ambiguous: 'Say which one with exchange, name or isUS.',
  'cursor-expired': 'Read on from the oldest event there is, and fetch orders and trades once.',
  paced: 'Wait as long as retryAfterMs says.',
  unavailable:
    'IBKR or the Gateway is away, as it is every night for some minutes. Repeat reads after a moment.',
  'server-fault': 'Its log has the cause under this request id. Please report it.',
  rejected: 'IBKR’s reason is in the message.',
  'bad-answer': 'IBKR may be in maintenance, or something else answers at this address: see health().',
} as const;

/** One faulty member of a request, named by JSON pointer: `/query/conids`, `/body/orders/0/side`. */
export interface Fault {
  readonly pointer: string;
  readonly message: string;
}

export interface ErrorDetails {
  /** Of the answer; undefined when there was none. */
  readonly status?: number | undefined;
  /** bezant’s problem code, such as `read_only`: docs/errors.md lists them. */
  readonly code?: string | undefined;
  readonly hint?: string | undefined;
  readonly isRetryable?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly requestId?: string | undefined;
  readonly faults?: readonly Fault[] | undefined;
  /** The call as a template, without values: `GET /iserver/accounts` */
  readonly operation?: string | undefined;
  /** The answer’s body, parsed where it was JSON. */
  readonly body?: unknown;
  readonly cause?: unknown;
}

export class BezantError extends Error {
  readonly kind: ErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  /** The next step, one sentence. */
  readonly hint: string;
  /** The same call may succeed later, and repeating it can do no harm. */
  readonly isRetryable: boolean;
  /** How long to wait first, where the server said so. */
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;
  readonly faults: readonly Fault[];
  readonly operation: string | undefined;
  readonly body: unknown;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'BezantError';
    this.kind = kind;
    this.status = details.status;
    this.code = details.code;
    this.hint = details.hint ?? hints[kind];
    this.isRetryable = details.isRetryable ?? false;
    this.retryAfterMs = details.retryAfterMs;
    this.requestId = details.requestId;
    this.faults = details.faults ?? [];
    this.operation = details.operation;
    this.body = details.body;
  }
}

export function invalidArgument(message: string): BezantError {
  return new BezantError('invalid-argument', message);
}
