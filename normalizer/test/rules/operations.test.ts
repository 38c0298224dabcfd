import { expect, test } from '@jest/globals';
import { type JsonObject } from '../../src/json.ts';
import { applyOverlay } from '../../src/overlay-apply.ts';
import { parseOverlay } from '../../src/overlay.ts';
import { operationIds } from '../../src/passes/operation-ids.ts';
import { operationsDescribed } from '../../src/rules/operations.ts';

const COMPLETE = 'summary: Read it., safety: read, servedBy: gateway, source: the docs';

function document(): JsonObject {
  const thingId = { name: 'thingId', in: 'path', required: true, schema: { type: 'string' } };
  return {
    paths: {
      '/things': { get: { operationId: 'getThings', tags: ['Things'], responses: {} } },
      '/things/{thingId}': {
        parameters: [thingId],
        get: {
          operationId: 'getThing',
          tags: ['Things'],
          parameters: [{ name: 'size', in: 'query', schema: { type: 'integer' } }],
          responses: {},
        },
        post: {
          operationId: 'setThing',
          tags: ['Things'],
          requestBody: { required: true, content: { 'application/json': { schema: {} } } },
          responses: {},
        },
      },
    },
    components: { schemas: { thing: {} } },
  };
}

/** The faults of an overlay that is complete but for the entry of `GET /things/{thingId}`. */
async function faultsOf(entry: string | undefined, more = ''): Promise<string[]> {
  const text = [
    'tag: Things',
    'operations:',
    `  GET /things: { ${COMPLETE} }`,
    `  POST /things/{thingId}: { ${COMPLETE} }`,
    ...(entry === undefined ? [] : [`  GET /things/{thingId}: { ${entry} }`]),
    more,
  ].join('\n');
  const normalised = { document: document(), overlay: parseOverlay({ 'things.yaml': text }), findings: [] };
  applyOverlay(normalised.document, normalised.overlay);
  return operationsDescribed.faults(normalised);
}

test.each([
  ['nothing but what is needed', COMPLETE],
  ['a preflight', `${COMPLETE}, preflight: [getThings]`],
  ['a guard', `${COMPLETE}, guards: [{ in: path, name: thingId, equals: "0", safety: destructive }]`],
  ['a route', `${COMPLETE}, routes: ["GET /t/{thingId}"]`],
  [
    'a route with another name',
    `${COMPLETE}, routes: [{ path: "GET /t/{id}", params: { thingId: { path: id } } }]`,
  ],
  [
    'a route that fills the path from the query',
    `${COMPLETE}, routes: [{ path: "GET /t", params: { thingId: { query: id } } }]`,
  ],
  [
    'two routes that a literal tells apart',
    `${COMPLETE}, routes: ["GET /t/{thingId}", { path: "GET /t/mine", params: { thingId: { default: a } } }]`,
  ],
])('%s is fine', async (_name, entry) => {
  expect(await faultsOf(entry)).toEqual([]);
});

const IT = 'things.yaml: GET /things/{thingId}';

test.each([
  ['no entry', undefined, ['GET /things/{thingId} has no entry: add one']],
  [
    'an entry without a summary',
    'safety: read, servedBy: gateway, source: s',
    [`${IT} has no summary: add it`],
  ],
  [
    'an entry without a class',
    'summary: Read it., servedBy: gateway, source: s',
    [`${IT} has no safety: add it`],
  ],
  [
    'an entry without anything',
    '',
    ['summary', 'safety', 'servedBy', 'source'].map((name) => `${IT} has no ${name}: add it`),
  ],
  [
    'a preflight that is none',
    `${COMPLETE}, preflight: [getNothing]`,
    [`${IT} has the preflight getNothing, which is no operationId`],
  ],
  [
    'a preflight that asks for something',
    `${COMPLETE}, preflight: [setThing]`,
    [`${IT} has the preflight setThing, which cannot be called without parameters`],
  ],
  [
    'a guard on nothing',
    `${COMPLETE}, guards: [{ in: query, name: colour, equals: red, safety: order }]`,
    [`${IT} guards colour, which is not a parameter`],
  ],
  [
    'a route that feeds nothing',
    `${COMPLETE}, routes: ["GET /t/{thingId}/{x}"]`,
    [`${IT} route GET /t/{thingId}/{x} has {x}, which feeds no parameter`],
  ],
  [
    'a route that leaves a gap',
    `${COMPLETE}, routes: ["GET /t"]`,
    [`${IT} route GET /t leaves {thingId} empty`],
  ],
  [
    'a route for an unknown parameter',
    `${COMPLETE}, routes: [{ path: "GET /t/{thingId}", params: { colour: { query: c } } }]`,
    [`${IT} route GET /t/{thingId} names colour, which is not a parameter`],
  ],
  [
    'a route that misses its placeholder',
    `${COMPLETE}, routes: [{ path: "GET /t", params: { thingId: { path: id } } }]`,
    [`${IT} route GET /t has no {id} in its path`],
  ],
  [
    'a route with a body for nobody',
    `${COMPLETE}, routes: [{ path: "GET /t/{thingId}", body: { a: { query: a, type: string } } }]`,
    [`${IT} route GET /t/{thingId} makes a body the operation does not take`],
  ],
  [
    'two routes of one shape',
    `${COMPLETE}, routes: ["GET /t/{thingId}", { path: "GET /t/{id}", params: { thingId: { path: id } } }]`,
    ['GET /things/{thingId} and GET /things/{thingId} both have the route GET /t/{id}'],
  ],
])('%s is named', async (_name, entry, want) => {
  expect(await faultsOf(entry)).toEqual(want);
});

test('an entry for no operation is named', async () => {
  const faults = await faultsOf(COMPLETE, `  GET /nothing: { ${COMPLETE} }`);
  expect(faults).toEqual([
    'things.yaml: GET /nothing is not an operation: correct the key, or give it an id',
  ]);
});

test.each([
  [
    'GET /things/{thingId}',
    'getOwn',
    "has the id getOwn, but IBKR's document knows the operation: remove the id",
  ],
  ['PUT /things', 'getThings', 'has the id getThings, which another operation has: choose another'],
])('a name that is not ours to give is named: %s', async (key, id, fault) => {
  const own = parseOverlay({
    'things.yaml': `tag: Things\noperations:\n  ${key}: { ${COMPLETE}, id: ${id} }`,
  });
  const normalised = { document: document(), overlay: own, findings: [] };
  applyOverlay(normalised.document, own);
  operationIds.run(normalised.document, () => undefined);
  expect(await operationsDescribed.faults(normalised)).toContain(`things.yaml: ${key} ${fault}`);
});

test('a patch of no schema is named', async () => {
  const faults = await faultsOf(COMPLETE, 'schemas: { nothing: { source: s, patch: {} } }');
  expect(faults).toEqual(['schema nothing is patched but does not exist: correct its name']);
});

test('an operation in the file of another tag is named', async () => {
  const others = parseOverlay({ 'others.yaml': `tag: Others\noperations: { GET /things: { ${COMPLETE} } }` });
  const faults = await operationsDescribed.faults({ document: document(), overlay: others, findings: [] });
  expect(faults).toContain(
    'others.yaml: GET /things does not carry the tag Others: move it to the file of its own tag',
  );
});
