import { loneExamples } from '../../src/passes/lone-examples.ts';
import { MEDIA, body, passTable, schemas } from './pass-table.ts';

const list = { type: 'array', items: { type: 'object' } };

passTable(loneExamples, [
  {
    name: 'one row of a list',
    given: body({ schema: list, example: { id: 1 } }),
    want: body({ schema: list, example: [{ id: 1 }] }),
    at: [`${MEDIA}/example`],
  },
  {
    name: 'among others',
    given: body({ schema: list, examples: { one: { value: { id: 1 } }, none: { value: [] } } }),
    want: body({ schema: list, examples: { one: { value: [{ id: 1 }] }, none: { value: [] } } }),
  },
  {
    name: 'by reference, in two places',
    given: {
      ...body({ schema: { $ref: '#/components/schemas/L' }, example: { id: 1 } }),
      ...schemas({ L: { ...list, examples: [{ id: 2 }] } }),
    },
    want: {
      ...body({ schema: { $ref: '#/components/schemas/L' }, example: [{ id: 1 }] }),
      ...schemas({ L: { ...list, examples: [[{ id: 2 }]] } }),
    },
  },
  {
    name: 'null, and where one row is an answer too',
    given: body({
      schema: { type: ['array', 'object'] },
      examples: { a: { value: { id: 1 } }, b: { value: null } },
    }),
  },
  { name: 'null where a list is asked for', given: body({ schema: list, example: null }) },
]);
