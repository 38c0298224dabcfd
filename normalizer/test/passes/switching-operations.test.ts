import { switchingOperations } from '../../src/passes/switching-operations.ts';
import { passTable } from './pass-table.ts';

const socket = { responses: { 101: {} } };
const answer = { responses: { 101: {}, 200: {} } };

passTable(switchingOperations, [
  {
    name: 'a path that only switches',
    given: { paths: { '/ws': { get: socket }, '/a': { get: answer } } },
    want: { paths: { '/a': { get: answer } } },
    at: ['/paths/~1ws/get'],
  },
  {
    name: 'another method stays',
    given: { paths: { '/ws': { get: socket, post: answer } } },
    want: { paths: { '/ws': { post: answer } } },
  },
  {
    name: 'default does not make it an answer',
    given: { paths: { '/ws': { get: { responses: { 101: {}, default: {} } } } } },
    want: { paths: {} },
  },
  { name: 'no answers at all', given: { paths: { '/a': { get: { responses: {} } } } } },
]);
