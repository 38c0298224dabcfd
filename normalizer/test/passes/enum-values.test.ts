import { enumValues } from '../../src/passes/enum-values.ts';
import { body, json, parameters, passTable, schemas } from './pass-table.ts';

passTable(enumValues, [
  {
    name: 'booleans as text',
    given: schemas({ A: { type: 'boolean', enum: ['true'] } }),
    want: schemas({ A: { type: 'boolean', enum: [true] } }),
    at: ['/components/schemas/A/enum'],
  },
  {
    name: 'whole numbers as text',
    given: schemas({ A: { type: 'number', enum: ['0', '1'] } }),
    want: schemas({ A: { type: 'integer', enum: [0, 1] } }),
  },
  {
    name: 'decimals as text',
    given: schemas({ A: { type: 'number', enum: ['0.5', '1'] } }),
    want: schemas({ A: { type: 'number', enum: [0.5, 1] } }),
  },
  {
    name: 'numbers as text of an integer, nullable',
    given: schemas({ A: { type: ['integer', 'null'], enum: ['1', null] } }),
    want: schemas({ A: { type: ['integer', 'null'], enum: [1, null] } }),
  },
  {
    name: 'a whole number with a fraction',
    given: json('{"components":{"schemas":{"A":{"type":"integer","enum":[1.0]}}}}'),
    want: schemas({ A: { type: 'integer', enum: [1] } }),
  },
  {
    name: 'numbers where text is meant',
    given: schemas({ A: { type: 'string', enum: [1, '2', true] } }),
    want: schemas({ A: { type: 'string', enum: ['1', '2', 'true'] } }),
  },
  {
    name: 'unreadable values go',
    given: schemas({ A: { type: 'integer', enum: ['1', 'x', 1.5] } }),
    want: schemas({ A: { type: 'integer', enum: [1] } }),
  },
  {
    name: 'an enum left empty goes',
    given: schemas({ A: { type: 'integer', enum: ['x'] } }),
    want: schemas({ A: { type: 'integer' } }),
  },
  {
    name: 'an empty enum goes',
    given: parameters([{ name: 'a', in: 'query', schema: { enum: [] } }]),
    want: parameters([{ name: 'a', in: 'query', schema: {} }]),
  },
  {
    name: 'null where null is not allowed',
    given: schemas({ A: { type: 'string', enum: ['a', null] } }),
    want: schemas({ A: { type: 'string', enum: ['a'] } }),
  },
  {
    name: 'repeated values',
    given: schemas({ A: { enum: ['a', 'a'] } }),
    want: schemas({ A: { enum: ['a'] } }),
  },
  {
    name: 'values that differ by case or sign stay',
    given: schemas({ A: { type: 'string', enum: ['FOREIGN_BANK', 'FOREIGNBANK', '>=', '<='] } }),
  },
  {
    name: 'several types: any of them',
    given: schemas({ A: { type: ['string', 'number'], enum: ['1', 1] } }),
  },
  {
    name: 'a property called enum and example data',
    given: {
      ...body({ example: { type: 'integer', enum: ['x'] } }),
      ...schemas({ A: { type: 'object', properties: { enum: { type: 'string' } } } }),
    },
  },
]);
