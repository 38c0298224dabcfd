// IBKR's examples of bodies are what the server really sends, down to null where the schema says text, numbers where it
// says text and the reverse, and enum values that are not listed. The schema at that very place learns them: a type or an
// enum is only ever widened. Objects against arrays are left alone; there the example may be the mistaken one.

import { examples, pieces, typesOf } from '../examples.ts';
import { isObject, sameJson, type Json, type JsonObject } from '../json.ts';
import type { Pass } from './pass.ts';

export const exampleTypes: Pass = {
  name: 'example-types',
  run(document, report) {
    for (const example of examples(document)) {
      if (example.of !== 'mediaType') continue;
      for (const { value, schema, schemaAt } of pieces(document, example)) {
        const was = stated(schema);
        learn(schema, value);
        const is = stated(schema);
        if (!sameJson(was, is)) report(schemaAt, was, is);
      }
    }
  },
};

function learn(schema: JsonObject, value: Json): void {
  if (Array.isArray(value) || isObject(value)) return;
  const { type, enum: listed } = schema;
  const types = [type ?? []].flat();
  const own = typesOf(value);
  if (types.length > 0 && !own.some((name) => types.includes(name))) {
    // the widest of its types: one whole number is no proof that there are no others
    schema['type'] = [...types, own.at(-1) ?? 'null'];
  }
  if (Array.isArray(listed) && !listed.some((one) => sameJson(one, value)))
    schema['enum'] = [...listed, value];
}

function stated({ type, enum: listed }: JsonObject): JsonObject {
  return { ...(type !== undefined && { type }), ...(listed !== undefined && { enum: listed }) };
}
