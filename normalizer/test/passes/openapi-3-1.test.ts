import { openapi31 } from '../../src/passes/openapi-3-1.ts';
import { body, passTable, schemas } from './pass-table.ts';

const from30 = { openapi: '3.0.0' };
const to31 = { openapi: '3.1.0' };

passTable(openapi31, [
  {
    name: 'nullable with a type',
    given: schemas({ A: { type: 'string', nullable: true } }),
    want: schemas({ A: { type: ['string', 'null'] } }),
    at: ['/components/schemas/A'],
  },
  {
    name: 'nullable false says nothing',
    given: schemas({ A: { type: 'string', nullable: false } }),
    want: schemas({ A: { type: 'string' } }),
  },
  {
    name: 'a nullable enum lists null',
    given: schemas({ A: { type: 'string', enum: ['x'], nullable: true } }),
    want: schemas({ A: { type: ['string', 'null'], enum: ['x', null] } }),
  },
  {
    name: 'null listed already',
    given: schemas({ A: { type: 'string', enum: ['x', null], nullable: true } }),
    want: schemas({ A: { type: ['string', 'null'], enum: ['x', null] } }),
  },
  {
    name: 'nullable beside a reference',
    given: { ...from30, ...schemas({ A: { $ref: '#/components/schemas/B', nullable: true } }) },
    want: { ...to31, ...schemas({ A: { anyOf: [{ $ref: '#/components/schemas/B' }, { type: 'null' }] } }) },
  },
  {
    name: 'nullable beside allOf',
    given: schemas({ A: { allOf: [{ type: 'object' }], nullable: true } }),
    want: schemas({ A: { anyOf: [{ allOf: [{ type: 'object' }] }, { type: 'null' }] } }),
  },
  {
    name: 'nullable beside oneOf',
    given: schemas({ A: { oneOf: [{ type: 'string' }], nullable: true } }),
    want: schemas({ A: { oneOf: [{ type: 'string' }, { type: 'null' }] } }),
  },
  {
    name: 'nullable alone: null was never refused',
    given: schemas({ A: { nullable: true } }),
    want: schemas({ A: {} }),
  },
  {
    name: 'what stands beside a reference had no effect in 3.0',
    given: { ...from30, ...schemas({ A: { $ref: '#/components/schemas/B', type: 'object' } }) },
    want: { ...to31, ...schemas({ A: { $ref: '#/components/schemas/B' } }) },
  },
  {
    name: 'and has one in 3.1',
    given: { ...to31, ...schemas({ A: { $ref: '#/components/schemas/B', type: 'object' } }) },
  },
  {
    name: 'exclusive bounds',
    given: schemas({
      A: { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false },
    }),
    want: schemas({ A: { type: 'number', exclusiveMinimum: 0, maximum: 9 } }),
  },
  {
    name: 'an exclusive bound without a bound',
    given: schemas({ A: { exclusiveMaximum: true } }),
    want: schemas({ A: {} }),
  },
  {
    name: 'type file',
    given: schemas({ A: { type: 'file' } }),
    want: schemas({ A: { type: 'string', format: 'binary' } }),
  },
  {
    name: 'example of a schema',
    given: schemas({ A: { example: null } }),
    want: schemas({ A: { examples: [null] } }),
  },
  {
    name: 'properties named like keywords, and example values',
    given: {
      ...schemas({
        A: {
          type: 'object',
          properties: {
            nullable: { type: 'boolean' },
            example: { type: 'string' },
            exclusiveMinimum: { type: 'file' },
          },
        },
      }),
    },
    want: schemas({
      A: {
        type: 'object',
        properties: {
          nullable: { type: 'boolean' },
          example: { type: 'string' },
          exclusiveMinimum: { type: 'string', format: 'binary' },
        },
      },
    }),
  },
  {
    name: 'the example of a media type stays, whatever it holds',
    given: body({ schema: {}, example: { nullable: true, type: 'file' } }),
  },
]);
