import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { loadOverlay, parseOverlay } from '../src/overlay.ts';

const KEY = 'GET /things/{thingId}';
const withEntry = (entry: string, rest = ''): string =>
  `tag: Things\noperations:\n  ${KEY}: ${entry}\n${rest}`;
const factsOf = (text: string) => parseOverlay({ 'things.yaml': text }).operations.get(KEY);

test.each([
  ['10/s', { limit: 10, windowMs: 1000 }],
  ['1/5s', { limit: 1, windowMs: 5000 }],
  ['1/min', { limit: 1, windowMs: 60_000 }],
  ['1/15min', { limit: 1, windowMs: 900_000 }],
  ['5 concurrent', { concurrent: 5 }],
])('the limit %s', (given, want) => {
  expect(factsOf(withEntry(`{ pacing: ${given} }`))?.pacing).toEqual(want);
});

test('an entry that says little takes the rest from the defaults of its file', () => {
  expect(factsOf(withEntry('{ safety: read }', 'defaults: { servedBy: gateway, source: the docs }'))).toEqual(
    {
      file: 'things.yaml',
      tag: 'Things',
      safety: 'read',
      servedBy: 'gateway',
      source: 'the docs',
      pacing: null,
      preflight: [],
      cacheMs: 0,
      guards: [],
      routes: [],
      tool: null,
      parameters: {},
    },
  );
});

test('what an entry says itself goes before the defaults', () => {
  const facts = factsOf(
    withEntry('{ servedBy: cloud }', 'defaults: { servedBy: gateway, source: the docs }'),
  );
  expect(facts).toMatchObject({ servedBy: 'cloud', source: 'the docs' });
});

test.each([
  ['[GET /t]', { method: 'GET', path: '/t', params: {} }],
  [
    '[{ path: POST /t, params: { a: { query: b, default: c } } }]',
    { method: 'POST', path: '/t', params: { a: { query: 'b', default: 'c' } } },
  ],
  [
    '[{ path: GET /t, body: { a: { query: b, type: boolean, default: false } } }]',
    { method: 'GET', path: '/t', params: {}, body: { a: { query: 'b', type: 'boolean', default: false } } },
  ],
])('the routes %s', (given, want) => {
  expect(factsOf(withEntry(`{ routes: ${given} }`))?.routes).toEqual([want]);
});

test.each([
  ['an unknown member of an entry', withEntry('{ saftey: read }'), 'additionalProperty":"saftey"'],
  ['an unknown member of a file', withEntry('{}', 'shemas: {}'), 'additionalProperty":"shemas"'],
  ['an unknown safety class', withEntry('{ safety: harmless }'), 'safety must be equal to one of'],
  ['an unknown place', withEntry('{ servedBy: moon }'), 'servedBy must be equal to one of'],
  ['a limit nobody can read', withEntry('{ pacing: 10 per s }'), 'pacing must match pattern'],
  ['a limit of none', withEntry('{ pacing: 0/s }'), 'pacing must match pattern'],
  ['a negative time', withEntry('{ cacheMs: -1 }'), 'cacheMs must be >= 0'],
  ['a summary of two lines', withEntry('{ summary: "One.\\nTwo." }'), 'summary must match pattern'],
  ['a summary without an end', withEntry('{ summary: One }'), 'summary must match pattern'],
  [
    'a guard without a class',
    withEntry('{ guards: [{ in: path, name: a, equals: "0" }] }'),
    'missingProperty":"safety"',
  ],
  ['a route without a method', withEntry('{ routes: [/things] }'), 'must match pattern'],
  [
    'a patch without a source',
    withEntry('{}', 'schemas: { thing: { patch: {} } }'),
    'missingProperty":"source"',
  ],
  ['a key without a method', 'tag: Things\noperations:\n  /things: {}', 'must match pattern'],
  ['a file without a tag', 'operations: {}', 'missingProperty":"tag"'],
  ['a file that is no YAML', 'tag: [', 'things.yaml is not valid YAML'],
  ['an empty file', '', 'things.yaml is empty'],
  ['a file of one word', 'things', 'must be object'],
  ['a key that is unknown', withEntry('{ safty: read }'), `operations > ${KEY} must NOT have`],
])('%s is refused', (_name, text, said) => {
  expect(() => parseOverlay({ 'things.yaml': text })).toThrow(said);
});

test('every fault of every file is told at once', () => {
  const parse = (): unknown =>
    parseOverlay({ 'a.yaml': withEntry('{ safety: x }'), 'b.yaml': withEntry('{ cacheMs: x }') });
  expect(parse).toThrow('a.yaml: ');
  expect(parse).toThrow('b.yaml: ');
});

test.each([
  ['an operation', withEntry('{}'), `${KEY} also stands in a.yaml`],
  [
    'a schema',
    withEntry('{}', 'schemas: { thing: { source: s, patch: {} } }'),
    'schema thing is patched in two files',
  ],
])('%s in two files is refused', (_name, text, said) => {
  expect(() => parseOverlay({ 'a.yaml': text, 'b.yaml': text })).toThrow(said);
});

test('the overlay of this project reads, and names real but undocumented operations', () => {
  const { operations } = loadOverlay(fileURLToPath(new URL('../../spec/overlay', import.meta.url)));
  const ours = [...operations].filter(([, { id }]) => id !== undefined).map(([key]) => key);
  expect(ours).toEqual(
    expect.arrayContaining(['GET /tickle', 'POST /iserver/reauthenticate', 'GET /md/regsnapshot']),
  );
});
