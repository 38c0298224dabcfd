// Every $ref leads to something inside the document.

import { KINDS, walk } from '../document.ts';
import { follow } from '../pointer.ts';
import type { Rule } from './rule.ts';

export const referencesResolve: Rule = {
  name: 'references-resolve',
  holdsFor: 'any',
  faults({ document }) {
    return [...walk(document, ...KINDS)].flatMap(({ node, at }) => {
      const ref = node['$ref'];
      if (typeof ref !== 'string' || follow(document, node)) return [];
      return [
        ref.startsWith('#')
          ? `${at} leads to ${ref}, which is not there (or leads back to itself)`
          : `${at} leads out of the document (${ref})`,
      ];
    });
  },
};
