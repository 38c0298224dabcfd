// The placeholders of a path are its path parameters: the same names, each once, each required.

import { textOf } from '../json.ts';
import { keyOf, operations, parametersOf, placeholders } from '../operation.ts';
import type { Rule } from './rule.ts';

export const placeholdersDeclared: Rule = {
  name: 'placeholders-declared',
  holdsFor: 'any',
  faults({ document }) {
    return operations(document).flatMap((operation) => {
      const places = placeholders(operation.path);
      const declared = parametersOf(document, operation)
        .map(({ node }) => node)
        .filter((parameter) => parameter['in'] === 'path');
      const names = declared.map((parameter) => textOf(parameter['name']));
      const key = keyOf(operation);
      return [
        ...places.filter((name) => !names.includes(name)).map((name) => `${key} never declares {${name}}`),
        ...names.filter((name) => !places.includes(name)).map((name) => `${key} has no place for ${name}`),
        ...declared
          .filter((parameter) => parameter['required'] !== true)
          .map((parameter) => `${key}: ${textOf(parameter['name'])} must be required`),
      ];
    });
  },
};
