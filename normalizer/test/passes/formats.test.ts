import { formats } from '../../src/passes/formats.ts';
import { passTable, schemas } from './pass-table.ts';

passTable(formats, [
  {
    name: 'jwt is what the text holds',
    given: schemas({ A: { type: 'string', format: 'jwt' } }),
    want: schemas({ A: { type: 'string', contentMediaType: 'application/jwt' } }),
    at: ['/components/schemas/A/format', '/components/schemas/A/contentMediaType'],
  },
  {
    name: 'unknown',
    given: schemas({ A: { type: 'string', format: 'wish' } }),
    want: schemas({ A: { type: 'string' } }),
  },
  {
    name: 'known',
    given: schemas({
      A: { type: 'integer', format: 'int64' },
      B: { type: 'string', format: 'date' },
      C: { type: 'string', format: 'binary' },
    }),
  },
  {
    name: 'a property called format',
    given: schemas({ A: { type: 'object', properties: { format: { enum: ['wish'] } } } }),
  },
]);
