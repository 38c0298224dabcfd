// Our own endpoints as OpenAPI paths: what no contract of IBKR's describes.

import { eventPaths } from './event-paths.ts';
import { answer, boolean, get, integer, nullable, object, text, type Json } from './own-path-parts.ts';

const readiness = object({ ready: boolean, state: text, reason: text });

const debugToken = { debugToken: [] };

const probeStep = object(
  {
    name: text,
    method: text,
    path: text,
    status: nullable('integer'),
    latency_ms: integer,
    body_bytes: integer,
    body_preview: text,
    set_cookie_names: { type: 'array', items: text },
    error: nullable('string'),
    _authenticated: nullable('boolean'),
    skipped: boolean,
    skipped_reason: text,
  },
  ['_authenticated', 'skipped', 'skipped_reason'],
);

export const ownPaths: Readonly<Record<string, ReturnType<typeof get>>> = {
  '/health': get({
    operationId: 'health',
    summary: 'Returns how the brokerage session is, or why there is none.',
    responses: {
      '200': answer(
        'IBKR’s word on the session.',
        object({
          authenticated: boolean,
          connected: boolean,
          competing: boolean,
          message: nullable('string'),
        }),
      ),
    },
  }),
  '/livez': get({
    operationId: 'livez',
    summary: 'Tells that this process is alive, whatever IBKR does.',
    security: [],
    responses: { '200': answer('Alive.', object({ alive: boolean })) },
  }),
  '/readyz': get({
    operationId: 'readyz',
    summary: 'Tells whether the Gateway can be reached, and the state of the session as it is known.',
    security: [],
    responses: {
      '200': answer('The Gateway can be reached.', readiness),
      '503': answer('The Gateway cannot be reached.', readiness),
    },
  }),
  '/openapi.json': get({
    operationId: 'openapi',
    summary: 'Returns this document.',
    responses: { '200': answer('An OpenAPI 3.1 document.', { type: 'object' }) },
  }),
  '/docs': get({
    operationId: 'docs',
    summary: 'Shows this document as a page.',
    security: [],
    responses: { '200': { description: 'A page.', content: { 'text/html': { schema: text } } } },
  }),
  '/debug/jar': get({
    operationId: 'debugJar',
    summary: 'Returns the names of the Gateway’s cookies and how long their values are.',
    security: [debugToken],
    responses: {
      '200': answer(
        'The cookie jar.',
        object({
          gateway_root: text,
          size: integer,
          entries: { type: 'array', items: object({ name: text, value_length: integer }) },
        }),
      ),
    },
  }),
  '/debug/probe': get({
    operationId: 'debugProbe',
    summary: 'Makes the calls of a session one by one and tells where it is stuck.',
    security: [debugToken],
    // It asks for a brokerage session when there is none.
    'x-bezant-safety': 'session',
    responses: {
      '200': answer(
        'What each call answered, and the verdict.',
        object({
          gateway_root: text,
          elapsed_ms: integer,
          jar_size_before: integer,
          jar_size_after: integer,
          verdict: text,
          steps: { type: 'array', items: probeStep },
        }),
      ),
    },
  }),
  ...eventPaths,
};

/** Every error: RFC 9457 with the predecessor's `code` and `message`. */
export const problemSchema = object(
  {
    type: text,
    title: text,
    status: integer,
    detail: text,
    instance: text,
    code: text,
    message: text,
    hint: text,
    requestId: text,
    errors: { type: 'array', items: object({ pointer: text, message: text }) },
  },
  ['instance', 'hint', 'requestId', 'errors'],
);

export const securitySchemes: Readonly<Record<string, Json>> = {
  bearerKey: { type: 'http', scheme: 'bearer', description: 'An API key of this server.' },
  basicKey: { type: 'http', scheme: 'basic', description: 'Any user name, and an API key as password.' },
  headerKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'An API key of this server.' },
  debugToken: {
    type: 'apiKey',
    in: 'header',
    name: 'x-bezant-debug-token',
    description: 'The value of BEZANT_DEBUG_TOKEN.',
  },
};
