// Security requirements list scopes as text and name schemes that are declared.

import { list, object } from '../document.ts';
import { isObject } from '../json.ts';
import { operations } from '../operation.ts';
import type { Rule } from './rule.ts';

export const scopesAreText: Rule = {
  name: 'scopes-are-text',
  holdsFor: 'any',
  faults({ document }) {
    const schemes = object(object(document, 'components') ?? {}, 'securitySchemes') ?? {};
    const holders = [{ node: document, at: '' }, ...operations(document)];
    return holders.flatMap(({ node, at }) =>
      list(node, 'security').flatMap((requirement) =>
        Object.entries(isObject(requirement) ? requirement : {}).flatMap(([name, scopes]) => [
          ...(Object.hasOwn(schemes, name) ? [] : [`${at}/security names ${name}, which is not declared`]),
          ...(Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string')
            ? []
            : [`${at}/security/${name} is not a list of names`]),
        ]),
      ),
    );
  },
};
