// Schemas with properties that do not say they are objects: text would satisfy them, so nothing is ever refused.

import { walk } from '../document.ts';
import { join } from '../pointer.ts';
import type { Pass } from './pass.ts';

export const objectTypes: Pass = {
  name: 'object-types',
  run(document, report) {
    for (const { node, at } of walk(document, 'schema')) {
      if (node['type'] !== undefined || node['properties'] === undefined) continue;
      node['type'] = 'object';
      report(join(at, 'type'), undefined, 'object');
    }
  },
};
