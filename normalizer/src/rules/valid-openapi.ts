// The document is valid OpenAPI 3.1, in the judgement of @apidevtools/swagger-parser. Nothing is fetched for that.

import SwaggerParser from '@apidevtools/swagger-parser';
import { plainJson } from '../json.ts';
import type { Rule } from './rule.ts';

export const validOpenapi: Rule = {
  name: 'valid-openapi',
  holdsFor: 'any',
  async faults({ document }) {
    try {
      await SwaggerParser.validate(plainJson(document) as Parameters<typeof SwaggerParser.validate>[0], {
        resolve: { external: false },
        dereference: { circular: 'ignore' },
      });
      return [];
    } catch (error) {
      return (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 5);
    }
  },
};
