// The values of an enum must be of its type: IBKR lists "true" for booleans and "0" for numbers. Values that cannot be
// read as the type go, and an enum that is left empty goes whole, because it would refuse everything.

import { walk } from '../document.ts';
import { isNumber, plainJson, sameJson, type Json } from '../json.ts';
import { join } from '../pointer.ts';
import type { Pass } from './pass.ts';

type Coerce = (value: Json) => Json | undefined;

const integer: Coerce = (value) => {
  const found = decimal(value);
  return Number.isInteger(found) ? found : undefined;
};
const decimal: Coerce = (value) => {
  if (isNumber(value)) return plainJson(value) as number;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
};
const boolean: Coerce = (value) =>
  typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : undefined;
const string: Coerce = (value) =>
  typeof value === 'string'
    ? value
    : isNumber(value) || typeof value === 'boolean'
      ? JSON.stringify(value)
      : undefined;

const COERCE: Readonly<Record<string, Coerce>> = { integer, number: decimal, boolean, string };

export const enumValues: Pass = {
  name: 'enum-values',
  run(document, report) {
    for (const { node, at } of walk(document, 'schema')) {
      const was = node['enum'];
      if (!Array.isArray(was)) continue;
      const types = [node['type'] ?? []].flat();
      const [type, ...others] = types.filter((name) => name !== 'null');
      const coerce = typeof type === 'string' && others.length === 0 ? COERCE[type] : undefined;
      const nullable = types.length === 0 || types.includes('null');
      const is = unique(
        was
          .flatMap((value) =>
            value === null ? (nullable ? [null] : []) : coerce ? [coerce(value)] : [value],
          )
          .filter((value) => value !== undefined),
      );
      if (
        type === 'number' &&
        is.length > 0 &&
        is.every((value) => value === null || Number.isInteger(value))
      ) {
        const whole = node['type'] === 'number' ? 'integer' : ['integer', 'null'];
        report(join(at, 'type'), node['type'], whole);
        node['type'] = whole;
      }
      if (sameJson(was, is) && is.length > 0) continue;
      if (is.length === 0) delete node['enum'];
      else node['enum'] = is;
      report(join(at, 'enum'), was, is.length === 0 ? undefined : is);
    }
  },
};

function unique(values: Json[]): Json[] {
  return values.filter((value, index) => values.findIndex((other) => sameJson(value, other)) === index);
}
