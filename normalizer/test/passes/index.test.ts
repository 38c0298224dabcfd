// All passes together: data that looks like structure stays as it is, and every name of a pass is one of a kind.

import { expect, test } from '@jest/globals';
import { cloneJson, type JsonObject } from '../../src/json.ts';
import { passes, runPasses } from '../../src/passes/index.ts';

const WORDS = [
  'content',
  'in',
  'nullable',
  'example',
  'examples',
  'enum',
  'type',
  'format',
  'items',
  'properties',
  'required',
  'parameters',
  'responses',
  'security',
  'servers',
  'schema',
  'operationId',
  'extensions',
  'oneOf',
  '$ref',
];

const looksLikeStructure: JsonObject = {
  in: 'cookie',
  nullable: true,
  type: 'array',
  enum: [],
  format: 'wish',
  content: { 'application/jwt': { schema: { type: 'file' } } },
  security: [{ bearerAuth: [null] }],
  example: { success: { value: 1 } },
  components: { extensions: {} },
};

const properties: JsonObject = Object.fromEntries(WORDS.map((word) => [word, { type: 'string' }]));

const document: JsonObject = {
  openapi: '3.1.0',
  servers: [{ url: '/v1/api' }],
  paths: {
    '/a': {
      post: {
        operationId: 'a',
        requestBody: {
          content: {
            'application/json': {
              schema: { type: 'object', properties, additionalProperties: true },
              examples: { odd: { value: Object.fromEntries(WORDS.map((word) => [word, word])) } },
            },
          },
        },
        responses: {
          200: {
            content: { 'application/json': { schema: { type: 'object' }, example: looksLikeStructure } },
          },
        },
        'x-own': looksLikeStructure,
      },
    },
  },
  components: {
    schemas: Object.fromEntries(
      WORDS.map((word) => [
        word,
        {
          type: 'object',
          properties,
          default: looksLikeStructure,
          examples: [{ extra: looksLikeStructure }],
        },
      ]),
    ),
  },
};

test('data that looks like structure stays as it is', () => {
  const after = cloneJson(document);
  expect(runPasses(after)).toEqual([]);
  expect(after).toEqual(document);
});

test('what was found is told as it was found', () => {
  const findings = runPasses({
    openapi: '3.1.0',
    servers: [{ url: '/v1/api' }],
    paths: {},
    components: { schemas: { A: { type: 'array', properties: { b: { type: 'array' } } } } },
  });
  expect(findings).toEqual([
    {
      pass: 'array-items',
      at: '/components/schemas/A',
      was: { properties: { b: { type: 'array' } } },
      is: { items: { type: 'object', properties: { b: { type: 'array' } } } },
    },
    { pass: 'array-items', at: '/components/schemas/A/items/properties/b', was: {}, is: { items: {} } },
  ]);
});

test('every pass has a name of its own', () => {
  expect(new Set(passes.map(({ name }) => name)).size).toBe(passes.length);
});
