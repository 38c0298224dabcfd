// `oneOf` says that exactly one choice fits. IBKR's order acknowledgement fits two of them, because the choices require
// nothing, and would be refused. Where an example fits several, one is not enough to ask for: `anyOf`.

import { list } from '../document.ts';
import { examples, pieces } from '../examples.ts';
import { renameMember, type JsonObject } from '../json.ts';
import { join } from '../pointer.ts';
import { schemaCheck } from '../schema-check.ts';
import type { Pass, Report } from './pass.ts';

export const overlappingChoices: Pass = {
  name: 'overlapping-choices',
  run(document, report) {
    // a choice made wider may let the choice around it overlap
    while (widen(document, report));
  },
};

function widen(document: JsonObject, report: Report): boolean {
  const check = schemaCheck(document);
  let changed = false;
  for (const example of examples(document)) {
    for (const { value, schema, schemaAt } of pieces(document, example)) {
      if (schema['anyOf'] !== undefined) continue;
      const fitting = list(schema, 'oneOf').filter((_, index) =>
        check(join(schemaAt, 'oneOf', index), value),
      );
      if (fitting.length < 2) continue;
      renameMember(schema, 'oneOf', 'anyOf');
      report(schemaAt, 'oneOf', 'anyOf');
      changed = true;
    }
  }
  return changed;
}
