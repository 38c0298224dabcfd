// An operation that only ever answers 1xx switches protocols: the WebSocket is no HTTP operation. The path goes with it
// when nothing else is left there.

import { METHODS, object } from '../document.ts';
import { operations } from '../operation.ts';
import type { Pass } from './pass.ts';

export const switchingOperations: Pass = {
  name: 'switching-operations',
  run(document, report) {
    const paths = object(document, 'paths') ?? {};
    for (const { path, method, item, node, at } of operations(document)) {
      const statuses = Object.keys(object(node, 'responses') ?? {}).filter((status) => /^[1-5]/.test(status));
      if (statuses.length === 0 || !statuses.every((status) => status.startsWith('1'))) continue;
      report(at, node, undefined);
      Reflect.deleteProperty(item, method);
      if (!METHODS.some((other) => other in item)) Reflect.deleteProperty(paths, path);
    }
  },
};
