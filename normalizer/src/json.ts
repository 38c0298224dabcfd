// JSON as values. A number keeps the way its author wrote it: `1.0` and `1` are one value to JavaScript, but in IBKR's
// examples the fraction is the only sign that a field documented as an integer really is a decimal.

export type Json = null | boolean | number | string | NumberText | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}
/** A number that JavaScript would write differently; `JSON.stringify` writes it back as it was. */
export interface NumberText {
  readonly rawJSON: string;
}

declare global {
  interface JSON {
    rawJSON(text: string): NumberText;
    isRawJSON(value: unknown): value is NumberText;
  }
}

export function parseJson(text: string): Json {
  return JSON.parse(text, (_key, value: Json, context?: { source?: string }) =>
    typeof value === 'number' && context?.source !== undefined ? number(context.source) : value,
  ) as Json;
}

/** A number from its text: plain when JavaScript writes it the same way, otherwise the text itself. */
export function number(text: string): number | NumberText {
  const value = Number(text);
  return String(value) === text ? value : JSON.rawJSON(text);
}

/** Two spaces, members in the document's order, one final newline. */
export function writeJson(value: Json): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

export function cloneJson<T extends Json>(value: T): T {
  return parseJson(JSON.stringify(value)) as T;
}

/** The value as other libraries expect it: number texts become numbers. */
export function plainJson(value: Json): unknown {
  return JSON.parse(JSON.stringify(value));
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

export function isNumber(value: Json | undefined): value is number | NumberText {
  return typeof value === 'number' || JSON.isRawJSON(value);
}

/** True for 12.5 and for 1.0: whoever wrote a fraction meant a decimal. */
export function isFractional(value: Json | undefined): boolean {
  return (
    isNumber(value) && (typeof value === 'number' ? !Number.isInteger(value) : /[.eE]/.test(value.rawJSON))
  );
}

/** The value if it is text; empty otherwise. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function sameJson(one: Json | undefined, other: Json | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Puts a member under another name in the same place. */
export function renameMember(object: JsonObject, from: string, to: string): void {
  const members = Object.entries(object);
  for (const [key] of members) Reflect.deleteProperty(object, key);
  for (const [key, value] of members) object[key === from ? to : key] = value;
}
