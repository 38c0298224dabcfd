// Operations require the scheme `bearerAuth`, which the document never declares. IBKR's Web API knows one way to carry
// a token, the Authorization header with a bearer token, so an undeclared scheme is that.

import { list, object } from '../document.ts';
import { isObject, type JsonObject } from '../json.ts';
import { operations } from '../operation.ts';
import { join } from '../pointer.ts';
import type { Pass } from './pass.ts';

export const securitySchemes: Pass = {
  name: 'security-schemes',
  run(document, report) {
    const required = [document, ...operations(document).map(({ node }) => node)].flatMap(schemeNames);
    const components = object(document, 'components') ?? {};
    const declared = object(components, 'securitySchemes') ?? {};
    for (const name of new Set(required)) {
      if (Object.hasOwn(declared, name)) continue;
      const scheme = { type: 'http', scheme: 'bearer' };
      declared[name] = scheme;
      document['components'] = { ...components, securitySchemes: declared };
      report(join('/components/securitySchemes', name), undefined, scheme);
    }
  },
};

function schemeNames(holder: JsonObject): string[] {
  return list(holder, 'security').flatMap((requirement) =>
    isObject(requirement) ? Object.keys(requirement) : [],
  );
}
