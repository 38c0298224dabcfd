import { pathParameters } from '../../src/passes/path-parameters.ts';
import { parameters, passTable } from './pass-table.ts';

const text = { schema: { type: 'string' } };
const id = (name: string) => ({ name, in: 'path', required: true, ...text });
const shared = {
  components: {
    parameters: {
      client: { name: 'client-id', in: 'path', required: true, style: 'simple', explode: false, ...text },
    },
  },
};
const ref = { $ref: '#/components/parameters/client' };

passTable(pathParameters, [
  { name: 'right', given: parameters([id('a')], '/x/{a}') },
  {
    name: 'spelt differently',
    given: parameters([id('notificationId')], '/x/{notificationID}'),
    want: parameters([id('notificationID')], '/x/{notificationID}'),
    at: ['/paths/~1x~1{notificationID}/get/parameters/0'],
  },
  {
    name: 'called differently',
    given: parameters([id('type'), { name: 'currency', in: 'query' }], '/x/{enumerationType}'),
    want: parameters([id('enumerationType'), { name: 'currency', in: 'query' }], '/x/{enumerationType}'),
  },
  {
    name: 'shared, without a place in the path: to the query, still required, the shared one untouched',
    given: { ...parameters([ref]), ...shared },
    want: { ...parameters([{ name: 'client-id', required: true, ...text, in: 'query' }]), ...shared },
  },
  {
    name: 'without a place, and in the query already',
    given: parameters([id('a'), { name: 'a', in: 'query', ...text }]),
    want: parameters([{ name: 'a', in: 'query', ...text }]),
  },
  {
    name: 'two without a place are not guessed',
    given: parameters([id('a'), id('b')], '/x/{c}'),
    want: parameters([{ ...id('a'), in: 'query' }, { ...id('b'), in: 'query' }, id('c')], '/x/{c}'),
  },
  {
    name: 'never declared',
    given: { paths: { '/x/{a}/{b}': { get: {} } } },
    want: parameters([id('a'), id('b')], '/x/{a}/{b}'),
  },
  {
    name: 'not required',
    given: parameters([{ name: 'a', in: 'path', ...text }], '/x/{a}'),
    want: parameters([id('a')], '/x/{a}'),
  },
  {
    name: 'declared for the whole path',
    given: { paths: { '/x/{a}': { parameters: [id('a')], get: {}, post: {} } } },
  },
  {
    name: 'declared for the whole path, spelt differently',
    given: { paths: { '/x/{A}': { parameters: [id('a')], get: {}, post: {} } } },
    want: { paths: { '/x/{A}': { parameters: [id('A')], get: {}, post: {} } } },
    at: ['/paths/~1x~1{A}/parameters/0'],
  },
  {
    name: 'a path of the same name elsewhere',
    given: { paths: { '/x/{a}': { get: { parameters: [id('a')] } }, '/y': { get: {} } } },
  },
]);
