// Values of IBKR's answers as a model gets them. The same member is a number here and a text there, with thousands
// separators, units and marks; what is missing or cannot be read is left out.

export type Json = Readonly<Record<string, unknown>>;

export const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const records = (value: unknown): Json[] => (Array.isArray(value) ? value.map(record) : []);

/** As it stands in a path or a query. */
export function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

const units: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 };

/** `1,300`, `24.2M`, `0.54%`, and `C189.30`: a letter before a price says where it comes from. */
export function number(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const [, digits = '', unit = ''] = /^[A-Z]?\s*([+-]?[\d,]*\.?\d+)\s*([KMBT%]?)$/i.exec(value.trim()) ?? [];
  if (digits === '') return undefined;
  return Number(digits.replaceAll(',', '')) * (units[unit.toUpperCase()] ?? 1);
}

/** An id; a text of digits is one too. */
export function whole(value: unknown): number | undefined {
  const found = number(value);
  return Number.isSafeInteger(found) ? found : undefined;
}

export const flag = (value: unknown): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  return value === 1 || value === '1' ? true : value === 0 || value === '0' ? false : undefined;
};

/** Milliseconds since the epoch, as ISO 8601. */
export function time(value: unknown): string | undefined {
  const ms = number(value);
  return ms === undefined || ms <= 0 ? undefined : new Date(ms).toISOString();
}

/** IBKR's messages to people are partly HTML. */
export const plain = (value: unknown): string | undefined =>
  text(value)
    ?.replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

export const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((item) => plain(item) ?? []);

/** Without the members that are unknown. */
export const known = (members: Json): Json =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
