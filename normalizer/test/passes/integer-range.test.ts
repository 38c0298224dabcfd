import { integerRange } from '../../src/passes/integer-range.ts';
import { body, passTable } from './pass-table.ts';

const at = (format: string, example: number) => body({ schema: { type: 'integer', format }, example });

passTable(integerRange, [
  { name: 'milliseconds do not fit', given: at('int32', 1702580846836), want: at('int64', 1702580846836) },
  { name: 'below', given: at('int32', -2147483649), want: at('int64', -2147483649) },
  { name: 'the ends fit', given: at('int32', 2147483647) },
  { name: 'the lower end', given: at('int32', -2147483648) },
]);
