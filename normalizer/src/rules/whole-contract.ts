// IBKR's interface is whole: 2.29.0 has 154 paths and 167 operations, and an import may not lose any unnoticed.

import { operations } from '../operation.ts';
import type { Rule } from './rule.ts';

const PATHS = 154;
const OPERATIONS = 167;

export const wholeContract: Rule = {
  name: 'whole-contract',
  holdsFor: 'generate',
  faults({ document }) {
    const own = operations(document).filter(({ node }) => node['x-bezant-origin'] === undefined);
    const paths = new Set(own.map(({ path }) => path)).size;
    if (paths === PATHS && own.length === OPERATIONS) return [];
    return [
      `${paths} paths and ${own.length} operations of IBKR's instead of ${PATHS} and ${OPERATIONS}: ` +
        'when that is no loss, correct the figures in rules/whole-contract.ts',
    ];
  },
};
