import { expect, test } from '@jest/globals';
import type { JsonObject } from '../src/json.ts';
import { idOf, keyOf, operations, parametersOf, placeholders, type Operation } from '../src/operation.ts';

const document: JsonObject = {
  'x-paths': { '/no': { get: {} } },
  paths: {
    'x-note': { get: {} },
    '/a/{b}': {
      parameters: [{ name: 'b', in: 'path' }],
      post: { parameters: 'none' },
      get: {
        operationId: 'getA',
        parameters: [{ $ref: '#/components/parameters/P' }, { $ref: '#/nowhere' }, { name: 'q' }],
      },
      'x-note': { get: {} },
    },
    '/none': null,
  },
  components: { parameters: { P: { name: 'shared' } } },
};
const [getA, postA] = operations(document) as [Operation, Operation];

test('operations by their place, extensions left out', () => {
  expect(operations(document).map((operation) => [keyOf(operation), operation.at])).toEqual([
    ['GET /a/{b}', '/paths/~1a~1{b}/get'],
    ['POST /a/{b}', '/paths/~1a~1{b}/post'],
  ]);
});

test('parameters of the path, then of the operation, references followed', () => {
  const found = (operation: Operation) =>
    parametersOf(document, operation).map(({ node, at }) => [node['name'], at]);
  expect(found(getA)).toEqual([
    ['b', '/paths/~1a~1{b}/parameters/0'],
    ['shared', '/components/parameters/P'],
    ['q', '/paths/~1a~1{b}/get/parameters/2'],
  ]);
  expect(found(postA)).toEqual([['b', '/paths/~1a~1{b}/parameters/0']]);
});

test('an operation without a name says which', () => {
  expect(idOf(getA)).toBe('getA');
  expect(() => idOf(postA)).toThrow('POST /a/{b} has no operationId');
});

test.each([
  ['/a', []],
  ['/a/{b}/c/{d-e}', ['b', 'd-e']],
  ['/a:{b}{c}', ['b', 'c']],
  ['/a/{}', []],
])('the placeholders of %s', (path, want) => {
  expect(placeholders(path)).toEqual(want);
});
