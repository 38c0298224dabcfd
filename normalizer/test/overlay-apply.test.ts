import { expect, test } from '@jest/globals';
import { cloneJson, type Json, type JsonObject } from '../src/json.ts';
import { applyOverlay, merge } from '../src/overlay-apply.ts';
import { parseOverlay } from '../src/overlay.ts';

test.each<[string, Json, Json, Json]>([
  ['adds', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
  ['replaces', { a: 1 }, { a: 2 }, { a: 2 }],
  ['removes', { a: 1, b: 2 }, { a: null }, { b: 2 }],
  ['goes down', { a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
  ['replaces lists whole', { a: [1, 2] }, { a: [3] }, { a: [3] }],
  ['puts an object in place of a value', { a: 1 }, { a: { b: 2 } }, { a: { b: 2 } }],
  ['drops nothing that was not there', {}, { a: { b: null } }, { a: {} }],
])('a merge patch %s', (_name, target, patch, want) => {
  const before = cloneJson(target);
  expect(merge(target, patch)).toEqual(want);
  expect(target).toEqual(before);
});

const DOCUMENT: JsonObject = {
  paths: {
    '/things': {
      post: {
        operationId: 'addThing',
        parameters: [
          { $ref: '#/components/parameters/kind' },
          { name: 'size', in: 'query', schema: { type: 'integer' } },
        ],
        requestBody: { $ref: '#/components/requestBodies/thing' },
        responses: {
          200: { description: 'OK', content: { 'application/json': { schema: { type: 'object' } } } },
        },
      },
      delete: { operationId: 'dropThings', responses: {} },
    },
  },
  components: {
    parameters: { kind: { name: 'kind', in: 'query', schema: { type: 'string', enum: ['a'] } } },
    requestBodies: {
      thing: {
        required: true,
        content: {
          'application/json': { schema: { type: 'object' } },
          'text/plain': { schema: { type: 'string' } },
        },
      },
    },
    schemas: { thing: { type: 'object', required: ['a', 'b'] } },
  },
};

function applied(entry: string, key = 'POST /things', rest = ''): JsonObject {
  const document = cloneJson(DOCUMENT);
  applyOverlay(
    document,
    parseOverlay({ 'things.yaml': `tag: Things\noperations:\n  ${key}: ${entry}\n${rest}` }),
  );
  return document;
}

const changed = (entry: string): Json | undefined =>
  (applied(entry) as typeof DOCUMENT & { paths: Record<string, JsonObject> }).paths['/things']?.['post'];

test.each<[string, string, JsonObject]>([
  ['a summary', '{ summary: Add a thing. }', { summary: 'Add a thing.' }],
  [
    'a parameter of its own',
    '{ parameters: { size: { required: true } } }',
    {
      parameters: [
        { $ref: '#/components/parameters/kind' },
        { name: 'size', in: 'query', required: true, schema: { type: 'integer' } },
      ],
    },
  ],
  [
    'a shared parameter, for this operation only',
    '{ parameters: { kind: { schema: { enum: null } } } }',
    {
      parameters: [
        { name: 'kind', in: 'query', schema: { type: 'string' } },
        { name: 'size', in: 'query', schema: { type: 'integer' } },
      ],
    },
  ],
  [
    'a parameter that was missing',
    '{ parameters: { page: { in: query, schema: { type: integer } } } }',
    {
      parameters: [
        { $ref: '#/components/parameters/kind' },
        { name: 'size', in: 'query', schema: { type: 'integer' } },
        { name: 'page', in: 'query', schema: { type: 'integer' } },
      ],
    },
  ],
  [
    'the JSON of a shared body, for this operation only',
    '{ body: { schema: { required: [a] } } }',
    {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: { type: 'object', required: ['a'] } },
          'text/plain': { schema: { type: 'string' } },
        },
      },
    },
  ],
  [
    'whether a body must be there',
    '{ body: { required: false } }',
    {
      requestBody: {
        required: false,
        content: {
          'application/json': { schema: { type: 'object' } },
          'text/plain': { schema: { type: 'string' } },
        },
      },
    },
  ],
  [
    'the answer',
    '{ answer: { properties: { a: { type: string } } } }',
    {
      responses: {
        200: {
          description: 'OK',
          content: {
            'application/json': { schema: { type: 'object', properties: { a: { type: 'string' } } } },
          },
        },
      },
    },
  ],
])('an entry corrects %s', (_name, entry, want) => {
  expect(changed(entry)).toMatchObject(want);
});

test('shared pieces stay as they are', () => {
  const { components } = applied(
    '{ parameters: { kind: { schema: { enum: null } } }, body: { schema: { required: [a] } } }',
  );
  expect(components).toEqual(DOCUMENT['components']);
});

test('a shared schema is corrected for all', () => {
  const document = applied(
    '{}',
    'POST /things',
    'schemas: { thing: { source: s, patch: { required: [a] } } }',
  );
  expect(document['components']).toMatchObject({ schemas: { thing: { type: 'object', required: ['a'] } } });
});

test('an operation the document lacks is added, on a path of its own or beside others', () => {
  const entry =
    '{ id: getThing, summary: Read a thing., answer: { type: object }, parameters: { size: { in: query } } }';
  expect(applied(entry, 'GET /things/{thingId}')['paths']).toMatchObject({
    '/things/{thingId}': {
      get: {
        operationId: 'getThing',
        'x-bezant-origin': 'overlay',
        tags: ['Things'],
        summary: 'Read a thing.',
        parameters: [
          { name: 'thingId', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'size', in: 'query' },
        ],
        responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } } },
      },
    },
  });
  expect(applied('{ id: getThings }', 'GET /things')['paths']).toMatchObject({
    '/things': { get: { operationId: 'getThings' }, post: { operationId: 'addThing' } },
  });
});

test('an added body is JSON', () => {
  const document = applied('{ id: getThing, body: { schema: { type: object } } }', 'GET /thing');
  expect(document['paths']).toMatchObject({
    '/thing': {
      get: {
        requestBody: { required: false, content: { 'application/json': { schema: { type: 'object' } } } },
      },
    },
  });
});

test('an entry that fits nothing changes nothing, and a second run neither', () => {
  expect(applied('{ summary: No such thing. }', 'GET /nothing')).toEqual(DOCUMENT);
  const document = applied('{ id: getThing, parameters: { size: { in: query } } }', 'GET /thing');
  const once = cloneJson(document);
  applyOverlay(
    document,
    parseOverlay({
      'a.yaml': 'tag: T\noperations: { GET /thing: { id: getThing, parameters: { size: { in: query } } } }',
    }),
  );
  expect(document).toEqual(once);
});
