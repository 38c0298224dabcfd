// An example that shows one row where the answer is a list of rows, such as one alert. It becomes a list of one before
// anything is learnt from it, so that the rows' schema learns too.

import { examples } from '../examples.ts';
import { follow } from '../pointer.ts';
import type { Pass } from './pass.ts';

export const loneExamples: Pass = {
  name: 'lone-examples',
  run(document, report) {
    for (const { at, value, schema, replace } of examples(document)) {
      if (follow(document, schema)?.['type'] !== 'array' || Array.isArray(value) || value === null) continue;
      replace([value]);
      report(at, value, [value]);
    }
  },
};
