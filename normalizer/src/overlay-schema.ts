// What an overlay file may say. Checked before anything is read from it, so that a misspelt key cannot silently lose a
// guard or a limit.

const text = { type: 'string', minLength: 1 } as const;
const names = { type: 'array', items: text, uniqueItems: true } as const;
const patch = { type: 'object' } as const;

export const SAFETY = ['read', 'write', 'order', 'session', 'destructive', 'costs-money'] as const;
export const SERVED_BY = ['gateway', 'cloud', 'unknown'] as const;

function closed(properties: Record<string, object>, required: string[] = []): object {
  return { type: 'object', properties, required, additionalProperties: false };
}

const param = closed({ query: text, path: text, default: { type: 'string' }, required: { const: true } });

const bodyField = closed(
  {
    query: text,
    type: { enum: ['string', 'boolean', 'integer'] },
    default: { type: ['string', 'boolean', 'integer'] },
    required: { const: true },
  },
  ['query', 'type'],
);

/** `GET /accounts/{accountId}` */
const call = { type: 'string', pattern: '^(GET|POST|PUT|PATCH|DELETE) /\\S+$' } as const;

const route = {
  if: { type: 'string' },
  then: call,
  else: closed(
    {
      path: call,
      params: { type: 'object', additionalProperties: param },
      body: { type: 'object', additionalProperties: bodyField },
    },
    ['path'],
  ),
};

const guard = closed(
  { in: { enum: ['path', 'query', 'body'] }, name: text, equals: text, safety: { enum: SAFETY } },
  ['in', 'name', 'equals', 'safety'],
);

const operation = closed({
  summary: { type: 'string', pattern: '^[A-Z].*\\.$', maxLength: 160 },
  safety: { enum: SAFETY },
  servedBy: { enum: SERVED_BY },
  pacing: { type: 'string', pattern: '^([1-9]\\d*/[1-9]?\\d*(s|min)|[1-9]\\d* concurrent)$' },
  preflight: names,
  cacheMs: { type: 'integer', minimum: 0 },
  guards: { type: 'array', items: guard },
  routes: { type: 'array', items: route },
  tool: text,
  source: text,
  // an operation that is real but missing from IBKR's document
  id: { type: 'string', pattern: '^[a-z]\\w+$' },
  // JSON merge patches (RFC 7396) on what the document says
  parameters: { type: 'object', additionalProperties: patch },
  body: closed({ required: { type: 'boolean' }, schema: patch }),
  answer: patch,
});

export const overlayFileSchema = closed(
  {
    tag: text,
    defaults: closed({ servedBy: { enum: SERVED_BY }, source: text }),
    operations: { type: 'object', propertyNames: call, additionalProperties: operation },
    schemas: { type: 'object', additionalProperties: closed({ source: text, patch }, ['source', 'patch']) },
  },
  ['tag', 'operations'],
);
