// Which problem a failed connection to the Gateway is. The messages name no address.

import { Problem } from './errors.ts';

const unreachableCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPROTO',
]);

/** What Node and OpenSSL call a handshake that failed or a certificate that was not taken. */
const tlsCode = /^ERR_(TLS|SSL)|CERT|SIGNED|^UNABLE_TO/;

const connectTimeoutCodes: ReadonlySet<string> = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);

/** `isAnswered`: the head of an answer had come already. */
export function transportProblem(error: Error, isAnswered: boolean): Problem {
  if (error instanceof Problem) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (isAnswered) {
    const message = 'The Gateway broke off in the middle of its answer.';
    return new Problem('upstream_truncated', message, { cause: error });
  }
  if (connectTimeoutCodes.has(code)) {
    const message = 'The Gateway could not be connected to in time.';
    return new Problem('upstream_timeout', message, { cause: error });
  }
  if (unreachableCodes.has(code) || tlsCode.test(code)) {
    return new Problem('upstream_unreachable', `The Gateway cannot be reached (${code}).`, { cause: error });
  }
  const message = 'The Gateway closed the connection without an answer.';
  return new Problem('upstream_http_error', message, { cause: error });
}
