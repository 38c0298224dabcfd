// `required` naming a property that the schema spells differently (reqId, reqID) would refuse every correct body.

import { object, walk } from '../document.ts';
import { join } from '../pointer.ts';
import type { Pass } from './pass.ts';

export const requiredNames: Pass = {
  name: 'required-names',
  run(document, report) {
    for (const { node, at } of walk(document, 'schema')) {
      const required = node['required'];
      const names = Object.keys(object(node, 'properties') ?? {});
      if (!Array.isArray(required) || names.length === 0) continue;
      for (const [index, was] of required.entries()) {
        if (typeof was !== 'string' || names.includes(was)) continue;
        const is = names.find((name) => bare(name) === bare(was));
        if (is === undefined) continue;
        required[index] = is;
        report(join(at, 'required', index), was, is);
      }
    }
  },
};

function bare(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
}
