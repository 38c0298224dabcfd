// Fields documented as integers whose own examples have a fraction (215100.2, but also 0.0) are decimals: balances,
// prices, increments. Only the schema at that very place is widened.

import { examples, pieces } from '../examples.ts';
import { isFractional, type JsonObject } from '../json.ts';
import type { Pass } from './pass.ts';

export const decimalIntegers: Pass = {
  name: 'decimal-integers',
  run(document, report) {
    for (const example of examples(document)) {
      for (const { value, schema, schemaAt } of pieces(document, example)) {
        const types = [schema['type'] ?? []].flat();
        if (!isFractional(value) || !types.includes('integer')) continue;
        const { type: was, format } = schema;
        const is = Array.isArray(was)
          ? types.map((name) => (name === 'integer' ? 'number' : name))
          : 'number';
        schema['type'] = is;
        const integral = typeof format === 'string' && /^u?int\d+$/.test(format);
        if (integral) delete schema['format'];
        report(schemaAt, described(was, integral ? format : undefined), described(is, undefined));
      }
    }
  },
};

function described(type: JsonObject[string] | undefined, format: string | undefined): JsonObject {
  return { ...(type !== undefined && { type }), ...(format !== undefined && { format }) };
}
