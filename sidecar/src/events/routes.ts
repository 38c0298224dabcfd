// The paths of readers. What each one answers stands in its own file.

import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from '../clock.ts';
import { Problem } from '../errors.ts';
import type { Observe } from '../observe.ts';
import { exchangeOf } from '../request/exchange.ts';
import { wrongMethod } from '../request/route.ts';
import { answerJson } from './answer.ts';
import { isStream, topicOrThrow, type QuoteLines } from './followed.ts';
import { history } from './history.ts';
import type { Journal } from './journal.ts';
import { createPlaces } from './places.ts';
import { poll } from './poll.ts';
import { stream } from './stream.ts';

/** How the upstream connection is, by the predecessor's names and what else is to be told. */
export interface EventsStatus {
  connected: boolean;
  last_message_at: string | null;
  reconnect_count: number;
  uptime_seconds: number;
  topics_subscribed: readonly string[];
  [more: string]: unknown;
}

export interface EventRoutes {
  handle: RequestHandler;
  /** Whoever waits is answered, and every stream ends: to be called before the listener stops. */
  stop(): void;
}

type Answer = (request: Request, response: Response) => void | Promise<void>;

export function createEventRoutes(deps: {
  journal: Journal;
  lines: QuoteLines;
  epoch: () => number;
  status: () => EventsStatus;
  clock: Clock;
  observe: Observe;
}): EventRoutes {
  const stopping = new AbortController();
  const places = createPlaces(deps.observe);
  const readers = { ...deps, places, stopping: stopping.signal };

  const status: Answer = (_request, response) => {
    const { journal } = deps;
    answerJson(
      response,
      JSON.stringify({
        ...deps.status(),
        reset_epoch: deps.epoch(),
        head_cursor: journal.head(),
        buffer_sizes: journal.sizes(),
        waiting_readers: places.taken(),
      }),
    );
  };

  function route(path: string): { operation: string; answer: Answer } | null {
    const [, topic = '', rest] = /^\/events\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
    if (topic === '') return null;
    if (rest === 'history') {
      return {
        operation: 'events-history',
        answer: (request, response) => history(deps, streamOrThrow(topic), request, response),
      };
    }
    if (rest !== undefined) return null;
    if (topic === '_status') return { operation: 'events-status', answer: status };
    if (topic === 'stream') {
      return {
        operation: 'events-stream',
        answer: (request, response) => stream(readers, request, response),
      };
    }
    return {
      operation: 'events',
      answer: (request, response) => poll(readers, topicOrThrow(topic), request, response),
    };
  }

  return {
    handle: serve(route),
    stop: () => stopping.abort(),
  };
}

/** The same paths when events are switched off. */
export const eventsDisabled: RequestHandler = serve((path) =>
  path.startsWith('/events/')
    ? {
        operation: 'events',
        answer: () => {
          throw new Problem('events_disabled', 'Events are switched off here.');
        },
      }
    : null,
);

function serve(route: (path: string) => { operation: string; answer: Answer } | null): RequestHandler {
  return async (request, response, next) => {
    const found = route(request.path);
    if (found === null) return next();
    exchangeOf(request).operation = found.operation;
    if (request.method !== 'GET' && request.method !== 'HEAD') throw wrongMethod(request.method, ['GET']);
    await found.answer(request, response);
  };
}

function streamOrThrow(encoded: string): string {
  const stream = decoded(encoded);
  if (isStream(stream)) return stream;
  const example = 'The history of an instrument is at /events/marketdata:265598/history.';
  throw new Problem('unknown_topic', `There is no topic of that name. ${example}`);
}

/** A colon may come encoded. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
