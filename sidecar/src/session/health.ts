// What `GET /health` answers for an answer of auth/status: the predecessor's projection and its table of problems.

import { Problem } from '../errors.ts';
import { isLoggedOut, type GatewayAnswer } from '../gateway.ts';
import { projectStatus, type BrokerageStatus } from './reading.ts';

export function healthOf(answer: GatewayAnswer): BrokerageStatus {
  const { status } = answer;
  if (isLoggedOut(answer)) throw new Problem('not_authenticated', 'IBKR asks for a login.');
  if (status === 429 || status >= 500) {
    throw new Problem('upstream_status', `IBKR answers with status ${status}.`, { status: relayed(status) });
  }
  if (status >= 400) {
    throw new Problem('upstream_client_error', `IBKR refused to tell the state (status ${status}).`, {
      status,
    });
  }
  if (status < 200 || status > 299) {
    throw new Problem('upstream_status', `The Gateway answered with an unexpected status (${status}).`);
  }
  return projectStatus(parseMembers(answer.body));
}

/** The Gateway has a status 601 of its own, which is nothing to hand on. */
const relayed = (status: number): number => (status > 599 ? 502 : status);

function parseMembers(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(body.toString('utf8')) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch (cause) {
    throw new Problem('upstream_decode_error', 'IBKR answers with something other than JSON.', { cause });
  }
  throw new Problem('upstream_decode_error', 'IBKR answers with JSON that is no session state.');
}
