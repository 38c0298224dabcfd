// What an answer says about the session. The bodies decide, not the statuses alone: a 200 may say that nobody is logged
// in. Statuses and bodies as observed through the Gateway build of 2023-04-24 and in IBKR's Web API documentation.

import { Problem, type ProblemCode } from '../errors.ts';
import { isLoggedOut, type GatewayAnswer } from '../gateway.ts';
import type { SessionEvent } from './state.ts';

/** The operations that tell and change the session, by operationId. */
export const operations = {
  status: 'getBrokerageStatus',
  tickle: 'getSessionToken',
  init: 'initializeSession',
  logout: 'logout',
} as const;

/** What callers of `/health` get. */
export interface BrokerageStatus {
  authenticated: boolean;
  connected: boolean;
  competing: boolean;
  message: string | null;
}

export interface Reading {
  /** Null when the answer says nothing about the session. */
  event: SessionEvent | null;
  reason: string;
  status: BrokerageStatus | null;
  ssoExpiresMs: number | null;
}

type Members = Readonly<Record<string, unknown>>;

const says = (event: SessionEvent | null, reason: string): Reading => ({
  event,
  reason,
  status: null,
  ssoExpiresMs: null,
});

/** Reads the answer of a tickle, of auth/status or of ssodh/init, which all carry the same status object. */
export function readSession(outcome: GatewayAnswer | Problem): Reading {
  if (outcome instanceof Problem) return readFailure(outcome.code);
  const { status } = outcome;
  // 601 is the Gateway's own word for an expired session.
  if (isLoggedOut(outcome) || status === 601) return says('logged-out', 'IBKR asks for a login.');
  if (status >= 500) return says('outage', `IBKR answers with status ${status}.`);
  if (isAddressRefused(outcome)) {
    const reason = 'The Gateway refuses this server’s address: see ips.allow in its conf.yaml.';
    return says('unreachable', reason);
  }
  const body = readMembers(outcome);
  if (isWithoutBridge(body))
    return says('not-authenticated', 'IBKR has no brokerage session for this login.');
  if (status < 200 || status > 299) return says(null, `IBKR answers with status ${status}.`);
  if (body === null) return says('outage', 'IBKR answers with something other than JSON.');
  return readBody(body);
}

export function readBody(body: Members): Reading {
  const { error, ssoExpires } = body;
  if (typeof error === 'string' && /no session|not logged in/i.test(error)) {
    return says('logged-out', 'IBKR asks for a login.');
  }
  const iserver = membersOf(body['iserver']);
  const found = membersOf(iserver?.['authStatus']) ?? (iserver === null ? body : null);
  const ssoExpiresMs = typeof ssoExpires === 'number' ? ssoExpires : null;
  if (isWithoutBridge(iserver)) {
    return { ...says('not-authenticated', 'IBKR has no brokerage session for this login.'), ssoExpiresMs };
  }
  if (found === null || typeof found['authenticated'] !== 'boolean') {
    return { ...says(null, 'IBKR answers without a session state.'), ssoExpiresMs };
  }
  const status = projectStatus(found);
  return { ...readStatus(status, found['fail']), status, ssoExpiresMs };
}

function readStatus(status: BrokerageStatus, fail: unknown): Reading {
  if (status.competing) {
    return says('competing', 'Another platform holds the brokerage session of this user.');
  }
  if (status.authenticated && status.connected) {
    return says('authenticated', 'IBKR confirms the brokerage session.');
  }
  const what = status.authenticated
    ? 'The brokerage session is not connected'
    : 'There is no brokerage session';
  const why = typeof fail === 'string' && fail !== '' ? fail : (status.message ?? '');
  return says('not-authenticated', why === '' ? `${what}.` : `${what}: ${why}`);
}

/** Missing members are false, as the predecessor had it. */
export function projectStatus(body: Members): BrokerageStatus {
  const { message } = body;
  return {
    authenticated: body['authenticated'] === true,
    connected: body['connected'] === true,
    competing: body['competing'] === true,
    message: typeof message === 'string' && message !== '' ? message : null,
  };
}

const failures: Partial<Readonly<Record<ProblemCode, Reading>>> = {
  upstream_unreachable: says('unreachable', 'The Gateway cannot be reached.'),
  // The Gateway never answers while IBKR is unreachable.
  upstream_timeout: says('outage', 'The Gateway does not answer: IBKR may be unreachable.'),
  upstream_http_error: says('outage', 'The Gateway breaks connections off.'),
  upstream_truncated: says('outage', 'The Gateway breaks its answers off.'),
};

function readFailure(code: ProblemCode): Reading {
  return failures[code] ?? says(null, 'The call was not made.');
}

/** What the answer to any other operation says by the way. */
export interface Hint extends Pick<Reading, 'reason'> {
  event: SessionEvent | null;
  /** Nothing else can be behind it; otherwise it may be about that operation alone. */
  isCertain: boolean;
  /** It fits a working session, or it does not. */
  isWell: boolean;
}

export function readPassing(outcome: GatewayAnswer | Problem): Hint {
  if (outcome instanceof Problem) {
    const { event, reason } = readFailure(outcome.code);
    return { event, reason, isCertain: event === 'unreachable', isWell: event === null };
  }
  const { status } = outcome;
  if (isLoggedOut(outcome)) {
    return {
      event: 'logged-out',
      reason: 'IBKR asks for a login.',
      isCertain: status !== 401,
      isWell: false,
    };
  }
  // Many a wrong parameter is answered with 500 or 503, so that says nothing by itself.
  if (status >= 500) return { event: null, reason: '', isCertain: false, isWell: false };
  if (status === 400 && isWithoutBridge(readMembers(outcome))) {
    const reason = 'IBKR has no brokerage session for this login.';
    return { event: 'not-authenticated', reason, isCertain: true, isWell: false };
  }
  return { event: null, reason: '', isCertain: false, isWell: true };
}

/** `{"error":"Bad Request: no bridge"}`, in older servers `Init session first`. */
function isWithoutBridge(body: Members | null): boolean {
  return typeof body?.['error'] === 'string' && /no bridge|init session first/i.test(body['error']);
}

/** The Gateway's address filter answers 404 with these words and nothing else. */
function isAddressRefused({ status, body }: GatewayAnswer): boolean {
  return status === 404 && body.length < 64 && body.toString('latin1').trim() === 'Access Denied';
}

function readMembers({ body }: GatewayAnswer): Members | null {
  try {
    return membersOf(JSON.parse(body.toString('utf8')));
  } catch {
    return null;
  }
}

function membersOf(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null;
}
