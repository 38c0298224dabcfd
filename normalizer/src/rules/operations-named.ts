// Every operation has a name, and no two share one.

import { keyOf, operations } from '../operation.ts';
import type { Rule } from './rule.ts';

export const operationsNamed: Rule = {
  name: 'operations-named',
  holdsFor: 'any',
  faults({ document }) {
    const seen = new Map<unknown, string>();
    return operations(document).flatMap((operation) => {
      const id = operation.node['operationId'];
      const key = keyOf(operation);
      if (typeof id !== 'string' || id === '') return [`${key} has no operationId`];
      const other = seen.get(id);
      seen.set(id, key);
      return other === undefined ? [] : [`${key} and ${other} are both called ${id}`];
    });
  },
};
