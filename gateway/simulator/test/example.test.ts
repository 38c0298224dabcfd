import { expect, test } from '@jest/globals';
import { exampleAnswer, fromSchema } from '../src/example.ts';
import { loadContract } from '../src/operation.ts';

const document = {
  components: {
    schemas: {
      Node: {
        type: 'object',
        properties: { name: { type: 'string' }, next: { $ref: '#/components/schemas/Node' } },
      },
      'a/b': { type: 'integer', minimum: 7 },
    },
    examples: { Named: { value: { from: 'elsewhere' } } },
  },
  paths: {
    '/one': { get: { responses: { 204: {}, 500: { content: {} } } } },
    '/two': {
      post: {
        responses: {
          202: { content: { 'application/json': { schema: {}, example: [1, 2] } } },
          200: {
            content: { 'application/json': { examples: { Named: { $ref: '#/components/examples/Named' } } } },
          },
        },
      },
    },
    '/pdf': {
      get: { responses: { 200: { content: { 'application/pdf': { schema: { type: 'string' } } } } } },
    },
  },
};

const answers = [
  { method: 'GET', path: '/one', want: { status: 204, contentType: null, value: '' } },
  {
    method: 'POST',
    path: '/two',
    want: { status: 200, contentType: 'application/json', value: { from: 'elsewhere' } },
  },
  { method: 'GET', path: '/pdf', want: { status: 200, contentType: 'application/pdf', value: 'string' } },
  { method: 'GET', path: '/none', want: { status: 200, contentType: null, value: '' } },
];
test.each(answers)('$method $path answers its lowest success', ({ method, path, want }) => {
  expect(exampleAnswer(document, { method, path })).toEqual(want);
});

const schemas: { given: Record<string, unknown>; want: unknown }[] = [
  { given: { type: 'string', enum: ['b', 'a'] }, want: 'b' },
  { given: { type: ['number', 'null'] }, want: 1 },
  { given: { $ref: '#/components/schemas/a~1b' }, want: 7 },
  { given: { type: 'string', format: 'date' }, want: '2026-01-02' },
  { given: { type: 'array', items: { type: 'boolean' } }, want: [true] },
  { given: { oneOf: [{ type: 'null' }, { type: 'string' }] }, want: null },
  {
    given: {
      allOf: [{ properties: { a: { const: 1 } } }, { properties: { b: { default: 2 } } }],
      properties: { c: { example: 3 } },
    },
    want: { a: 1, b: 2, c: 3 },
  },
];
test.each(schemas)('$given becomes $want', ({ given, want }) => {
  expect(fromSchema(document, given, 0)).toEqual(want);
});

test('a schema that holds itself comes to an end', () => {
  const text = JSON.stringify(fromSchema(document, { $ref: '#/components/schemas/Node' }, 0));
  expect(text).toMatch(/^\{"name":"string","next":\{.*\}\}$/);
  expect(text.length).toBeLessThan(1000);
});

test('every operation of the contract has an answer, and always the same one', () => {
  const contract = loadContract();
  for (const operation of contract.operations) {
    const first = exampleAnswer(contract.document, operation);
    expect({ operation: operation.id, status: Math.floor(first.status / 100) }).toEqual({
      operation: operation.id,
      status: 2,
    });
    expect(exampleAnswer(contract.document, operation)).toEqual(first);
    if (operation.responses['200']?.includes('application/json') === true)
      expect({ operation: operation.id, value: typeof first.value }).not.toEqual({
        operation: operation.id,
        value: 'undefined',
      });
  }
});
