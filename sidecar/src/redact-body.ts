// A body of IBKR's without what identifies or authenticates: whole first, because the start of a JSON text is none.

import { mask } from './mask.ts';

/** Member names, in lower case without separators, whose values are nobody's business. */
const secretNames: ReadonlySet<string> = new Set([
  'session',
  'sessionid',
  'ssoconclusion',
  'mac',
  'userid',
  'username',
  'paperusername',
  'credential',
  'ip',
  'sft',
  'st',
  'hardwareinfo',
  'uniqueloginid',
  'challenge',
  'response',
]);

const secretParts = /token|secret|password|cookie|sess|xyzab/;

/** Shorter values, such as `1`, stand for anything. */
const minCookieLength = 6;

export function redactBody(body: Buffer, cookieValues: readonly string[]): string {
  const text = body.toString('utf8');
  const parsed = parse(text);
  const shown = parsed === undefined ? mask(text) : JSON.stringify(parsed.value, redactMember);
  return cookieValues
    .filter((value) => value.length >= minCookieLength)
    .reduce((rest, value) => rest.replaceAll(value, redacted), shown);
}

const redacted = '<redacted>';

/** For JSON.stringify and JSON.parse alike. */
export function redactMember(name: string, value: unknown): unknown {
  const plain = name.toLowerCase().replace(/[_.-]/g, '');
  return secretNames.has(plain) || secretParts.test(plain) ? redacted : value;
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
