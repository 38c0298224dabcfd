// Arrays that do not say what they hold. Where the members of the items stand on the array itself they move into the
// items; otherwise the items are anything, said aloud, because generators need the member.

import { walk } from '../document.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Pass } from './pass.ts';

const OF_OBJECTS = ['required', 'properties', 'additionalProperties', 'minProperties', 'maxProperties'];

export const arrayItems: Pass = {
  name: 'array-items',
  run(document, report) {
    for (const { node, at } of walk(document, 'schema')) {
      if (![node['type']].flat().includes('array') || 'items' in node || 'prefixItems' in node) continue;
      const misplaced = Object.entries(node).filter(([name]) => OF_OBJECTS.includes(name));
      const was: JsonObject = Object.fromEntries(misplaced);
      for (const [name] of misplaced) Reflect.deleteProperty(node, name);
      const items: Json = 'properties' in was ? { type: 'object', ...was } : was;
      node['items'] = items;
      report(at, was, { items });
    }
  },
};
