// Closing codes as one side hands them on to the other. RFC 6455 §7.4: some stand for what was never sent.

export const goingAway = 1001;
export const tryAgainLater = 1013;

/** Whether a code may be put into a close frame. */
export function maySend(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
}

/** A close frame holds 125 bytes, two of them the code. */
export function cutReason(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= 123) return reason;
  return bytes
    .subarray(0, 123)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}
