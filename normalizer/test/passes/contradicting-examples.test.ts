import { contradictingExamples } from '../../src/passes/contradicting-examples.ts';
import { MEDIA, body, passTable, schemas } from './pass-table.ts';

const list = { type: 'array', items: {} };

passTable(contradictingExamples, [
  {
    name: 'the example of a media type',
    given: body({ schema: list, example: {} }),
    want: body({ schema: list }),
    at: [`${MEDIA}/example`],
  },
  {
    name: 'one of several',
    given: body({ schema: list, examples: { bad: { value: {} }, good: { value: [] } } }),
    want: body({ schema: list, examples: { good: { value: [] } } }),
  },
  {
    name: 'the only one',
    given: body({ schema: list, examples: { bad: { value: {} } } }),
    want: body({ schema: list }),
  },
  {
    name: 'shared: only its use here',
    given: body(
      { schema: list, examples: { e: { $ref: '#/components/examples/E' } } },
      { components: { examples: { E: { value: {} } } } },
    ),
    want: body({ schema: list }, { components: { examples: { E: { value: {} } } } }),
    at: ['/components/examples/E/value'],
  },
  {
    name: 'of a schema',
    given: schemas({ 'A b/c#d%': { type: 'integer', examples: [1, 'x'] } }),
    want: schemas({ 'A b/c#d%': { type: 'integer', examples: [1] } }),
  },
  {
    name: 'by reference',
    given: {
      ...body({ schema: { $ref: '#/components/schemas/N' }, example: 'x' }),
      ...schemas({ N: { type: 'number' } }),
    },
    want: { ...body({ schema: { $ref: '#/components/schemas/N' } }), ...schemas({ N: { type: 'number' } }) },
  },
  {
    name: 'fractions below binary precision',
    given: body({ schema: { type: 'number', multipleOf: 1e-9 }, example: 123.45 }),
  },
  {
    name: 'a pattern nobody can read judges nothing',
    given: body({ schema: { type: 'string', pattern: '(' }, example: 'x' }),
  },
]);
