import { wrappedExamples } from '../../src/passes/wrapped-examples.ts';
import { MEDIA, body, passTable } from './pass-table.ts';

passTable(wrappedExamples, [
  {
    name: 'examples called example',
    given: body({
      schema: {},
      example: { success: { value: { a: 1 } }, fail: { value: null, summary: 's' } },
    }),
    want: body({
      schema: {},
      examples: { success: { value: { a: 1 } }, fail: { value: null, summary: 's' } },
    }),
    at: [`${MEDIA}/example`],
  },
  {
    name: 'both',
    given: body({ example: 1, examples: { a: { value: 2 } } }),
    want: body({ examples: { example: { value: 1 }, a: { value: 2 } } }),
  },
  {
    name: 'an answer whose members have values',
    given: body({ schema: { properties: { balance: {} } }, example: { balance: { value: 1 } } }),
  },
  {
    name: 'an answer with more in its members',
    given: body({ example: { balance: { value: 1, currency: 'USD' } } }),
  },
  { name: 'an empty answer', given: body({ example: {} }) },
]);
