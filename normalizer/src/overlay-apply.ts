// Writes the overlay into IBKR's document, before the passes: our summaries, our corrections, and the operations that the
// document leaves out. Corrections are JSON merge patches (RFC 7396): null removes, lists are replaced whole.

import { list, object } from './document.ts';
import { cloneJson, isObject, type Json, type JsonObject } from './json.ts';
import { placeholders } from './operation.ts';
import type { OperationFacts, Overlay } from './overlay.ts';
import { follow, valueAt } from './pointer.ts';

/** Entries that fit nothing change nothing; a rule names them. */
export function applyOverlay(document: JsonObject, overlay: Overlay): void {
  for (const [name, patch] of overlay.schemas) {
    const schemas = valueAt(document, '/components/schemas');
    if (isObject(schemas) && isObject(schemas[name])) schemas[name] = merge(schemas[name], patch);
  }
  for (const [key, facts] of overlay.operations) {
    const operation = find(document, key, facts);
    if (operation === undefined) continue;
    if (facts.summary !== undefined) operation['summary'] = facts.summary;
    for (const [name, patch] of Object.entries(facts.parameters))
      patchParameter(document, operation, name, patch);
    if (facts.body !== undefined) patchBody(document, operation, facts.body);
    if (facts.answer !== undefined) patchAnswer(operation, facts.answer);
  }
}

function find(document: JsonObject, key: string, facts: OperationFacts): JsonObject | undefined {
  const [method = '', path = ''] = key.split(' ');
  const paths = object(document, 'paths') ?? (document['paths'] = {});
  if (facts.id === undefined) {
    const item = object(paths, path);
    return item && object(item, method.toLowerCase());
  }
  const item = object(paths, path) ?? (paths[path] = {});
  return (
    object(item, method.toLowerCase()) ??
    (item[method.toLowerCase()] = {
      operationId: facts.id,
      'x-bezant-origin': 'overlay',
      tags: [facts.tag],
      parameters: placeholders(path).map((name) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
      responses: { 200: { description: 'The answer' } },
    })
  );
}

function patchParameter(document: JsonObject, operation: JsonObject, name: string, patch: JsonObject): void {
  const parameters = list(operation, 'parameters');
  const index = parameters.findIndex((parameter) => follow(document, parameter)?.['name'] === name);
  const known = index < 0 ? { name } : cloneJson(follow(document, parameters[index]) ?? { name });
  parameters[index < 0 ? parameters.length : index] = merge(known, patch);
  operation['parameters'] = parameters;
}

function patchBody(
  document: JsonObject,
  operation: JsonObject,
  body: NonNullable<OperationFacts['body']>,
): void {
  const known = follow(document, operation['requestBody']);
  const { required = known?.['required'] ?? false, schema = {} } = body;
  const before = isObject(known?.['content']) ? known['content'] : { 'application/json': {} };
  const content: JsonObject = {};
  for (const [type, media] of Object.entries(before))
    content[type] = /json/.test(type) ? merge(media, { schema }) : media;
  operation['requestBody'] = { ...known, content, required };
}

function patchAnswer(operation: JsonObject, schema: JsonObject): void {
  const responses = object(operation, 'responses') ?? {};
  operation['responses'] = merge(responses, { 200: { content: { 'application/json': { schema } } } });
}

/** RFC 7396 */
export function merge(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(merged, key);
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}
