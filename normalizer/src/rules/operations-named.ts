// Every operation has a name, and no two share one.

import { operations } from '../document.ts';
import type { Rule } from './rule.ts';

export const operationsNamed: Rule = {
  name: 'operations-named',
  holdsFor: 'any',
  faults({ document }) {
    const seen = new Map<unknown, string>();
    return operations(document).flatMap(({ node, method, path }) => {
      const id = node['operationId'];
      const key = `${method.toUpperCase()} ${path}`;
      if (typeof id !== 'string' || id === '') return [`${key} has no operationId`];
      const other = seen.get(id);
      seen.set(id, key);
      return other === undefined ? [] : [`${key} and ${other} are both called ${id}`];
    });
  },
};
