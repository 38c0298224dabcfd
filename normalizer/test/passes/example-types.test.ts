import { exampleTypes } from '../../src/passes/example-types.ts';
import { MEDIA, body, parameters, passTable } from './pass-table.ts';

const at = (schema: object, example: unknown) =>
  body({ schema: { properties: { a: schema } }, example: { a: example } } as never);

passTable(exampleTypes, [
  {
    name: 'null',
    given: at({ type: 'string' }, null),
    want: at({ type: ['string', 'null'] }, null),
    at: [`${MEDIA}/schema/properties/a`],
  },
  {
    name: 'null in an enum',
    given: at({ type: 'string', enum: ['P', 'C'] }, null),
    want: at({ type: ['string', 'null'], enum: ['P', 'C', null] }, null),
  },
  {
    name: 'a number where text is said',
    given: at({ type: 'string' }, 10),
    want: at({ type: ['string', 'number'] }, 10),
  },
  {
    name: 'text where a number is said',
    given: at({ type: 'number' }, '10'),
    want: at({ type: ['number', 'string'] }, '10'),
  },
  {
    name: 'a value the enum forgot',
    given: at({ type: 'string', enum: ['BUY'] }, 'S'),
    want: at({ type: 'string', enum: ['BUY', 'S'] }, 'S'),
  },
  { name: 'an untyped schema allows all', given: at({}, null) },
  { name: 'a whole number is a number', given: at({ type: 'number' }, 1) },
  { name: 'a list where an object is said', given: at({ type: 'object' }, [1]) },
  {
    name: 'choices are not widened to another type',
    given: body({ schema: { oneOf: [{ type: 'boolean' }, { type: 'string' }] }, example: 1 }),
  },
  {
    name: 'parameters are what callers send',
    given: parameters([{ name: 'a', in: 'query', schema: { type: 'string' }, example: 1 }]),
  },
]);
