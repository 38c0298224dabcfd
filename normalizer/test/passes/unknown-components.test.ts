import { unknownComponents } from '../../src/passes/unknown-components.ts';
import { passTable, schemas } from './pass-table.ts';

passTable(unknownComponents, [
  {
    name: 'extensions',
    given: { components: { schemas: {}, extensions: {} } },
    want: schemas({}),
    at: ['/components/extensions'],
  },
  { name: 'extensions of the x- kind stay', given: { components: { 'x-own': {}, links: {} } } },
  { name: 'a schema called extensions', given: schemas({ extensions: {} }) },
  { name: 'no components', given: {} },
]);
