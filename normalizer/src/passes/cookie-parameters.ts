// The session cookie is carried by the cookie jar between sidecar and Gateway; no caller fills it in per operation.

import { list, object } from '../document.ts';
import type { JsonObject } from '../json.ts';
import { operations } from '../operation.ts';
import { follow, join } from '../pointer.ts';
import type { Pass } from './pass.ts';

export const cookieParameters: Pass = {
  name: 'cookie-parameters',
  run(document, report) {
    const owners = new Map<JsonObject, string>();
    for (const { path, item, node, at } of operations(document)) {
      owners.set(item, join('', 'paths', path)).set(node, at);
    }
    for (const [owner, at] of owners) {
      for (const [index, entry] of [...list(owner, 'parameters').entries()].reverse()) {
        if (follow(document, entry)?.['in'] !== 'cookie') continue;
        list(owner, 'parameters').splice(index, 1);
        report(join(at, 'parameters', index), entry, undefined);
      }
    }
    const shared = object(object(document, 'components') ?? {}, 'parameters') ?? {};
    for (const [name, parameter] of Object.entries(shared)) {
      if (follow(document, parameter)?.['in'] !== 'cookie') continue;
      Reflect.deleteProperty(shared, name);
      report(join('/components/parameters', name), parameter, undefined);
    }
  },
};
