import { servers } from '../../src/passes/servers.ts';
import { passTable } from './pass-table.ts';

const host = [{ url: 'https://host.example' }];
const based = [{ url: 'https://host.example/v1/api' }];
const base = [{ url: '/v1/api' }];

passTable(servers, [
  {
    name: 'one base for the Client Portal, their own for the hosted operations',
    given: {
      servers: host,
      paths: {
        '/tickle': { post: {} },
        '/a': { get: { servers: based } },
        '/gw/b': { get: {}, post: {} },
        '/oauth2/c': { servers: based, get: {} },
      },
    },
    want: {
      servers: base,
      paths: {
        '/tickle': { post: {} },
        '/a': { get: {} },
        '/gw/b': { get: {}, post: {}, servers: host },
        '/oauth2/c': { servers: based, get: {} },
      },
    },
    at: ['/servers', '/paths/~1a/get/servers', '/paths/~1gw~1b/servers'],
  },
  {
    name: 'a path of its own',
    given: { servers: host, paths: { '/a': { servers: based, get: {} } } },
    want: { servers: base, paths: { '/a': { get: {} } } },
  },
  {
    name: 'a hosted operation with servers of its own',
    given: { servers: host, paths: { '/gw/b': { get: { servers: based } } } },
    want: { servers: base, paths: { '/gw/b': { get: { servers: based } } } },
    at: ['/servers'],
  },
  {
    name: 'no servers at all',
    given: { paths: { '/gw/b': { get: {} } } },
    want: { servers: base, paths: { '/gw/b': { get: {} } } },
  },
  { name: 'done', given: { servers: base, paths: { '/gw/b': { get: {}, servers: host } } } },
]);
