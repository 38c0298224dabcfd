// GET /events/stream: Server-Sent Events (WHATWG HTML, 9.2). A stream is a reader in a loop: it takes what there is after
// its cursor, waits until that is sent, then waits for more. So nothing is buffered for a slow one, nothing falls between
// catching up and going live, and a reconnecting client goes on where it was.

import type { Request, Response } from 'express';
import type { Clock } from '../clock.ts';
import { Problem } from '../errors.ts';
import { exchangeOf } from '../request/exchange.ts';
import { topics as allTopics, type Topic } from '../event.ts';
import { isConid, isTopic, marketDataStream, noLineLeft, withGaps, type QuoteLines } from './followed.ts';
import type { Journal } from './journal.ts';
import { lineJson, type Line } from './line.ts';
import type { Place, Places } from './places.ts';
import { cursorExpired } from './poll.ts';
import { readQuery } from './reader-query.ts';

/** Shorter than the silence after which proxies cut a connection. */
const heartbeatMs = 15_000;
/** What a client waits before it connects again. */
const retryMs = 2000;
const pageSize = 200;
/** A client that takes nothing for so long is gone, or as good as. */
const patienceMs = 30_000;
/** One conid is one of the account's data lines, about a hundred. */
const maxConids = 100;

export interface StreamDeps {
  journal: Journal;
  lines: QuoteLines;
  places: Places;
  epoch: () => number;
  clock: Clock;
  stopping: AbortSignal;
}

export async function stream(deps: StreamDeps, request: Request, response: Response): Promise<void> {
  const { since, streams, conids, withRaw } = wanted(deps.journal, request);
  const place = deps.places.take('stream');
  const releases: (() => void)[] = [];
  try {
    for (const conid of conids) {
      const release = deps.lines.hold(conid);
      if (release === null) throw noLineLeft(conid);
      releases.push(release);
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // nginx would hold events back until its buffer is full.
      'x-accel-buffering': 'no',
    });
    if (request.method === 'HEAD') return void response.end();
    const exchange = exchangeOf(request);
    exchange.linger(Infinity);
    await run(deps, { since, streams, withRaw, response, place, gone: exchange.signal });
  } finally {
    place.leave();
    for (const release of releases) release();
  }
}

function wanted(journal: Journal, request: Request) {
  const query = readQuery(request);
  const conids = query.list('conids', isConid, 'conids') ?? [];
  const topics = (query.list('topics', isTopic, `topics (${allTopics.join(', ')})`) ?? null) as
    Topic[] | null;
  const header = request.headers['last-event-id'];
  const resumed = query.header('last-event-id', typeof header === 'string' ? header : undefined);
  const since = resumed ?? query.cursor('since') ?? 'now';
  const withRaw = query.flag('raw');
  query.check();
  if (topics?.includes('marketdata') === true && conids.length === 0) {
    throw new Problem('missing_query_param', 'marketdata needs ?conids=, such as 265598,8314.', {
      errors: [{ pointer: '/query/conids', message: 'is required' }],
    });
  }
  if (conids.length > maxConids) {
    throw new Problem('bad_request', `A stream may follow ${maxConids} instruments.`, {
      errors: [{ pointer: '/query/conids', message: `must have ${maxConids} items at most` }],
    });
  }
  const named = topics ?? allTopics;
  return {
    since: since === 'now' ? journal.head() : since,
    streams: withGaps([
      ...named.filter((topic) => topic !== 'marketdata'),
      ...conids.map((conid) => marketDataStream(conid)),
    ]),
    conids,
    withRaw,
  };
}

interface Running {
  since: number;
  streams: readonly string[];
  withRaw: boolean;
  response: Response;
  place: Place;
  gone: AbortSignal;
}

async function run(deps: StreamDeps, running: Running): Promise<void> {
  const { journal, clock, stopping } = deps;
  const { streams, withRaw, response, place, gone } = running;
  const ended = AbortSignal.any([gone, stopping]);
  let { since } = running;
  // An id of its own, so that a client that is cut off before the first event goes on from here too.
  let text = `retry: ${retryMs}\nid: ${since}\n\n`;
  let isSilent = false;
  for (;;) {
    if (text !== '' && !(await sent(response, text, clock, ended))) break;
    if (ended.aborted) break;
    const read = await journal.read(streams, since, pageSize);
    if (read.expired) {
      since = read.oldest - 1;
      text = expiredText(read.oldest, deps.epoch());
      continue;
    }
    since = read.next;
    text = read.lines.map((line) => eventText(line, withRaw)).join('');
    if (text === '' && isSilent) text = `: heartbeat\nid: ${since}\n\n`;
    isSilent = text === '' && !(await journal.wait(streams, since, heartbeatMs, ended));
  }
  if (stopping.aborted) return void response.end(': this server is shutting down\n\n');
  if (gone.aborted) return;
  place.slow();
  response.end(': not read for too long; go on from the last id\n\n');
  clock.after(1000, () => response.destroy());
}

function eventText(line: Line, withRaw: boolean): string {
  return `id: ${line.cursor}\nevent: ${line.topic}\ndata: ${lineJson(line, withRaw)}\n\n`;
}

/** In the stream and not as a status, because a browser's EventSource gives up for good at one. */
function expiredText(oldest: number, epoch: number): string {
  const { code, message, extra } = cursorExpired(oldest, epoch);
  return `id: ${oldest - 1}\nevent: ${code}\ndata: ${JSON.stringify({ code, message, ...extra.members })}\n\n`;
}

/** Whether it went out in time. */
function sent(response: Response, text: string, clock: Clock, ended: AbortSignal): Promise<boolean> {
  if (response.write(text) || ended.aborted) return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (inTime: boolean): void => {
      cancel();
      response.off('drain', onDrain);
      ended.removeEventListener('abort', onDrain);
      resolve(inTime);
    };
    const onDrain = (): void => settle(true);
    const cancel = clock.after(patienceMs, () => settle(false));
    response.once('drain', onDrain);
    ended.addEventListener('abort', onDrain, { once: true });
  });
}
