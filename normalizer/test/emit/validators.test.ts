import { expect, test } from '@jest/globals';
import { emitValidators } from '../../src/emit/validators.ts';
import type { JsonObject } from '../../src/json.ts';
import { parseOverlay } from '../../src/overlay.ts';
import { loadGenerated, type Check, type ResponseValidators, type Validators } from './generated.ts';

const TICKET: JsonObject = {
  type: 'object',
  required: ['side'],
  additionalProperties: false,
  properties: {
    side: { type: 'string', enum: ['BUY', 'SELL'] },
    quantity: { type: 'number' },
    id: { type: 'integer', format: 'int32' },
    name: { type: 'string', maxLength: 3 },
    day: { type: 'string', format: 'date' },
    odd: { type: 'string', format: 'no-such-format' },
    'a/b': { type: 'object', required: ['c~d'] },
    legs: {
      type: 'array',
      items: { $ref: '#/components/schemas/ticket' },
      minItems: 1,
      maxItems: 2,
      uniqueItems: true,
    },
    either: {
      anyOf: [
        { type: 'string' },
        { type: 'object', required: ['x'], properties: { x: { type: 'integer' } } },
      ],
    },
    plain: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    kind: { type: 'string', default: 'a' },
  },
  allOf: [{ anyOf: [{ required: ['quantity'] }, { required: ['legs'] }] }],
};

const json = (schema: JsonObject): JsonObject => ({ content: { 'application/json': { schema } } });

const DOCUMENT: JsonObject = {
  paths: {
    '/write/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
      post: {
        operationId: 'write',
        requestBody: json({ $ref: '#/components/schemas/ticket' }),
        responses: {
          200: { description: 'OK', ...json({ $ref: '#/components/schemas/ticket' }) },
          400: {
            description: 'Bad',
            content: { 'application/problem+json': { schema: { type: 'object' } } },
          },
        },
      },
    },
    '/read': {
      post: {
        operationId: 'read',
        parameters: [
          {
            name: 'conids',
            in: 'query',
            required: true,
            schema: { type: 'array', items: { type: 'integer' } },
          },
          { name: 'size', in: 'query', required: true, schema: { type: 'string', default: 's' } },
          { name: 'force', in: 'query', schema: { type: 'boolean' } },
          { name: 'spread', in: 'query', required: true, schema: { type: 'object' } },
          { name: 'token', in: 'header', required: true, schema: { type: 'string' } },
        ],
        requestBody: json({ $ref: '#/components/schemas/ticket' }),
        responses: { 200: { description: 'OK', content: { 'text/csv': { schema: { type: 'string' } } } } },
      },
    },
    '/text': {
      put: {
        operationId: 'text',
        requestBody: { content: { 'text/plain': { schema: { type: 'string' } } } },
        responses: {},
      },
    },
  },
  components: { schemas: { ticket: TICKET } },
};

const OVERLAY = parseOverlay({
  'a.yaml':
    'tag: A\noperations: { "POST /write/{id}": { safety: order }, POST /read: { safety: read }, PUT /text: { safety: write } }',
});

const files = await emitValidators({ document: DOCUMENT, overlay: OVERLAY, findings: [] });
async function load<T>(name: string): Promise<T> {
  const module = (await import(`data:text/javascript,${encodeURIComponent(files[name] ?? '')}`)) as {
    default: T;
  };
  return module.default;
}
const requests = await load<Validators>('validators.js');
const responses = await load<ResponseValidators>('response-validators.js');

/** Undefined when fine, else where and what. */
function faultOf(check: Check | null | undefined, value: unknown): string | undefined {
  if (check === null || check === undefined) throw new Error('there is no such check');
  if (check(value)) return undefined;
  return check.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ');
}

const GOOD = { side: 'BUY', quantity: 1 };

test.each<[string, unknown, string | undefined]>([
  ['a ticket', GOOD, undefined],
  ['members nobody documented', { ...GOOD, isClose: true }, undefined],
  ['a format nobody knows', { ...GOOD, odd: 'x' }, undefined],
  ['a member that has a default, left out', GOOD, undefined],
  ['a word that is no choice', { ...GOOD, side: 'BUYY' }, '/side must be one of BUY, SELL'],
  ['a member left out', { quantity: 1 }, '/side is required'],
  ['a member deep down with an odd name left out', { ...GOOD, 'a/b': {} }, '/a~1b/c~0d is required'],
  ['one of two members left out', { side: 'BUY' }, ' must have quantity or legs'],
  ['a number as text', { ...GOOD, quantity: '1' }, '/quantity must be number'],
  ['a list as one value', { ...GOOD, legs: GOOD }, '/legs must be array'],
  [
    'a fault in a list',
    { side: 'BUY', legs: [GOOD, { ...GOOD, side: 'HOLD' }] },
    '/legs/1/side must be one of BUY, SELL',
  ],
  ['an empty list', { side: 'BUY', legs: [] }, '/legs must have at least 1 item'],
  [
    'a long list',
    { side: 'BUY', legs: [GOOD, { ...GOOD, id: 1 }, { ...GOOD, id: 2 }] },
    '/legs must have at most 2 items',
  ],
  [
    'the same twice',
    { side: 'BUY', legs: [GOOD, { quantity: 1, side: 'BUY' }] },
    '/legs must not hold the same item twice, at 0 and 1',
  ],
  ['a number beyond 32 bits', { ...GOOD, id: 2 ** 31 }, '/id must be <= 2147483647'],
  ['three characters in four UTF-16 units', { ...GOOD, name: 'ab😀' }, undefined],
  ['a long text', { ...GOOD, name: 'abcd' }, '/name must have at most 3 characters'],
  ['a day that is none', { ...GOOD, day: 'today' }, '/day must match format "date"'],
  ['the alternative that got furthest', { ...GOOD, either: { x: 'y' } }, '/either/x must be integer'],
  ['no alternative at all', { ...GOOD, plain: {} }, '/plain must be string or integer'],
  ['no object', [], ' must be object'],
])('a write with %s', (_name, body, want) => {
  expect(faultOf(requests['write']?.body, body)).toBe(want);
});

test('a read takes a number as text, and one value for a list of one', () => {
  expect(faultOf(requests['read']?.body, { side: 'BUY', quantity: '1' })).toBeUndefined();
  expect(faultOf(requests['read']?.body, { side: 'BUY', quantity: 'ten' })).toBe('/quantity must be number');
  const scalar = { path: {}, query: { conids: '1' } };
  expect(faultOf(requests['read']?.parameters, scalar)).toBeUndefined();
});

test.each<[string, Record<string, unknown>, string | undefined]>([
  ['ids as text', { conids: ['1', '2'] }, undefined],
  ['an id that is none', { conids: ['1', 'x'] }, '/query/conids/1 must be integer'],
  ['nothing', {}, '/query/conids is required'],
  ['truth as text', { conids: ['1'], force: 'true' }, undefined],
  ['neither truth', { conids: ['1'], force: 'maybe' }, '/query/force must be boolean'],
  ['members nobody documented', { conids: ['1'], since: '5' }, undefined],
])('a query with %s', (_name, query, want) => {
  expect(faultOf(requests['read']?.parameters, { path: {}, query })).toBe(want);
});

test.each([
  ['5', undefined],
  ['five', '/path/id must be integer'],
])('a path with %s', (id, want) => {
  expect(faultOf(requests['write']?.parameters, { path: { id }, query: {} })).toBe(want);
});

test('errors are those of the latest call', () => {
  const check = requests['write']?.body;
  expect(faultOf(check, {})).toBeDefined();
  expect(faultOf(check, GOOD)).toBeUndefined();
  expect(check?.errors).toBeNull();
});

test('what is not JSON has no check', () => {
  expect(requests['text']).toEqual({ parameters: null, body: null });
  expect(responses['read']).toEqual({});
});

test('responses are checked by status and media type, and as closed as documented', () => {
  const ok = responses['write']?.['200']?.['application/json'];
  expect(faultOf(ok, GOOD)).toBeUndefined();
  expect(faultOf(ok, { ...GOOD, isClose: true })).toBe('/isClose is not known');
  expect(faultOf(responses['write']?.['400']?.['application/problem+json'], 'text')).toBe(' must be object');
});

test('the files import nothing, and are the same every time', async () => {
  for (const name of ['validators.js', 'response-validators.js'])
    expect(files[name]).not.toMatch(/\brequire\(|^import /m);
  expect(await emitValidators({ document: DOCUMENT, overlay: OVERLAY, findings: [] })).toEqual(files);
});

// The order ticket as it is shipped.
const { validators } = await loadGenerated();
const LIMIT = { conid: 265598, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity: 100, price: 165.5 };
const WITHOUT_CONID = { ...LIMIT, conid: undefined };
const WITHOUT_QUANTITY = { ...LIMIT, quantity: undefined };

test.each<[string, object, string | undefined]>([
  ['a limit order', LIMIT, undefined],
  [
    'members the document does not know',
    { ...LIMIT, acctId: 'U1', cOID: 'a-1', isClose: false, customerField: 1 },
    undefined,
  ],
  ['a contract with its exchange', { ...WITHOUT_CONID, conidex: '265598@SMART' }, undefined],
  ['an amount of money', { ...WITHOUT_QUANTITY, cashQty: 1000 }, undefined],
  ['an amount of currency', { ...WITHOUT_QUANTITY, fxQty: 1000 }, undefined],
  ['a time in force of newer contracts', { ...LIMIT, tif: 'OVT' }, undefined],
  [
    'an algorithm',
    { ...LIMIT, strategy: 'Adaptive', strategyParameters: { adaptivePriority: 'Normal' } },
    undefined,
  ],
  ['no contract', WITHOUT_CONID, '/orders/0 must have conid or conidex'],
  ['no size', WITHOUT_QUANTITY, '/orders/0 must have quantity or cashQty or fxQty'],
  ['a misspelt side', { ...LIMIT, side: 'BUYY' }, '/orders/0/side must be one of BUY, SELL'],
  ['a size in words', { ...LIMIT, quantity: 'ten' }, '/orders/0/quantity must be number'],
  ['a price as text', { ...LIMIT, price: '165.5' }, '/orders/0/price must be number'],
])('an order with %s', (_name, ticket, want) => {
  expect(faultOf(validators['submitNewOrder']?.body, { orders: [ticket] })).toBe(want);
});

test.each<[string, string, unknown, string | undefined]>([
  ['submitNewOrder', 'without an orders list', {}, '/orders is required'],
  ['submitNewOrder', 'as a bare ticket', LIMIT, '/orders is required'],
  ['submitNewOrder', 'with no orders', { orders: [] }, '/orders must have at least 1 item'],
  ['previewMarginImpact', 'with an orders list', { orders: [LIMIT] }, undefined],
  ['previewMarginImpact', 'with numbers as text', { orders: [{ ...LIMIT, quantity: '100' }] }, undefined],
  ['modifyOpenOrder', 'as a bare ticket', LIMIT, undefined],
  ['confirmOrderReply', 'with yes', { confirmed: true, messageIds: ['o163'] }, undefined],
  ['confirmOrderReply', 'without an answer', {}, '/confirmed is required'],
  ['suppressOrderReplies', 'with an id the document does not list', { messageIds: ['o99999'] }, undefined],
  [
    'suppressOrderReplies',
    'with 52 ids',
    { messageIds: Array.from({ length: 52 }, (_, n) => `o${n}`) },
    '/messageIds must have at most 51 items',
  ],
  ['getContractRules', 'with the contract as text', { conid: '265598', isBuy: true }, undefined],
  ['deleteWatchlist', 'with the id in the body', { id: '1234' }, undefined],
  [
    'postNewWatchlist',
    'with blank rows',
    { id: '1', name: 'a', rows: [{ C: '1' }, { H: '' }, { H: '' }] },
    undefined,
  ],
])('%s %s', (id, _name, body, want) => {
  expect(faultOf(validators[id]?.body, body)).toBe(want);
});

test.each<[string, Record<string, unknown>, string | undefined]>([
  ['getMdSnapshot', { conids: ['265598', '8314@SMART'], fields: ['31', '84'] }, undefined],
  ['getMdSnapshot', { fields: ['31'] }, '/query/conids is required'],
  ['getMdHistory', { conid: '265598', bar: '5min' }, undefined],
  ['getMdHistory', { conid: 'AAPL' }, '/query/conid must be integer'],
  ['getOpenOrders', { filters: ['Submitted', 'filled'], force: 'true', accountId: 'U1' }, undefined],
  ['deleteWatchlist', {}, undefined],
  ['getContractSymbols', { symbol: 'ES', secType: 'FUT' }, undefined],
])('%s with the query %o', (id, query, want) => {
  expect(faultOf(validators[id]?.parameters, { path: {}, query })).toBe(want);
});
