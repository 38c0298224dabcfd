// Why a tool could not do what it was asked: for a model and the person behind it, so always with what to do next.

import { Problem, problemKinds } from '../errors.ts';
import type { ProblemCode } from '../errors.ts';

export class ToolFault extends Error {
  /** A word for the audit and for programs. */
  readonly code: string;
  readonly nextStep: string;

  constructor(code: string, message: string, nextStep: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ToolFault';
    this.code = code;
    this.nextStep = nextStep;
  }
}

const logIn = (address: string): string =>
  `Ask the user to open ${address} in a browser and log in to IBKR there, then call health and repeat this.`;

/** Where the hint of the HTTP answer is none for a model. */
const nextSteps: { readonly [Code in ProblemCode]?: (address: string) => string } = {
  not_authenticated: logIn,
  no_session: () => 'Call health: it says what is missing. The server is getting the session back by itself.',
  symbol_not_found: () => 'Check the spelling, or find it with search_contracts.',
  read_only: () => 'This server only reads; tell the user that it must be allowed there (BEZANT_READ_ONLY).',
  scope_refused: () => 'The user can give this client an API key with that scope.',
  events_disabled: () => 'Read list_orders, order_status and trades instead.',
  upstream_unreachable: () =>
    'IBKR’s Gateway is not running or not reachable: tell the user, and call health later.',
  upstream_timeout: () => 'Call health, and repeat reads after a moment.',
  upstream_decode_error: () => 'IBKR may be in maintenance or the session gone: call health.',
  paced: () => 'Wait, then repeat this once. Nothing was sent.',
  penalty_box: () => 'Wait as long as it says; calling on would extend the penalty.',
};

/** `address` is where a browser reaches this server. */
export function describeFault(error: ToolFault | Problem, address: string): { code: string; text: string } {
  if (error instanceof ToolFault)
    return { code: error.code, text: `${error.message} ${error.nextStep} (${error.code})` };
  const { code, message, extra } = error;
  const nextStep = nextSteps[code]?.(address) ?? problemKinds[code].hint;
  const wait =
    extra.retryAfterSeconds === undefined ? '' : ` Retry after ${Math.ceil(extra.retryAfterSeconds)} s.`;
  const faults = (extra.errors ?? []).map(({ pointer, message: said }) => ` ${pointer} ${said}.`).join('');
  return { code, text: `${message}${faults}${wait} ${nextStep} (${code})` };
}
