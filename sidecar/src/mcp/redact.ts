// The last look at a text that leaves for a model. Members with secrets are gone already (calls.ts); this is for values that
// stand where nobody expects them, such as in a message of IBKR's.

/** A hardware address, or what is as long as a session id in hex. */
const tells: readonly RegExp[] = [/\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b/gi, /\b[0-9a-f]{32,}\b/gi];

/** Shorter cookies, such as `1`, stand for anything. */
const minCookieLength = 6;

const masked = '<redacted>';

export function redact(text: string, cookieValues: readonly string[]): string {
  const clean = tells.reduce((rest, pattern) => rest.replace(pattern, masked), text);
  return cookieValues
    .filter((value) => value.length >= minCookieLength)
    .reduce((rest, value) => rest.replaceAll(value, masked), clean);
}
