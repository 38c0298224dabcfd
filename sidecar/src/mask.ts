// What must not get into a log: addresses of the Gateway and of IBKR, cookies, keys, tokens, account numbers. Errors of
// libraries and answers of IBKR carry them inside their texts.

const named = String.raw`[\w.-]*(?:session|sess-|token|secret|password|cookie|api|key|xyzab|sso)[\w.-]*`;

const masks: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`<>]+/gi, '<url>'],
  [/\b(set-cookie|cookie|authorization|x-api-key)["']?\s*[:=].*/gi, '$1: <masked>'],
  [new RegExp(String.raw`"(${named})"\s*:\s*(?:"[^"]*"|[^\s,}\]]+)`, 'gi'), '"$1":"<masked>"'],
  [new RegExp(String.raw`\b(${named})=(?:"[^"]*"|[^\s,;&"')]+)`, 'gi'), '$1=<masked>'],
  [/\b(bearer|basic)\s+[^\s,;]+/gi, '$1 <masked>'],
  [/\b[0-9a-f]{16,}\b/gi, '<token>'],
  // What base64url and UUIDs look like: long, letters and digits mixed.
  [/\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{24,}/gi, '<token>'],
  // Account numbers: live ones start with U or F, paper ones with DU or DF.
  [/\bD?[UF]\d{5,9}\b/g, '<account>'],
];

export function mask(text: string): string {
  return masks.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}

export interface DescribedError {
  name: string;
  code?: string;
  message: string;
  /** Where it was thrown, when it is nothing that the network or the system brings about. */
  at?: string[];
  cause?: DescribedError;
}

const maxMessageLength = 500;

/** What may be logged of whatever was thrown. */
export function describeError(thrown: unknown, depth = 3): DescribedError {
  if (typeof thrown !== 'object' || thrown === null)
    return { name: typeof thrown, message: shorten(String(thrown)) };
  const { name, code, message, stack, cause, errors } = thrown as Record<string, unknown>;
  const inner = cause ?? (Array.isArray(errors) ? (errors[0] as unknown) : undefined);
  return {
    name: typeof name === 'string' ? name : 'Error',
    ...(typeof code === 'string' ? { code } : {}),
    message: shorten(typeof message === 'string' ? message : ''),
    ...(typeof code !== 'string' && typeof stack === 'string' ? { at: frames(stack) } : {}),
    ...(inner === undefined || depth === 0 ? {} : { cause: describeError(inner, depth - 1) }),
  };
}

const shorten = (text: string): string => mask(text.slice(0, maxMessageLength));

/** The innermost calls, without the folders that the files lie in. */
function frames(stack: string): string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 5)
    .map((line) => mask(line.trim().replace(/(?:file:\/\/)?[^\s(]*\//, '')));
}
