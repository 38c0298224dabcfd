// A path taken apart as a router behind us might: a segment that any number of decodings turns into `.` or `..` is
// refused rather than resolved, so no spelling of a path reaches more than it says. Java servers cut `;…` off a segment.

/** Decoded segments without the leading and a trailing slash, or null for a path that must not go on. */
export function segmentsOf(pathname: string): string[] | null {
  if (!pathname.startsWith('/') || pathname.includes('\\')) return null;
  const raw = pathname.slice(1).split('/');
  if (raw.at(-1) === '') raw.pop();
  const segments: string[] = [];
  for (const part of raw) {
    const decoded = decodeSegment(part);
    if (decoded === null) return null;
    segments.push(decoded);
  }
  return segments;
}

function decodeSegment(part: string): string | null {
  if (part === '') return null;
  if (!part.includes('%')) return isDotted(part) ? null : part;
  const decoded = decode(part);
  if (decoded === null) return null;
  // A control character or a dot segment, at any depth, ends it.
  let text = decoded;
  for (let rounds = 0; rounds < 3; rounds += 1) {
    if (hasControl(text) || isDotted(text)) return null;
    text = decode(text) ?? text;
  }
  return decoded;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

const isDotted = (text: string): boolean => text.split(/[\\/]/).some((part) => /^\.{1,2}(;|$)/.test(part));

/** Whether nobody between here and IBKR can read another path into this one. */
export function isPlain(pathname: string): boolean {
  return /^[A-Za-z0-9._~:@,+/-]*$/.test(pathname);
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
