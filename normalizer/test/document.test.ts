import { expect, test } from '@jest/globals';
import { follow, join, locate, operations, valueAt, walk, type Kind } from '../src/document.ts';
import type { JsonObject } from '../src/json.ts';

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

test('operations in order, extensions left out', () => {
  expect(operations(document).map(({ method, path, at }) => [method, path, at])).toEqual([
    ['get', '/a', '/paths/~1a/get'],
  ]);
});

test.each<[string, string | undefined]>([
  ['#/components/schemas/A', '/components/schemas/A'],
  ['#/components/schemas/Chain', '/components/schemas/A'],
  ['#/components/schemas/with~1slash%20and%20space', '/components/schemas/with~1slash and space'],
  ['#/components/schemas/Nowhere', undefined],
  ['#/components/schemas/Round', undefined],
  ['#/components/schemas/toString', undefined],
  ['other.yaml#/A', undefined],
])('%s leads to %s', (ref, at) => {
  const schemas = {
    A: leaf,
    Chain: { $ref: '#/components/schemas/Link' },
    Link: { $ref: '#/components/schemas/A' },
    Round: { $ref: '#/components/schemas/Trip' },
    Trip: { $ref: '#/components/schemas/Round' },
    'with/slash and space': {},
  };
  const linked: JsonObject = { components: { schemas } };
  expect(locate(linked, { $ref: ref }, '/here')?.at).toBe(at);
  expect(follow(linked, { $ref: ref })).toBe(at === undefined ? undefined : valueAt(linked, at));
});

test('keys are escaped in pointers', () => {
  expect(join('/paths', '/a~b/{c}', 0)).toBe('/paths/~1a~0b~1{c}/0');
});
