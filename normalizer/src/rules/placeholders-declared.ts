// The placeholders of a path are its path parameters: the same names, each once, each required.

import { follow, list, operations } from '../document.ts';
import { textOf } from '../json.ts';
import type { Rule } from './rule.ts';

export const placeholdersDeclared: Rule = {
  name: 'placeholders-declared',
  holdsFor: 'any',
  faults({ document }) {
    return operations(document).flatMap(({ path, method, item, node }) => {
      const placeholders = [...path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? '');
      const declared = [...list(item, 'parameters'), ...list(node, 'parameters')]
        .map((entry) => follow(document, entry))
        .filter((parameter) => parameter?.['in'] === 'path');
      const names = declared.map((parameter) => textOf(parameter?.['name']));
      const key = `${method.toUpperCase()} ${path}`;
      return [
        ...placeholders
          .filter((name) => !names.includes(name))
          .map((name) => `${key} never declares {${name}}`),
        ...names
          .filter((name) => !placeholders.includes(name))
          .map((name) => `${key} has no place for ${name}`),
        ...declared
          .filter((parameter) => parameter?.['required'] !== true)
          .map((parameter) => `${key}: ${textOf(parameter?.['name'])} must be required`),
      ];
    });
  },
};
