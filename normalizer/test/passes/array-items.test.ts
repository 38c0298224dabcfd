import { arrayItems } from '../../src/passes/array-items.ts';
import { passTable, schemas } from './pass-table.ts';

passTable(arrayItems, [
  {
    name: 'items unknown',
    given: schemas({ A: { type: 'array' } }),
    want: schemas({ A: { type: 'array', items: {} } }),
    at: ['/components/schemas/A'],
  },
  {
    name: 'the members of the items on the list',
    given: schemas({ A: { type: 'array', required: ['a'], properties: { a: { type: 'string' } } } }),
    want: schemas({
      A: { type: 'array', items: { type: 'object', required: ['a'], properties: { a: { type: 'string' } } } },
    }),
  },
  {
    name: 'inside other schemas',
    given: schemas({ A: { allOf: [{ properties: { b: { type: ['array', 'null'] } } }] } }),
    want: schemas({ A: { allOf: [{ properties: { b: { type: ['array', 'null'], items: {} } } }] } }),
  },
  {
    name: 'said already',
    given: schemas({
      A: { type: 'array', items: {} },
      B: { type: 'array', prefixItems: [{}] },
      C: { type: 'object', properties: { items: { type: 'string' } } },
    }),
  },
]);
