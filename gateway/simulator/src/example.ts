// The answer to an operation that no handler plays: the contract's own example, else a value made from the response
// schema. The same operation always answers the same.

interface MediaType {
  example?: unknown;
  examples?: Record<string, { value?: unknown }>;
  schema?: Schema;
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  format?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  minimum?: number;
}

export interface Example {
  status: number;
  contentType: string | null;
  /** A JSON value when the content type is JSON, else text. */
  value: unknown;
}

type Document = Record<string, unknown>;

// Deep enough for every schema of the contract, and an end for those that contain themselves.
const deepest = 8;

const strings: Record<string, string> = {
  date: '2026-01-02',
  'date-time': '2026-01-02T15:04:05Z',
  uuid: '00000000-0000-4000-8000-000000000000',
  email: 'someone@example.com',
  uri: 'https://example.com/',
};

export function exampleAnswer(document: Document, operation: { path: string; method: string }): Example {
  const row = member(member(document, 'paths'), operation.path);
  const responses = member(member(row, operation.method.toLowerCase()), 'responses');
  const status = Object.keys(responses)
    .filter((code) => /^2\d\d$/.test(code))
    .sort()[0];
  if (status === undefined) return { status: 200, contentType: null, value: '' };
  const response = resolve(document, member(responses, status));
  const media = Object.entries(member(response, 'content')) as [string, MediaType][];
  const [type, content] = media.find(([name]) => name.includes('json')) ?? media[0] ?? [];
  if (type === undefined || content === undefined)
    return { status: Number(status), contentType: null, value: '' };
  const value = mediaExample(document, content);
  if (type.includes('json') || type === '*/*')
    return { status: Number(status), contentType: 'application/json', value };
  return {
    status: Number(status),
    contentType: type,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  };
}

function mediaExample(document: Document, content: MediaType): unknown {
  if (content.example !== undefined) return content.example;
  const [first] = Object.values(content.examples ?? {});
  if (first !== undefined) return resolve(document, first)['value'];
  return fromSchema(document, content.schema ?? {}, 0);
}

/** A value that the schema allows; the first of every choice. */
export function fromSchema(document: Document, given: Schema, depth: number): unknown {
  const schema = resolve(document, given as Record<string, unknown>) as Schema;
  if (schema.example !== undefined) return schema.example;
  const fixed = schema.const ?? schema.default ?? schema.examples?.[0] ?? schema.enum?.[0];
  if (fixed !== undefined) return fixed;
  if (schema.allOf !== undefined) {
    const parts = [
      ...schema.allOf.map((part) => fromSchema(document, part, depth)),
      ownProperties(document, schema, depth),
    ];
    return Object.assign({}, ...parts) as unknown;
  }
  const choice = schema.oneOf?.[0] ?? schema.anyOf?.[0];
  if (choice !== undefined) return fromSchema(document, choice, depth);
  return fromType(document, schema, depth);
}

function fromType(document: Document, schema: Schema, depth: number): unknown {
  const declared = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  const type = declared ?? (schema.properties === undefined ? undefined : 'object');
  switch (type) {
    case 'array':
      return schema.items === undefined || depth >= deepest
        ? []
        : [fromSchema(document, schema.items, depth + 1)];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'string':
      return strings[schema.format ?? ''] ?? 'string';
    case 'null':
      return null;
    default:
      return ownProperties(document, schema, depth);
  }
}

function ownProperties(document: Document, schema: Schema, depth: number): Record<string, unknown> {
  if (depth >= deepest) return {};
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, property]) => [
      name,
      fromSchema(document, property, depth + 1),
    ]),
  );
}

function resolve(document: Document, value: Record<string, unknown>): Record<string, unknown> {
  const reference = value['$ref'];
  if (typeof reference !== 'string') return value;
  const target = reference
    .slice('#/'.length)
    .split('/')
    .reduce((at, key) => member(at, key.replaceAll('~1', '/').replaceAll('~0', '~')), document);
  return resolve(document, target);
}

function member(value: Record<string, unknown>, key: string): Record<string, unknown> {
  const found = value[key];
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
}
