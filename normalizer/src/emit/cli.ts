// The command line's table: every operation with what it takes, so that `bezant call` can help and check without the
// document. Bodies are told by their members, as deep as a person reads.

import { object } from '../document.ts';
import { isObject, textOf, type Json, type JsonObject } from '../json.ts';
import { operations, parametersOf, keyOf } from '../operation.ts';
import { follow } from '../pointer.ts';
import type { Emitter } from './emitter.ts';
import { operationRows, type OperationRow } from './operations.ts';

interface Member {
  /** `conid`, `orders[].side` */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly values?: readonly Json[];
}

interface Parameter extends Member {
  readonly in: string;
  readonly default?: Json;
}

const deepest = 3;

export const emitCli: Emitter = ({ document, overlay }) => {
  const nodes = new Map(operations(document).map((operation) => [keyOf(operation), operation]));
  const lines = operationRows(document, overlay).map((row) => {
    const operation = nodes.get(`${row.method} ${row.path}`);
    const parameters = operation === undefined ? [] : parametersOf(document, operation);
    const { id, method, path, tag, summary, safety, servedBy } = row;
    return JSON.stringify({
      id,
      method,
      path,
      area: tag.replace(/^Trading /, ''),
      summary,
      safety,
      servedBy,
      parameters: parameters.map(({ node }) => parameter(document, node)),
      body: body(document, row, follow(document, operation?.node['requestBody'])),
    });
  });
  return { 'operations.json': `[\n${lines.join(',\n')}\n]\n` };
};

function parameter(document: JsonObject, node: JsonObject): Parameter {
  const schema = follow(document, node['schema']) ?? {};
  return {
    name: textOf(node['name']),
    in: textOf(node['in']),
    required: node['required'] === true,
    type: typeOf(document, schema),
    ...valuesOf(document, schema),
    ...(schema['default'] !== undefined && { default: schema['default'] }),
  };
}

function body(document: JsonObject, row: OperationRow, requestBody: JsonObject | undefined) {
  const mediaType = row.body?.mediaTypes[0];
  if (row.body === null || mediaType === undefined) return null;
  const media = follow(document, object(requestBody ?? {}, 'content')?.[mediaType]);
  return {
    mediaType,
    required: row.body.required,
    members: membersOf(document, media?.['schema'], '', 1, true),
  };
}

function membersOf(
  document: JsonObject,
  given: Json | undefined,
  prefix: string,
  depth: number,
  isWanted: boolean,
): Member[] {
  const schema = follow(document, given);
  if (schema === undefined || depth > deepest) return [];
  // Of alternatives any may be meant, so none of their members must be there
  const parts = [
    ...choices(schema, 'allOf').map((part) => ({ part, isSure: isWanted })),
    ...[...choices(schema, 'oneOf'), ...choices(schema, 'anyOf')].map((part) => ({ part, isSure: false })),
  ].flatMap(({ part, isSure }) => membersOf(document, part, prefix, depth, isSure));
  if (schema['items'] !== undefined) {
    parts.push(...membersOf(document, schema['items'], `${prefix}[]`, depth, isWanted));
  }
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  for (const [key, value] of Object.entries(object(schema, 'properties') ?? {})) {
    const inner = follow(document, value) ?? {};
    const name = prefix === '' ? key : `${prefix}.${key}`;
    parts.push(
      {
        name,
        type: typeOf(document, inner),
        required: isWanted && required.includes(key),
        ...valuesOf(document, inner),
      },
      ...membersOf(document, inner, name, depth + 1, isWanted),
    );
  }
  return [...new Map(parts.map((member) => [member.name, member])).values()];
}

function choices(schema: JsonObject, name: 'allOf' | 'oneOf' | 'anyOf'): readonly Json[] {
  const list = schema[name];
  return Array.isArray(list) ? list : [];
}

function typeOf(document: JsonObject, schema: JsonObject): string {
  const type = schema['type'];
  const named = Array.isArray(type)
    ? type
        .map(textOf)
        .filter((each) => each !== 'null')
        .join(' or ')
    : type;
  if (named === 'array') {
    const items = follow(document, schema['items']);
    return items === undefined ? 'list' : `list of ${typeOf(document, items)}`;
  }
  return typeof named === 'string' && named !== '' ? named : 'any';
}

function valuesOf(document: JsonObject, schema: JsonObject): { values?: readonly Json[] } {
  const own = schema['enum'] ?? follow(document, schema['items'])?.['enum'];
  return Array.isArray(own) && own.length > 0 && !own.some(isObject) ? { values: own } : {};
}
