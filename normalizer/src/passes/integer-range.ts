// Timestamps and ids documented as 32-bit whose own examples do not fit into 32 bits.

import { examples, pieces } from '../examples.ts';
import { isNumber, plainJson } from '../json.ts';
import { join } from '../pointer.ts';
import type { Pass } from './pass.ts';

const INT32_MAX = 2 ** 31 - 1;

export const integerRange: Pass = {
  name: 'integer-range',
  run(document, report) {
    for (const example of examples(document)) {
      for (const { value, schema, schemaAt } of pieces(document, example)) {
        if (schema['format'] !== 'int32' || !isNumber(value)) continue;
        const size = plainJson(value) as number;
        if (size <= INT32_MAX && size >= -INT32_MAX - 1) continue;
        schema['format'] = 'int64';
        report(join(schemaAt, 'format'), 'int32', 'int64');
      }
    }
  },
};
