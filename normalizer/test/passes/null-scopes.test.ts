import { nullScopes } from '../../src/passes/null-scopes.ts';
import { body, get, passTable } from './pass-table.ts';

passTable(nullScopes, [
  {
    name: 'an operation',
    given: get({ security: [{ bearerAuth: [null] }] }),
    want: get({ security: [{ bearerAuth: [] }] }),
    at: ['/paths/~1a/get/security/0/bearerAuth'],
  },
  { name: 'the document', given: { security: [{ a: null }, {}] }, want: { security: [{ a: [] }, {}] } },
  {
    name: 'real scopes stay',
    given: get({ security: [{ oauth: ['read', null, 'write'] }] }),
    want: get({ security: [{ oauth: ['read', 'write'] }] }),
  },
  { name: 'an example with a member security', given: body({ example: { security: [{ a: [null] }] } }) },
]);
