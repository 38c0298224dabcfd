// Every schema is JSON Schema 2020-12. OpenAPI 3.1 leaves that to JSON Schema, and so does the judge of valid-openapi.ts.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { walk } from '../document.ts';
import { plainJson, type JsonObject } from '../json.ts';
import type { Rule } from './rule.ts';

export const validSchemas: Rule = {
  name: 'valid-schemas',
  holdsFor: 'any',
  faults({ document }) {
    const ajv = new Ajv2020({ strict: false, logger: false });
    let whole = '';
    return [...walk(document, 'schema')].flatMap(({ node, at }) => {
      // judged with the schema it is part of
      if (whole !== '' && at.startsWith(`${whole}/`)) return [];
      whole = at;
      if (ajv.validateSchema(plainJson(node) as JsonObject) === true) return [];
      return (ajv.errors ?? [])
        .slice(0, 1)
        .map(({ instancePath, message }) => `${at}${instancePath} ${message ?? ''}`);
    });
  },
};
