// A short path in OpenAPI: described by the operation of IBKR's behind it.

import type { FriendlyRoute, Operation, ParameterSource } from './contract.ts';

export type Json = Readonly<Record<string, unknown>>;
export type Components = Readonly<Record<string, Json>>;

export interface DocumentedOperation {
  operationId: string;
  parameters?: readonly Json[];
  requestBody?: Json;
  responses: Readonly<Record<string, Json>>;
}

export const namesIn = (path: string): string[] =>
  [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? '');

/** What request/friendly-routes.ts makes of a request, as a description. */
export function describeShortPath(
  row: Operation,
  route: FriendlyRoute,
  operation: DocumentedOperation,
  components: Components,
): Json & { responses: Json } {
  const inPath = new Set(namesIn(route.path));
  const schemas = new Map(
    (operation.parameters ?? []).map((parameter) => {
      const { name, schema } = resolve(parameter, components) as { name: string; schema?: Json };
      return [name, schema];
    }),
  );
  const parameters = row.parameters
    .filter((parameter) => parameter.in !== 'header')
    .map((parameter) => {
      const source: ParameterSource = route.params[parameter.name] ?? {};
      const pathName = source.path ?? parameter.name;
      const schema = schemas.get(parameter.name) ?? {};
      if (inPath.has(pathName)) return { name: pathName, in: 'path', required: true, schema };
      return {
        name: source.query ?? parameter.name,
        in: 'query',
        required: source.default === undefined && (source.required ?? parameter.required),
        schema: source.default === undefined ? schema : { ...schema, default: typed(source.default, schema) },
      };
    });
  const fromBody = Object.values(route.body ?? {}).map((source) => ({
    name: source.query,
    in: 'query',
    required: source.required ?? false,
    schema: { type: source.type, ...(source.default === undefined ? {} : { default: source.default }) },
  }));
  return {
    summary: row.summary,
    'x-bezant-operation': row.id,
    'x-bezant-safety': row.safety,
    parameters: [...parameters, ...fromBody],
    ...(route.body !== undefined || operation.requestBody === undefined
      ? {}
      : { requestBody: withoutExamples(operation.requestBody) }),
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, response]) => [status, withoutExamples(response)]),
    ),
  };
}

/** The table holds defaults as they stand in a query. */
function typed(text: string, schema: Json): unknown {
  const isNumber = schema['type'] === 'integer' || schema['type'] === 'number';
  return isNumber && text !== '' ? Number(text) : text;
}

/** The examples stand at IBKR's own path already, and are most of the document. */
function withoutExamples(node: Json): Json {
  const content = node['content'] as Readonly<Record<string, { schema?: unknown }>> | undefined;
  if (content === undefined) return node;
  const bare = Object.entries(content).map(([type, { schema }]) => [
    type,
    schema === undefined ? {} : { schema },
  ]);
  return { ...node, content: Object.fromEntries(bare) as Json };
}

function resolve(node: Json, components: Components): unknown {
  const [kind = '', name = ''] = (node['$ref'] as string | undefined)?.split('/').slice(2) ?? [];
  return kind === '' ? node : components[kind]?.[name];
}
