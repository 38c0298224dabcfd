import { expect, test } from '@jest/globals';
import { examples, pieces, typesOf } from '../src/examples.ts';
import { parseJson, type Json, type JsonObject } from '../src/json.ts';

function governedBy(schema: JsonObject, example: Json, schemas: JsonObject = {}): [string, string][] {
  const document: JsonObject = {
    paths: { '/a': { get: { responses: { 200: { content: { j: { schema, example } } } } } } },
    components: { schemas },
  };
  const media = '/paths/~1a/get/responses/200/content/j';
  return examples(document)
    .flatMap((whole) => [...pieces(document, whole)])
    .map(({ at, schemaAt }) => [at.replace(`${media}/example`, ''), schemaAt.replace(media, '')]);
}

const text = { type: 'string' };

test.each<[string, JsonObject, Json, [string, string][]]>([
  [
    'a member',
    { properties: { a: text } },
    { a: 'x', b: 1 },
    [
      ['', '/schema'],
      ['/a', '/schema/properties/a'],
    ],
  ],
  [
    'items',
    { items: text },
    ['x', 'y'],
    [
      ['', '/schema'],
      ['/1', '/schema/items'],
      ['/0', '/schema/items'],
    ],
  ],
  [
    'any other member',
    { properties: { a: text }, additionalProperties: text },
    { z: 'x' },
    [
      ['', '/schema'],
      ['/z', '/schema/additionalProperties'],
    ],
  ],
  [
    'members named like those every object has',
    { properties: { a: text } },
    { toString: 'x' },
    [['', '/schema']],
  ],
  [
    'all of allOf',
    { allOf: [text, {}] },
    'x',
    [
      ['', '/schema'],
      ['', '/schema/allOf/1'],
      ['', '/schema/allOf/0'],
    ],
  ],
  [
    'the choice of its type',
    { oneOf: [{ type: 'number' }, text] },
    'x',
    [
      ['', '/schema'],
      ['', '/schema/oneOf/1'],
    ],
  ],
  [
    'the choice that knows most of it',
    { anyOf: [{ properties: { a: {} } }, { properties: { a: {}, b: {} } }] },
    { a: 1, b: 2 },
    [
      ['', '/schema'],
      ['', '/schema/anyOf/1'],
      ['/b', '/schema/anyOf/1/properties/b'],
      ['/a', '/schema/anyOf/1/properties/a'],
    ],
  ],
  ['no choice when none has its type', { oneOf: [{ type: 'number' }] }, 'x', [['', '/schema']]],
])('%s', (_name, schema, example, want) => {
  expect(governedBy(schema, example)).toEqual(want);
});

test('a schema that contains itself ends with the example', () => {
  const schemas = {
    N: {
      anyOf: [{ $ref: '#/components/schemas/N' }],
      properties: { next: { $ref: '#/components/schemas/N' } },
    },
  };
  expect(
    governedBy({ $ref: '#/components/schemas/N' }, { next: { next: {} } }, schemas).map(([at]) => at),
  ).toEqual(['', '/next', '/next/next']);
});

test.each([
  ['null', ['null']],
  ['[]', ['array']],
  ['{}', ['object']],
  ['1', ['integer', 'number']],
  ['1.0', ['integer', 'number']],
  ['1.5', ['number']],
  ['"1"', ['string']],
  ['true', ['boolean']],
])('the types of %s', (value, want) => {
  expect(typesOf(parseJson(value))).toEqual(want);
});
