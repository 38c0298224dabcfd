import { overlappingChoices } from '../../src/passes/overlapping-choices.ts';
import { MEDIA, body, passTable } from './pass-table.ts';

const a = { type: 'object', properties: { a: { type: 'string' } } };
const b = { type: 'object', properties: { b: { type: 'string' } } };
const strict = { ...a, required: ['a'] };

passTable(overlappingChoices, [
  {
    name: 'both fit',
    given: body({ schema: { oneOf: [a, b] }, example: { a: 'x' } }),
    want: body({ schema: { anyOf: [a, b] }, example: { a: 'x' } }),
    at: [`${MEDIA}/schema`],
  },
  { name: 'only one fits', given: body({ schema: { oneOf: [strict, b] }, example: { b: 'x' } }) },
  { name: 'none fits', given: body({ schema: { oneOf: [a, b] }, example: 1 }) },
  {
    name: 'an inner choice that makes the outer one overlap',
    given: body({
      schema: {
        oneOf: [{ oneOf: [a, b] }, { ...a, required: ['z'] }, { type: 'object', properties: { z: {} } }],
      },
      example: { a: 'x' },
    }),
    want: body({
      schema: {
        anyOf: [{ anyOf: [a, b] }, { ...a, required: ['z'] }, { type: 'object', properties: { z: {} } }],
      },
      example: { a: 'x' },
    }),
  },
  { name: 'no example, no judgement', given: body({ schema: { oneOf: [a, b] } }) },
]);
