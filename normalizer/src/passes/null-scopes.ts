// A security requirement lists scopes; IBKR lists null where it means none.

import { list } from '../document.ts';
import { isObject, type JsonObject } from '../json.ts';
import { operations } from '../operation.ts';
import { join } from '../pointer.ts';
import type { Pass, Report } from './pass.ts';

export const nullScopes: Pass = {
  name: 'null-scopes',
  run(document, report) {
    repair(document, '', report);
    for (const { node, at } of operations(document)) repair(node, at, report);
  },
};

function repair(holder: JsonObject, at: string, report: Report): void {
  for (const [index, requirement] of list(holder, 'security').entries()) {
    if (!isObject(requirement)) continue;
    for (const [scheme, was] of Object.entries(requirement)) {
      const scopes = Array.isArray(was) ? was.filter((scope) => typeof scope === 'string') : [];
      if (Array.isArray(was) && scopes.length === was.length) continue;
      requirement[scheme] = scopes;
      report(join(at, 'security', index, scheme), was, scopes);
    }
  }
}
