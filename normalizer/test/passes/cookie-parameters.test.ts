import { cookieParameters } from '../../src/passes/cookie-parameters.ts';
import { body, parameters, passTable, schemas } from './pass-table.ts';

const cookie = { name: 'api', in: 'cookie', schema: { type: 'string' } };
const query = { name: 'q', in: 'query' };

passTable(cookieParameters, [
  {
    name: 'an operation',
    given: parameters([cookie, query, cookie]),
    want: parameters([query]),
    at: ['/paths/~1a/get/parameters/2', '/paths/~1a/get/parameters/0'],
  },
  {
    name: 'a whole path',
    given: { paths: { '/a': { parameters: [cookie], get: {} } } },
    want: { paths: { '/a': { parameters: [], get: {} } } },
  },
  {
    name: 'shared',
    given: {
      ...parameters([{ $ref: '#/components/parameters/session' }]),
      components: { parameters: { session: cookie } },
    },
    want: { ...parameters([]), components: { parameters: {} } },
  },
  {
    name: 'data that looks like one',
    given: {
      ...body({ example: { parameters: [cookie] } }),
      ...schemas({ A: { properties: { in: { enum: ['cookie'] } }, examples: [cookie] } }),
    },
  },
]);
