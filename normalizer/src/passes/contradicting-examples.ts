// An example that still breaks its own schema after the schema has learnt what it could teaches readers and mock servers
// something false. It goes; findings.json keeps it.

import { examples } from '../examples.ts';
import { schemaCheck } from '../schema-check.ts';
import type { Pass } from './pass.ts';

export const contradictingExamples: Pass = {
  name: 'contradicting-examples',
  run(document, report) {
    const check = schemaCheck(document);
    for (const { at, value, schemaAt, replace } of examples(document)) {
      if (check(schemaAt, value)) continue;
      replace(undefined);
      report(at, value, undefined);
    }
  },
};
