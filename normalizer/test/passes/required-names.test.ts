import { requiredNames } from '../../src/passes/required-names.ts';
import { passTable, schemas } from './pass-table.ts';

const of = (required: string[], ...names: string[]) =>
  schemas({ A: { required, properties: Object.fromEntries(names.map((name) => [name, {}])) } });

passTable(requiredNames, [
  {
    name: 'spelt differently',
    given: of(['reqId', 'a'], 'reqID', 'a'),
    want: of(['reqID', 'a'], 'reqID', 'a'),
    at: ['/components/schemas/A/required/0'],
  },
  {
    name: 'with an underscore',
    given: of(['account_id'], 'accountId'),
    want: of(['accountId'], 'accountId'),
  },
  { name: 'not among the properties', given: of(['token'], 'url') },
  { name: 'properties stated elsewhere', given: schemas({ A: { required: ['a'] } }) },
]);
