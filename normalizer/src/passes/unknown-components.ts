// `components` may hold only what OpenAPI names; IBKR ships an empty `extensions`, which makes every validator refuse
// the whole document.

import { object } from '../document.ts';
import type { Pass } from './pass.ts';

const KNOWN = new Set([
  'schemas',
  'responses',
  'parameters',
  'examples',
  'requestBodies',
  'headers',
  'securitySchemes',
  'links',
  'callbacks',
  'pathItems',
]);

export const unknownComponents: Pass = {
  name: 'unknown-components',
  run(document, report) {
    const components = object(document, 'components') ?? {};
    for (const [name, was] of Object.entries(components)) {
      if (KNOWN.has(name) || name.startsWith('x-')) continue;
      Reflect.deleteProperty(components, name);
      report(`/components/${name}`, was, undefined);
    }
  },
};
