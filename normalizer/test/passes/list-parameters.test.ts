import type { JsonObject } from '../../src/json.ts';
import { listParameters } from '../../src/passes/list-parameters.ts';
import { parameters, passTable } from './pass-table.ts';

const choice = { type: 'string', enum: ['a', 'b'] };
const query = (name: string, schema: JsonObject, more: JsonObject = {}): JsonObject => ({
  name,
  in: 'query',
  schema,
  ...more,
});
const csv = { style: 'form', explode: false };
const shared = (schema: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...parameters([{ $ref: '#/components/parameters/ids' }]),
  components: { parameters: { ids: query('acctIds', schema, more) } },
});

passTable(listParameters, [
  {
    name: 'ids as a number',
    given: parameters([query('conids', { type: 'integer', format: 'int32', examples: [265598] })]),
    want: parameters([
      query('conids', { type: 'array', items: { type: 'string' }, examples: [['265598']] }, csv),
    ]),
    at: ['/paths/~1a/get/parameters/0'],
  },
  {
    name: 'a choice of fields',
    given: parameters([query('fields', choice, { example: 'a,b' })]),
    want: parameters([query('fields', { type: 'array', items: choice }, { ...csv, example: ['a', 'b'] })]),
  },
  {
    name: 'a choice by reference',
    given: {
      ...parameters([query('fields', { $ref: '#/components/schemas/F' })]),
      components: { schemas: { F: choice } },
    },
    want: {
      ...parameters([query('fields', { type: 'array', items: { $ref: '#/components/schemas/F' } }, csv)]),
      components: { schemas: { F: choice } },
    },
  },
  {
    name: 'an example with a comma',
    given: parameters([query('status', { ...choice, examples: ['a,b'] })]),
    want: parameters([query('status', { type: 'array', items: choice, examples: [['a', 'b']] }, csv)]),
  },
  {
    name: 'a shared parameter',
    given: shared({ type: 'integer' }),
    want: shared({ type: 'array', items: { type: 'string' } }, csv),
  },
  {
    name: 'a parameter of a whole path',
    given: { paths: { '/a': { parameters: [query('conids', { type: 'integer' })], get: {} } } },
    want: {
      paths: {
        '/a': { parameters: [query('conids', { type: 'array', items: { type: 'string' } }, csv)], get: {} },
      },
    },
  },
  {
    name: 'a list of numbers is one already',
    given: parameters([query('formIds', { type: 'array', items: { type: 'integer' } })]),
  },
  {
    name: 'names that only end in s',
    given: parameters([
      query('days', { type: 'integer' }),
      query('assetClass', choice),
      query('conid', { type: 'integer' }),
    ]),
  },
  {
    name: 'in the path an id is one',
    given: parameters([{ name: 'conids', in: 'path', schema: { type: 'integer' } }]),
  },
]);
