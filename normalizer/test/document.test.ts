import { expect, test } from '@jest/globals';
import { walk, type Kind } from '../src/document.ts';
import type { JsonObject } from '../src/json.ts';
import { valueAt } from '../src/pointer.ts';

const leaf = { type: 'string' };

/** Names of structure used as data everywhere data may stand. */
const disguised = {
  type: 'object',
  properties: {
    content: { type: 'object', properties: { schema: leaf } },
    in: leaf,
    parameters: { type: 'array', items: leaf },
    'x-y': leaf,
    $ref: leaf,
  },
  examples: [{ properties: { no: {} }, schema: {}, content: { 'application/json': {} } }],
  default: { properties: { no: {} } },
  enum: [{ items: {} }],
};

const document: JsonObject = {
  'x-paths': { '/no': { get: {} } },
  paths: {
    'x-note': { get: {} },
    '/a': {
      parameters: [{ name: 'p', schema: leaf }],
      get: {
        parameters: [
          { name: 'q', content: { 'application/json': { schema: leaf, example: { schema: {} } } } },
        ],
        requestBody: { content: { 'text/plain': { schema: disguised } } },
        responses: {
          200: {
            headers: { h: { schema: leaf } },
            content: { 'a/b': { examples: { e: { value: { schema: {} } } } } },
          },
          'x-note': { content: {} },
        },
        callbacks: { c: { '{$url}': { post: {} } } },
      },
    },
  },
  components: {
    schemas: {
      A: {
        allOf: [leaf],
        oneOf: [leaf],
        anyOf: [leaf],
        not: leaf,
        items: { $ref: '#/components/schemas/A' },
        additionalProperties: false,
        patternProperties: { x: leaf },
        $defs: { d: leaf },
      },
    },
    responses: { R: {} },
    parameters: { P: {} },
    requestBodies: { B: {} },
    headers: { H: {} },
    examples: { E: {} },
    pathItems: { I: { put: {} } },
  },
};

test.each<[Kind, string[]]>([
  ['pathItem', ['/paths/~1a', '/components/pathItems/I']],
  ['operation', ['/paths/~1a/get', '/components/pathItems/I/put']],
  ['parameter', ['/paths/~1a/parameters/0', '/paths/~1a/get/parameters/0', '/components/parameters/P']],
  ['requestBody', ['/paths/~1a/get/requestBody', '/components/requestBodies/B']],
  ['response', ['/paths/~1a/get/responses/200', '/components/responses/R']],
  ['header', ['/paths/~1a/get/responses/200/headers/h', '/components/headers/H']],
  ['example', ['/paths/~1a/get/responses/200/content/a~1b/examples/e', '/components/examples/E']],
  [
    'mediaType',
    [
      '/paths/~1a/get/parameters/0/content/application~1json',
      '/paths/~1a/get/requestBody/content/text~1plain',
      '/paths/~1a/get/responses/200/content/a~1b',
    ],
  ],
])('every %s by its position', (kind, want) => {
  expect([...walk(document, kind)].map(({ at }) => at)).toEqual(want);
});

test('every schema by its position, and no data that looks like one', () => {
  const body = '/paths/~1a/get/requestBody/content/text~1plain/schema';
  expect([...walk(document, 'schema')].map(({ at }) => at)).toEqual([
    '/paths/~1a/parameters/0/schema',
    '/paths/~1a/get/parameters/0/content/application~1json/schema',
    body,
    `${body}/properties/content`,
    `${body}/properties/content/properties/schema`,
    `${body}/properties/in`,
    `${body}/properties/parameters`,
    `${body}/properties/parameters/items`,
    `${body}/properties/x-y`,
    `${body}/properties/$ref`,
    '/paths/~1a/get/responses/200/headers/h/schema',
    '/components/schemas/A',
    ...['patternProperties/x', '$defs/d', 'allOf/0', 'oneOf/0', 'anyOf/0', 'items', 'not'].map(
      (below) => `/components/schemas/A/${below}`,
    ),
  ]);
});

test('pointers lead to the nodes they name', () => {
  for (const { node, at } of walk(document, 'schema', 'operation', 'parameter', 'mediaType')) {
    expect(valueAt(document, at)).toBe(node);
  }
});

test('what a caller puts into a node is walked too', () => {
  const changing: JsonObject = { components: { schemas: { A: { type: 'array' } } } };
  const seen = [...walkAdding(changing)];
  expect(seen).toEqual(['/components/schemas/A', '/components/schemas/A/items']);
});

function* walkAdding(changing: JsonObject): Generator<string> {
  for (const { node, at } of walk(changing, 'schema')) {
    if (node['type'] === 'array') node['items'] = {};
    yield at;
  }
}
