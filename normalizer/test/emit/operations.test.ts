import { expect, test } from '@jest/globals';
import { emitOperations, operationRows, type OperationRow } from '../../src/emit/operations.ts';
import { type JsonObject } from '../../src/json.ts';
import { parseOverlay } from '../../src/overlay.ts';
import { loadGenerated } from './generated.ts';

const COMPLETE = 'summary: Do it., safety: read, servedBy: gateway, source: s';

const DOCUMENT: JsonObject = {
  paths: {
    '/things/{thingId}': {
      parameters: [{ $ref: '#/components/parameters/thingId' }],
      post: {
        operationId: 'setThing',
        parameters: [
          { name: 'sizes', in: 'query', schema: { type: 'array' } },
          { name: 'colour', in: 'query', schema: { $ref: '#/components/schemas/colour' } },
          { name: 'any', in: 'header', required: true },
        ],
        requestBody: { $ref: '#/components/requestBodies/thing' },
        responses: {
          200: { description: 'OK', content: { 'application/json': {}, 'application/pdf': {} } },
          404: { $ref: '#/components/responses/none' },
        },
      },
    },
    '/a': { get: { operationId: 'getA', responses: {} }, delete: { operationId: 'dropA', responses: {} } },
  },
  components: {
    parameters: { thingId: { name: 'thingId', in: 'path', required: true, schema: { type: 'integer' } } },
    schemas: { colour: { type: ['string', 'null'] } },
    requestBodies: { thing: { required: true, content: { 'application/json': {} } } },
    responses: { none: { description: 'None' } },
  },
};

const OVERLAY = parseOverlay({
  'things.yaml': `
tag: Things
operations:
  POST /things/{thingId}:
    summary: Set a thing.
    safety: write
    servedBy: gateway
    source: s
    pacing: 1/5s
    preflight: [getA]
    guards: [{ in: path, name: thingId, equals: '0', safety: destructive }]
    routes: ['POST /t/{thingId}']
    tool: thing
  GET /a: { ${COMPLETE}, cacheMs: 1000 }
  DELETE /a: { ${COMPLETE}, id: dropA }
`,
});

const row = (id: string, rows: readonly OperationRow[]): OperationRow | undefined =>
  rows.find((each) => each.id === id);

test('a row holds what the document and the overlay say', () => {
  expect(row('setThing', operationRows(DOCUMENT, OVERLAY))).toEqual({
    id: 'setThing',
    method: 'POST',
    path: '/things/{thingId}',
    tag: 'Things',
    summary: 'Set a thing.',
    origin: 'ibkr',
    parameters: [
      { name: 'thingId', in: 'path', required: true, type: 'integer' },
      { name: 'sizes', in: 'query', required: false, type: 'array' },
      { name: 'colour', in: 'query', required: false, type: 'string' },
      { name: 'any', in: 'header', required: true, type: 'string' },
    ],
    body: { required: true, mediaTypes: ['application/json'] },
    responses: { 200: ['application/json', 'application/pdf'], 404: [] },
    servedBy: 'gateway',
    safety: 'write',
    guards: [{ in: 'path', name: 'thingId', equals: '0', safety: 'destructive' }],
    pacing: { limit: 1, windowMs: 5000 },
    preflight: ['getA'],
    cacheMs: 0,
    routes: [{ method: 'POST', path: '/t/{thingId}', params: {} }],
    tool: 'thing',
  });
});

test('rows stand by path and then by method, whatever the order of the document', () => {
  const order = ({ path, method }: OperationRow): string => `${method} ${path}`;
  expect(operationRows(DOCUMENT, OVERLAY).map(order)).toEqual([
    'DELETE /a',
    'GET /a',
    'POST /things/{thingId}',
  ]);
});

test('an operation that only the overlay knows says so', () => {
  expect(operationRows(DOCUMENT, OVERLAY).map(({ id, origin }) => [id, origin])).toContainEqual([
    'dropA',
    'overlay',
  ]);
});

test('the text is the same every time', async () => {
  const write = () => emitOperations({ document: DOCUMENT, overlay: OVERLAY, findings: [] });
  expect(await write()).toEqual(await write());
});

test('an operation that nobody described stops the build', () => {
  const overlay = parseOverlay({ 'things.yaml': `tag: Things\noperations: { GET /a: { ${COMPLETE} } }` });
  expect(() => operationRows(DOCUMENT, overlay)).toThrow(
    'POST /things/{thingId} has no complete entry in spec/overlay',
  );
});

// The table as it is shipped.
const { rows } = await loadGenerated();

test('IBKR documents 167 operations, and at least the Gateway’s own come on top', () => {
  expect(rows.filter(({ origin }) => origin === 'ibkr')).toHaveLength(167);
  expect(rows.filter(({ origin }) => origin === 'overlay').map(({ id }) => id)).toEqual(
    expect.arrayContaining(['tickle', 'getAuthStatus', 'reauthenticate', 'getRegulatorySnapshot']),
  );
});

// Limits: IBKR Web API documentation, pacing limits
test.each([
  ['getMdSnapshot', { limit: 10, windowMs: 1000 }],
  ['getMdHistory', { concurrent: 5 }],
  ['getHmdsHistory', { concurrent: 5 }],
  ['getScannerParameters', { limit: 1, windowMs: 900_000 }],
  ['getScannerResults', { limit: 1, windowMs: 1000 }],
  ['getTradeHistory', { limit: 1, windowMs: 5000 }],
  ['getOpenOrders', { limit: 1, windowMs: 5000 }],
  ['getPnl', { limit: 1, windowMs: 5000 }],
  ['getAllAccounts', { limit: 1, windowMs: 5000 }],
  ['getAllSubaccounts', { limit: 1, windowMs: 5000 }],
  ['getSinglePerformancePeriod', { limit: 1, windowMs: 900_000 }],
  ['getTransactions', { limit: 1, windowMs: 900_000 }],
  ['getUnreadFyis', { limit: 1, windowMs: 1000 }],
  ['getSessionToken', { limit: 1, windowMs: 1000 }],
  ['getSessionValidation', { limit: 1, windowMs: 60_000 }],
  ['submitNewOrder', null],
])('%s is limited to %o', (id, want) => {
  expect(row(id, rows)?.pacing).toEqual(want);
});

test.each([
  ['submitNewOrder', 'order'],
  ['modifyOpenOrder', 'order'],
  ['cancelOpenOrder', 'order'],
  ['confirmOrderReply', 'order'],
  ['suppressOrderReplies', 'order'],
  ['ackServerPrompt', 'order'],
  ['submitModelOrders', 'order'],
  ['previewMarginImpact', 'read'],
  ['getContractSymbolsFromBody', 'read'],
  ['getSinglePerformancePeriod', 'read'],
  ['logout', 'session'],
  ['initializeSession', 'session'],
  ['setActiveAccount', 'session'],
  ['closeAllMdStreams', 'destructive'],
  ['getRegulatorySnapshot', 'costs-money'],
  ['post_gw_api_v1_external_cash_transfers', 'write'],
])('%s is of the class %s', (id, want) => {
  expect(row(id, rows)?.safety).toBe(want);
});

test.each([
  ['cancelOpenOrder', 'orderId', '-1'],
  ['deleteAlert', 'alertId', '0'],
])('%s with %s %s hits everything', (id, name, equals) => {
  expect(row(id, rows)?.guards).toEqual([{ in: 'path', name, equals, safety: 'destructive' }]);
});

test('nothing that changes something is answered from a cache', () => {
  expect(rows.filter(({ safety, cacheMs }) => safety !== 'read' && cacheMs > 0).map(({ id }) => id)).toEqual(
    [],
  );
});

test('what only IBKR’s cloud serves has no friendly route', () => {
  expect(
    rows.filter(({ servedBy, routes }) => servedBy === 'cloud' && routes.length > 0).map(({ id }) => id),
  ).toEqual([]);
});
