// GET /events/{topic}: what came after a cursor. The predecessor's contract: 200 with events, 204 when there are none, 412
// when the cursor leads nowhere. With `wait` the answer is held back until there is something to tell.

import type { Request, Response } from 'express';
import { Problem } from '../errors.ts';
import { exchangeOf } from '../request/exchange.ts';
import { answerJson } from './answer.ts';
import type { Topic } from '../event.ts';
import { marketDataStream, noLineLeft, withGaps, type QuoteLines } from './followed.ts';
import type { Journal, Read } from './journal.ts';
import { linesJson } from './line.ts';
import type { Places } from './places.ts';
import { readQuery } from './reader-query.ts';

/** As in the predecessor. */
const defaultLimit = 100;
const maxLimit = 1000;
/** Proxies on the way tend to give up after a minute of silence. */
const maxWaitSeconds = 60;

export interface PollDeps {
  journal: Journal;
  lines: QuoteLines;
  places: Places;
  epoch: () => number;
  /** Aborts when the server stops: whoever waits is answered then. */
  stopping: AbortSignal;
}

export async function poll(
  deps: PollDeps,
  topic: Topic,
  request: Request,
  response: Response,
): Promise<void> {
  const { journal } = deps;
  const query = readQuery(request);
  const since = query.cursor('since') ?? 0;
  const limit = Math.min(
    query.whole('limit', { min: 1, max: Number.MAX_SAFE_INTEGER }) ?? defaultLimit,
    maxLimit,
  );
  const waitMs = (query.whole('wait', { min: 0, max: maxWaitSeconds }) ?? 0) * 1000;
  const withRaw = query.flag('raw');
  const conid = topic === 'marketdata' ? query.conid('conid') : null;
  query.check();
  if (topic === 'marketdata' && conid === null) {
    throw new Problem('missing_query_param', 'marketdata needs ?conid=, such as 265598.', {
      errors: [{ pointer: '/query/conid', message: 'is required' }],
    });
  }
  if (conid !== null && !deps.lines.touch(conid)) throw noLineLeft(conid);
  const streams = withGaps([conid === null ? topic : marketDataStream(conid)]);

  const read = await readOrWait(deps, request, {
    streams,
    since: since === 'now' ? journal.head() : since,
    limit,
    // A HEAD asks where things stand.
    waitMs: request.method === 'HEAD' ? 0 : waitMs,
  });
  if (read.expired) throw cursorExpired(read.oldest, deps.epoch());
  const { lines, next } = read;
  response.setHeader('x-bezant-cursor', String(next));
  const last = lines.at(-1);
  if (last === undefined) {
    // The predecessor told a topic without any event from one that was read to its end.
    if (since !== 0) return void response.setHeader('cache-control', 'no-store').status(204).end();
    return answerJson(response, `{"events":[],"next_cursor":0,"reset_epoch":${deps.epoch()}}`);
  }
  const events = linesJson(lines, withRaw);
  answerJson(response, `{"events":${events},"next_cursor":${last.cursor},"reset_epoch":${last.epoch}}`);
}

interface Wanted {
  streams: readonly string[];
  since: number;
  limit: number;
  waitMs: number;
}

async function readOrWait(deps: PollDeps, request: Request, wanted: Wanted): Promise<Read> {
  const { journal } = deps;
  const { streams, since, limit, waitMs } = wanted;
  const read = await journal.read(streams, since, limit);
  if (read.expired || read.lines.length > 0 || waitMs === 0) return read;
  const place = deps.places.take('poll');
  try {
    const exchange = exchangeOf(request);
    exchange.linger(waitMs);
    const signal = AbortSignal.any([exchange.signal, deps.stopping]);
    const hasNews = await journal.wait(streams, read.next, waitMs, signal);
    exchange.signal.throwIfAborted();
    return hasNews ? await journal.read(streams, read.next, limit) : read;
  } finally {
    place.leave();
  }
}

/** `head_cursor` is the predecessor's name for the oldest event there is: reading goes on at one less. */
export function cursorExpired(oldest: number, epoch: number): Problem {
  const message = `Nothing is kept from this cursor on. Events may have been missed; read on with since=${oldest - 1}.`;
  return new Problem('cursor_expired', message, { members: { head_cursor: oldest, reset_epoch: epoch } });
}
