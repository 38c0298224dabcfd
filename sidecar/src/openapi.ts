// GET /openapi.json.

import { readFile } from 'node:fs/promises';
import type { Operation } from './contract.ts';
import { createKeptText, type KeptText } from './kept-text.ts';
import { createOpenapiDocument, type ComposedRoute, type ContractDocument } from './openapi-document.ts';

export function createOpenapi(deps: {
  folder: URL;
  operations: readonly Operation[];
  composed: readonly ComposedRoute[];
  version: string;
  asksForKeys: boolean;
}): KeptText {
  return createKeptText({
    type: 'application/json; charset=utf-8',
    make: async () => {
      const contract = JSON.parse(
        await readFile(new URL('openapi.json', deps.folder), 'utf8'),
      ) as ContractDocument;
      return JSON.stringify(createOpenapiDocument({ ...deps, contract }));
    },
  });
}
