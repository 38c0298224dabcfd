// `example` holding what belongs into `examples` ({success: {value: …}}) claims that the answer has a member `success`.
// And a media type or parameter may carry one of the two, not both.

import { object, walk } from '../document.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { follow, join } from '../pointer.ts';
import type { Pass } from './pass.ts';

const OF_EXAMPLES = new Set(['value', 'summary', 'description', 'externalValue']);

export const wrappedExamples: Pass = {
  name: 'wrapped-examples',
  run(document, report) {
    for (const { node, at } of walk(document, 'mediaType', 'parameter', 'header')) {
      const was = node['example'];
      if (was === undefined) continue;
      const others = object(node, 'examples');
      const wrapped = isWrapped(was, follow(document, node['schema']));
      if (!wrapped && !others) continue;
      const named = wrapped ? (was as JsonObject) : { example: { value: was } };
      delete node['example'];
      node['examples'] = { ...named, ...others };
      report(join(at, 'example'), was, undefined);
    }
  },
};

function isWrapped(example: Json, schema: JsonObject | undefined): boolean {
  if (!isObject(example)) return false;
  const declared = object(schema ?? {}, 'properties') ?? {};
  const entries = Object.entries(example);
  return (
    entries.length > 0 &&
    entries.every(
      ([name, value]) =>
        !Object.hasOwn(declared, name) &&
        isObject(value) &&
        'value' in value &&
        Object.keys(value).every((member) => OF_EXAMPLES.has(member)),
    )
  );
}
