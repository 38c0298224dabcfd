import { expect, test } from '@jest/globals';
import { dropProse, fillRequiredWords } from '../src/prose.ts';
import { cloneJson, type JsonObject } from '../src/json.ts';

const words = { summary: 's', description: 'd', externalDocs: { url: 'u' }, 'x-ib-provider': 'p' };

const document: JsonObject = {
  openapi: '3.0.0',
  info: { title: 't', description: 'd', contact: {}, version: '1.2' },
  externalDocs: { url: 'u' },
  servers: [{ url: 'u', description: 'd' }],
  tags: [{ name: 'n', description: 'd', 'x-displayName': 'N', 'x-ib-tag-group-name': 'g' }],
  'x-tagGroups': [{ name: 'g', tags: ['n'] }],
  paths: {
    '/a': {
      ...words,
      get: {
        ...words,
        parameters: [
          {
            name: 'q',
            in: 'query',
            description: 'd',
            schema: { description: 'd', title: 't', type: 'string' },
          },
        ],
        requestBody: {
          description: 'd',
          content: { 'a/b': { examples: { e: { summary: 's', value: { description: 'kept' } } } } },
        },
        responses: {
          200: { description: 'd', headers: { h: { description: 'd' } } },
          404: { description: 'd' },
          500: { $ref: '#/components/responses/Broken' },
        },
      },
    },
  },
  components: {
    schemas: {
      A: {
        description: 'd',
        properties: {
          description: { type: 'string', description: 'd' },
          title: {},
          summary: {},
          externalDocs: {},
          'x-ib-a': {},
        },
        required: ['description'],
        enum: [{ description: 'kept' }],
        default: { title: 'kept' },
        example: { summary: 'kept' },
      },
    },
    responses: { TooManyRequests: { description: 'd' } },
  },
};

const facts: JsonObject = {
  openapi: '3.0.0',
  info: { version: '1.2' },
  servers: [{ url: 'u' }],
  tags: [{ name: 'n', 'x-displayName': 'N' }],
  'x-tagGroups': [{ name: 'g', tags: ['n'] }],
  paths: {
    '/a': {
      get: {
        parameters: [{ name: 'q', in: 'query', schema: { type: 'string' } }],
        requestBody: { content: { 'a/b': { examples: { e: { value: { description: 'kept' } } } } } },
        responses: { 200: { headers: { h: {} } }, 404: {}, 500: { $ref: '#/components/responses/Broken' } },
      },
    },
  },
  components: {
    schemas: {
      A: {
        properties: {
          description: { type: 'string' },
          title: {},
          summary: {},
          externalDocs: {},
          'x-ib-a': {},
        },
        required: ['description'],
        enum: [{ description: 'kept' }],
        default: { title: 'kept' },
        example: { summary: 'kept' },
      },
    },
    responses: { TooManyRequests: {} },
  },
};

test('sentences go, facts and data of the same names stay', () => {
  const imported = cloneJson(document);
  dropProse(imported);
  expect(imported).toEqual(facts);
});

test('neutral words stand in where OpenAPI wants some, once', () => {
  const filled = cloneJson(facts);
  fillRequiredWords(filled);
  expect(filled['info']).toEqual({ title: 'IBKR Web API', version: '1.2' });
  const responses = {
    200: { description: 'OK', headers: { h: {} } },
    404: { description: 'Not Found' },
    500: { $ref: '#/components/responses/Broken' },
  };
  expect(filled).toMatchObject({ paths: { '/a': { get: { responses } } } });
  expect(filled).toMatchObject({
    components: { responses: { TooManyRequests: { description: 'Too many requests' } } },
  });
  const again = cloneJson(filled);
  fillRequiredWords(again);
  expect(JSON.stringify(again)).toBe(JSON.stringify(filled));
});

test('words that are there stay', () => {
  const own = cloneJson(document);
  fillRequiredWords(own);
  expect(own).toEqual(document);
});
