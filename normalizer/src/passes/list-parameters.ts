// Query parameters that take a comma-separated list but are declared as one value: `conids` as an integer, `fields` and
// `filters` as one member of an enum. `conids=265598,8314` fails validation until they are lists. The name decides:
// a plural of an id, or a plural with an enum. A conid may be written conid@EXCHANGE, so ids are text.

import { follow, join, object, walk } from '../document.ts';
import { sameJson, type Json, type JsonObject } from '../json.ts';
import type { Pass } from './pass.ts';

export const listParameters: Pass = {
  name: 'list-parameters',
  run(document, report) {
    for (const { node, at } of walk(document, 'parameter')) {
      const { name, in: where, schema } = node;
      if (where !== 'query' || typeof name !== 'string') continue;
      const governing = follow(document, schema);
      const items = governing && itemsOf(name, governing, object(node, 'schema') ?? {});
      if (!items) continue;
      const was: JsonObject = { ...node };
      const shown = listed(governing['examples']);
      node['style'] = 'form';
      node['explode'] = false;
      node['schema'] = { type: 'array', items, ...(shown && { examples: shown }) };
      if (node['example'] !== undefined) node['example'] = split(node['example']);
      for (const example of Object.values(object(node, 'examples') ?? {})) {
        const inline = follow(document, example);
        if (inline?.['value'] !== undefined && !Array.isArray(inline['value'])) inline['value'] = split(inline['value']);
      }
      if (!sameJson(was, node)) report(join(at), was, { ...node });
    }
  },
};

function itemsOf(name: string, governing: JsonObject, schema: JsonObject): JsonObject | undefined {
  const type = governing['type'];
  if (/ids$/i.test(name) && (type === 'integer' || type === 'number')) return { type: 'string' };
  if (!/s$/.test(name) || !Array.isArray(governing['enum']) || (type !== 'string' && type !== undefined)) return undefined;
  const { examples: _examples, example: _example, ...rest } = schema;
  return rest;
}

function listed(examples: Json | undefined): Json[] | undefined {
  return Array.isArray(examples) ? examples.map(split) : undefined;
}

function split(value: Json): Json {
  return Array.isArray(value) ? value : String(value).split(',');
}
