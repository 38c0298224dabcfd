// Query parameters that take a comma-separated list but are declared as one value: `conids` as an integer, `fields` and
// `filters` as one member of an enum. `conids=265598,8314` fails validation until they are lists. Told by their names, or
// by an example with a comma. A conid may be written conid@EXCHANGE, so ids are text.

import { list, object, walk } from '../document.ts';
import { textOf, type Json, type JsonObject } from '../json.ts';
import { follow } from '../pointer.ts';
import type { Pass } from './pass.ts';

export const listParameters: Pass = {
  name: 'list-parameters',
  run(document, report) {
    for (const { node, at } of walk(document, 'parameter')) {
      const governing = node['in'] === 'query' ? follow(document, node['schema']) : undefined;
      const items = governing && itemsOf(node, governing);
      if (!items) continue;
      const was: JsonObject = { ...node };
      const shown = listed(governing['examples']);
      node['style'] = 'form';
      node['explode'] = false;
      node['schema'] = { type: 'array', items, ...(shown && { examples: shown }) };
      if (node['example'] !== undefined) node['example'] = split(node['example']);
      for (const example of Object.values(object(node, 'examples') ?? {})) {
        const inline = follow(document, example);
        if (inline?.['value'] !== undefined && !Array.isArray(inline['value']))
          inline['value'] = split(inline['value']);
      }
      report(at, was, node);
    }
  },
};

const LIST_NAME = /(ids|fields|filters)$/i;

/** What the list holds; undefined when it is no list, or already one. */
function itemsOf(parameter: JsonObject, governing: JsonObject): JsonObject | undefined {
  const { type, enum: values } = governing;
  const isNumeric = type === 'integer' || type === 'number';
  const isChoice = Array.isArray(values) && (type === 'string' || type === undefined);
  if (!isNumeric && !isChoice) return undefined;
  const shown = [...list(governing, 'examples'), parameter['example']];
  const isList =
    LIST_NAME.test(textOf(parameter['name'])) ||
    shown.some((one) => typeof one === 'string' && one.includes(','));
  if (!isList) return undefined;
  if (isNumeric) return { type: 'string' };
  const choice = { ...object(parameter, 'schema') };
  delete choice['examples'];
  return choice;
}

function listed(examples: Json | undefined): Json[] | undefined {
  return Array.isArray(examples) ? examples.map(split) : undefined;
}

function split(value: Json): Json {
  return Array.isArray(value)
    ? value
    : (typeof value === 'string' ? value : JSON.stringify(value)).split(',');
}
