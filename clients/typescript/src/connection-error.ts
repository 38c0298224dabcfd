// fetch failed without an answer. Every runtime says so with a TypeError; Node's has the system's reason in its cause.

import type { ApiRequest } from './call.ts';
import { BezantError } from './errors.ts';
import { isRecord } from './refusal.ts';

/** Nothing listens there, or the name leads nowhere: what was to be sent cannot have arrived. */
const unsentCodes: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
/** What Node and OpenSSL call a certificate that is not trusted. */
const certificateCode = /CERT|SIGNED|^UNABLE_TO|^ERR_TLS/;

export function connectionError(
  cause: unknown,
  { operation, origin, isRead }: { operation: string; origin: string; isRead: boolean },
): BezantError {
  const code = systemCode(cause);
  if (certificateCode.test(code)) {
    return new BezantError('certificate', `The certificate of ${origin} is not trusted (${code}).`, {
      operation,
      cause,
    });
  }
  const isUnsent = unsentCodes.has(code);
  const details = { operation, cause, isRetryable: isRead || isUnsent };
  if (code === '' || isUnsent) {
    const reason = code === '' ? '' : ` (${code})`;
    return new BezantError('unreachable', `${origin} cannot be reached${reason}.`, details);
  }
  return new BezantError('broken-off', `${origin} broke off without an answer (${code}).`, details);
}

/** The answer had begun. */
export function brokenOff(cause: unknown, { method, path, read }: ApiRequest, origin: string): BezantError {
  return new BezantError('broken-off', `The answer of ${origin} broke off.`, {
    operation: `${method} ${path}`,
    cause,
    isRetryable: read === true,
  });
}

/** Errors nest, and may come from another realm. */
function systemCode(error: unknown, depth = 0): string {
  if (!isRecord(error) || depth > 5) return '';
  return typeof error['code'] === 'string' ? error['code'] : systemCode(error['cause'], depth + 1);
}
