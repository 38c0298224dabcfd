import { objectTypes } from '../../src/passes/object-types.ts';
import { passTable, schemas } from './pass-table.ts';

passTable(objectTypes, [
  {
    name: 'properties without a type',
    given: schemas({ A: { properties: {} } }),
    want: schemas({ A: { properties: {}, type: 'object' } }),
    at: ['/components/schemas/A/type'],
  },
  {
    name: 'anything else',
    given: schemas({
      A: {},
      B: { type: ['object', 'null'], properties: {} },
      C: { type: 'object', properties: { properties: {} } },
    }),
  },
]);
