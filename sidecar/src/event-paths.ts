// The readers of events as OpenAPI paths.

import { answer, boolean, get, integer, nullable, object, text, type Json } from './own-path-parts.ts';

const event = object(
  {
    cursor: integer,
    topic: text,
    received_at: { type: 'string', format: 'date-time' },
    reset_epoch: integer,
    account: nullable('string'),
    order_id: nullable('string'),
    conid: nullable('integer'),
    execution_id: nullable('string'),
    healed: boolean,
    payload: { type: 'object' },
    raw: nullable('string'),
  },
  ['raw'],
);

const events = { type: 'array', items: event };

const inQuery = (name: string, schema: Json, description: string): Json => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
});

const cursor = { type: 'integer', minimum: 0 };

const since = inQuery(
  'since',
  { oneOf: [cursor, { const: 'now' }] },
  'The cursor after which to begin: 0 for all that is kept, `now` for what happens from now on.',
);
const raw = inQuery('raw', { type: 'boolean', default: false }, 'Adds the frame as IBKR sent it.');
const limit = (standard: number, maximum: number): Json =>
  inQuery('limit', { type: 'integer', minimum: 1, maximum, default: standard }, 'Events at most.');
const conid = { type: 'string', pattern: '^[1-9][0-9]{0,9}(@[A-Z0-9.]{1,16})?$' };

const headers = {
  'x-bezant-cursor': { description: 'The cursor to go on from.', schema: { type: 'integer' } },
};

const polled: Json = {
  '200': {
    ...answer('What came after the cursor.', object({ events, next_cursor: integer, reset_epoch: integer })),
    headers,
  },
  '204': { description: 'Nothing came.', headers },
};

const pollParameters = [
  since,
  limit(100, 1000),
  inQuery(
    'wait',
    { type: 'integer', minimum: 0, maximum: 60, default: 0 },
    'Seconds to wait when there is nothing yet.',
  ),
  raw,
];

const inPath = (name: string, schema: Json, description: string): Json => ({
  name,
  in: 'path',
  required: true,
  description,
  schema,
});

const time = { type: 'string', format: 'date-time' };

export const eventPaths: Readonly<Record<string, ReturnType<typeof get>>> = {
  '/events/{topic}': get({
    operationId: 'readEvents',
    summary: 'Returns what happened after a cursor, or waits for it.',
    parameters: [
      inPath(
        'topic',
        { type: 'string', enum: ['orders', 'trades', 'pnl', 'notifications', 'session', 'gap'] },
        'What to read. Gaps are told in every topic.',
      ),
      ...pollParameters,
    ],
    responses: polled,
  }),
  '/events/marketdata': get({
    operationId: 'readMarketData',
    summary: 'Returns an instrument’s quotes after a cursor, and keeps it subscribed while it is asked for.',
    parameters: [
      { ...inQuery('conid', conid, 'The instrument, or one at an exchange: 265598@ARCA.'), required: true },
      ...pollParameters,
    ],
    responses: polled,
  }),
  '/events/stream': get({
    operationId: 'streamEvents',
    summary: 'Sends events as they happen, as Server-Sent Events.',
    parameters: [
      inQuery('topics', text, 'Topics, joined by commas; without, all but marketdata.'),
      inQuery('conids', text, 'Instruments whose quotes to follow, joined by commas.'),
      since,
      raw,
      {
        name: 'last-event-id',
        in: 'header',
        required: false,
        description: 'The cursor to go on from, as EventSource sends it; counts before `since`.',
        schema: cursor,
      },
    ],
    responses: {
      '200': { description: 'A stream without end.', content: { 'text/event-stream': { schema: text } } },
    },
  }),
  '/events/{topic}/history': get({
    operationId: 'readEventHistory',
    summary: 'Returns what is kept of a topic, by time or by cursor.',
    parameters: [
      inPath('topic', text, 'A topic; for an instrument’s quotes marketdata:265598.'),
      inQuery('since_ts', time, 'Events after this time. This or after_cursor is needed.'),
      inQuery('after_cursor', cursor, 'Events after this cursor; with since_ts, among those of equal time.'),
      inQuery('until_ts', time, 'Events up to this time.'),
      limit(500, 5000),
      raw,
    ],
    responses: {
      '200': answer(
        'A page, with the address of the next one when it is full.',
        object({ topic: text, events, count: integer, next: nullable('string') }),
      ),
    },
  }),
  '/events/_status': get({
    operationId: 'eventsStatus',
    summary: 'Returns how the connection to IBKR is, and what is buffered.',
    responses: {
      '200': answer(
        'The state of events.',
        object({
          connected: boolean,
          last_message_at: { type: ['string', 'null'], format: 'date-time' },
          reconnect_count: integer,
          uptime_seconds: integer,
          reset_epoch: integer,
          head_cursor: integer,
          topics_subscribed: { type: 'array', items: text },
          buffer_sizes: { type: 'object', additionalProperties: integer },
          waiting_readers: integer,
        }),
      ),
    },
  }),
};
