// What went wrong, for people, for programs, and as an exit code. docs/cli.md has the table of exit codes.

import type { BezantError, ErrorKind } from 'bezant-client';
import type { Row } from './report.ts';

/** Exit codes. 1 and 2 are the predecessor's: something failed, and the command line is wrong. */
export const exits = {
  ok: 0,
  fault: 1,
  usage: 2,
  login: 3,
  forbidden: 4,
  unknown: 5,
  ambiguous: 6,
  refused: 7,
  paced: 8,
  unreachable: 9,
  unconfirmed: 10,
  uncertain: 11,
  interrupted: 130,
} as const;

export type ExitName = keyof typeof exits;

const exitsByKind: Readonly<Record<ErrorKind, ExitName>> = {
  'invalid-argument': 'usage',
  'login-required': 'login',
  'no-session': 'login',
  'key-required': 'forbidden',
  refused: 'forbidden',
  'not-found': 'unknown',
  'cursor-expired': 'unknown',
  ambiguous: 'ambiguous',
  'bad-request': 'refused',
  rejected: 'refused',
  paced: 'paced',
  unreachable: 'unreachable',
  certificate: 'unreachable',
  timeout: 'unreachable',
  'broken-off': 'unreachable',
  unavailable: 'unreachable',
  'server-fault': 'fault',
  'bad-answer': 'fault',
};

/** The client's hints on these speak to programmers; here are a terminal's. */
const hintsByKind: Readonly<Partial<Record<ErrorKind, string>>> = {
  unreachable: 'Is it running? BEZANT_URL or --url names another address; `bezant doctor` looks closer.',
  certificate:
    'Start with NODE_EXTRA_CA_CERTS=<its certificate as a PEM file>, or use http:// on this machine.',
  'key-required': 'Put the API key that the server printed at its first start into BEZANT_API_KEY.',
  'login-required': 'Run `bezant login`, then repeat the command.',
  'no-session': 'It is being re-established. Repeat in a moment; `bezant doctor` tells more.',
  ambiguous: 'Say which one with --exchange, --name or --expiry, or give the conid.',
  paced: 'Wait a minute before the next call: calling on makes IBKR’s penalty longer.',
};
const hintsByOperation: Readonly<Record<string, string>> = {
  conidOf: 'Search by name: `bezant call getContractSymbols --param symbol=TEXT --param name=true`.',
  'POST /iserver/reply/{replyId}':
    'The question has lapsed, and the order with it: look with `bezant orders` before placing it again.',
};

/** A mistake in how the command was called. Nothing was sent. */
export class UsageError extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** An end that is told, with an exit code of its own. */
export class Refusal extends Error {
  readonly exit: ExitName;
  readonly hint: string;
  readonly kind: string;
  /** For programs. */
  readonly data: Row;
  constructor(exit: ExitName, kind: string, message: string, hint: string, data: Row = {}) {
    super(message);
    this.exit = exit;
    this.kind = kind;
    this.hint = hint;
    this.data = data;
  }
}

export interface Failure {
  readonly exit: ExitName;
  readonly kind: string;
  readonly message: string;
  readonly hint: string;
  readonly code?: string | undefined;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly faults?: readonly { readonly pointer: string; readonly message: string }[];
}

export function failureOf(error: unknown): Failure {
  if (isBezantError(error)) return ofServer(error);
  if (error instanceof UsageError) return { exit: 'usage', kind: 'usage', ...told(error) };
  if (error instanceof Refusal) return { ...error.data, exit: error.exit, kind: error.kind, ...told(error) };
  const message = error instanceof Error ? error.message : String(error);
  return { exit: 'fault', kind: 'fault', message, hint: 'This is a fault of bezant’s. Please report it.' };
}

const told = ({ message, hint }: { message: string; hint: string }) => ({ message, hint });

function ofServer(error: BezantError): Failure {
  const { kind, message, code, status, requestId, retryAfterMs, faults } = error;
  return {
    exit: isUncertain(error) ? 'uncertain' : exitsByKind[kind],
    kind,
    message,
    hint: hintOf(error),
    code,
    status,
    requestId,
    retryAfterMs,
    faults,
  };
}

function hintOf(error: BezantError): string {
  const { kind, hint, operation = '', retryAfterMs } = error;
  if (isUncertain(error)) return 'The order may stand: look with `bezant orders` before sending it again.';
  if (kind === 'not-found')
    return hintsByOperation[operation] ?? hint.replace(/client\.\S+/, '`bezant accounts`');
  if (kind === 'paced' && retryAfterMs !== undefined) return `Wait ${Math.ceil(retryAfterMs / 1000)} s.`;
  return hintsByKind[kind] ?? hint;
}

const orderOperation = /^(POST|DELETE) \/iserver\/(account\/\{accountId\}\/orders?\b|reply\/)/;

/** An order was sent, and what became of it is not known. */
function isUncertain({ kind, operation = '', isRetryable }: BezantError): boolean {
  const isUnanswered = kind === 'timeout' || kind === 'broken-off' || kind === 'unavailable';
  return isUnanswered && !isRetryable && orderOperation.test(operation);
}

/** By name: the class itself is loaded with the client, which `bezant --version` does without. */
function isBezantError(error: unknown): error is BezantError {
  return error instanceof Error && error.name === 'BezantError';
}

/** One line and a hint; what was wrong with the request, a line each. */
export function failureText({ message, hint, faults = [], requestId, exit }: Failure): string {
  const lines = [
    `bezant: ${message}`,
    ...faults.filter((fault) => fault.message !== '' && !message.includes(fault.message)).map(faultLine),
    `  ${hint}`,
    ...(exit === 'fault' && requestId !== undefined ? [`  Request ${requestId}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function faultLine({ pointer, message }: { pointer: string; message: string }): string {
  return `  ${pointer}: ${message}`;
}

export function failureJson(failure: Failure): string {
  const { exit, ...error } = failure;
  return `${JSON.stringify({ error: { ...error, exitCode: exits[exit] } })}\n`;
}
