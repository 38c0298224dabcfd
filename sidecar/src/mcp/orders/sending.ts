// Sending what changes something, once. What comes back is what IBKR said, a refusal that is certain, or the plain word that
// nobody knows; nothing here is ever sent twice.

import { Problem, type ProblemCode } from '../../errors.ts';
import { ToolFault } from '../fault.ts';

/** With these it is certain that IBKR has not taken it. */
const notTaken: ReadonlySet<ProblemCode> = new Set([
  'bad_request',
  'unsupported_media_type',
  'payload_too_large',
  'not_authenticated',
  'no_session',
  'destructive_refused',
  'costs_money_refused',
  'read_only',
  'scope_refused',
  'not_served',
  'paced',
  'penalty_box',
  'overloaded',
  'shutting_down',
  'upstream_unreachable',
  'upstream_client_error',
]);

/** `lookUp` says how to find out what happened. */
export async function sendOnce(send: () => Promise<unknown>, what: string, lookUp: string): Promise<unknown> {
  try {
    return await send();
  } catch (error) {
    const isCertain =
      (error instanceof Problem && notTaken.has(error.code)) ||
      (error instanceof ToolFault && error.code !== 'ibkr_failed');
    if (isCertain) throw error;
    const why = error instanceof Error ? ` (${error.message.replace(/\.$/, '')})` : '';
    throw new ToolFault(
      'outcome_unknown',
      `Nobody knows whether IBKR has taken ${what}${why}.`,
      `Do not send it again: ${lookUp}`,
      { cause: error },
    );
  }
}
