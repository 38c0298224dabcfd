import { securitySchemes } from '../../src/passes/security-schemes.ts';
import { get, passTable } from './pass-table.ts';

const needs = get({ security: [{ bearerAuth: [] }] });

passTable(securitySchemes, [
  {
    name: 'required and not declared',
    given: needs,
    want: { ...needs, components: { securitySchemes: { bearerAuth: { type: 'http', scheme: 'bearer' } } } },
    at: ['/components/securitySchemes/bearerAuth'],
  },
  {
    name: 'declared',
    given: { ...needs, components: { securitySchemes: { bearerAuth: { type: 'oauth2' } } } },
  },
  { name: 'nothing required', given: get({}) },
]);
