// GET /events/{topic}/history: what is kept, by time. A page ends with where the next one begins, by time and cursor
// together, so that events of the same millisecond are neither lost nor told twice.

import type { Request, Response } from 'express';
import { Problem } from '../errors.ts';
import { queryOf } from '../request/caller.ts';
import { answerJson } from './answer.ts';
import type { Journal } from './journal.ts';
import { linesJson, type Line } from './line.ts';
import { cursorRange, readQuery } from './reader-query.ts';

/** As in the predecessor. */
const defaultLimit = 500;
const maxLimit = 5000;

export async function history(
  deps: { journal: Journal },
  stream: string,
  request: Request,
  response: Response,
): Promise<void> {
  const query = readQuery(request);
  const sinceMs = query.time('since_ts');
  const untilMs = query.time('until_ts');
  const afterCursor = query.whole('after_cursor', cursorRange);
  const limit = Math.min(
    query.whole('limit', { min: 1, max: Number.MAX_SAFE_INTEGER }) ?? defaultLimit,
    maxLimit,
  );
  const withRaw = query.flag('raw');
  query.check();
  if (sinceMs === null && afterCursor === null) {
    throw new Problem('missing_query_param', 'history needs ?since_ts= or ?after_cursor=.', {
      errors: [{ pointer: '/query/since_ts', message: 'is required' }],
    });
  }

  const { journal } = deps;
  const lines =
    sinceMs === null
      ? await journal.byCursor(stream, afterCursor ?? 0, limit)
      : await journal.byTime(
          stream,
          // As in the predecessor, `since_ts` is exclusive: all cursors of that millisecond are behind the reader.
          { sinceMs, afterCursor: afterCursor ?? cursorRange.max },
          untilMs,
          limit,
        );
  const wanted = untilMs === null ? lines : lines.filter(({ receivedAtMs }) => receivedAtMs <= untilMs);
  const last = lines.at(-1);
  const next =
    last === undefined || lines.length < limit ? null : nextPage(stream, last, request, sinceMs === null);
  answerJson(
    response,
    `{"topic":${JSON.stringify(stream)},"events":${linesJson(wanted, withRaw)},"count":${wanted.length},"next":${JSON.stringify(next)}}`,
  );
}

/** The address of the next page, with everything else that was asked for. */
function nextPage(stream: string, last: Line, request: Request, byCursor: boolean): string {
  const query = queryOf(request);
  query.set('after_cursor', String(last.cursor));
  if (!byCursor) query.set('since_ts', new Date(last.receivedAtMs).toISOString());
  return `/events/${stream}/history?${query.toString()}`;
}
