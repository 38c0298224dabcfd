// Checks JSON that people write (scenarios, control calls) and says every fault with its place, all at once.

/** The faults found, each "where: what is wrong"; none when the value is fine. */
export type Check = (value: unknown, where: string) => string[];

interface Optional {
  optional: Check;
}

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ofType =
  (type: string): Check =>
  (value, where) =>
    typeof value === type ? [] : [`${where} must be a ${type}, it is ${kindOf(value)}`];

export const string = ofType('string');
export const boolean = ofType('boolean');
export const number: Check = (value, where) =>
  typeof value === 'number' && value >= 0 ? [] : [`${where} must be a number from 0, it is ${show(value)}`];
export const anything: Check = () => [];

export const oneOf =
  (words: readonly string[]): Check =>
  (value, where) =>
    typeof value === 'string' && words.includes(value)
      ? []
      : [`${where} must be one of ${words.join(', ')}, it is ${show(value)}`];

export const list =
  (item: Check): Check =>
  (value, where) =>
    Array.isArray(value)
      ? value.flatMap((entry, index) => item(entry, `${where}[${index}]`))
      : [`${where} must be a list, it is ${kindOf(value)}`];

export const record =
  (item: Check): Check =>
  (value, where) =>
    isRecord(value)
      ? Object.entries(value).flatMap(([key, entry]) => item(entry, `${where}.${key}`))
      : [`${where} must be an object, it is ${kindOf(value)}`];

export const optional = (check: Check): Optional => ({ optional: check });

/** null is as good as the other. */
export const nullable =
  (check: Check): Check =>
  (value, where) =>
    value === null ? [] : check(value, where);

export const object =
  (members: Record<string, Check | Optional>): Check =>
  (value, where) => {
    if (!isRecord(value)) return [`${where} must be an object, it is ${kindOf(value)}`];
    const known = Object.entries(members).flatMap(([key, member]) => {
      const at = where === '' ? key : `${where}.${key}`;
      if (typeof member === 'function') return member(value[key], at);
      return value[key] === undefined ? [] : member.optional(value[key], at);
    });
    const unknown = Object.keys(value)
      .filter((key) => !(key in members))
      .map(
        (key) =>
          `${where === '' ? key : `${where}.${key}`} is not known here (known: ${Object.keys(members).join(', ')})`,
      );
    return [...known, ...unknown];
  };

function show(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value) : kindOf(value);
}
