// What happens, as it happens, from bezant's store of events: /events/stream (docs/events.md). A connection that ends is made
// again from the last cursor, so nothing is missed or told twice; what bezant itself did not hear comes as a gap.

import type { CallOptions } from './call.ts';
import { BezantError, invalidArgument } from './errors.ts';
import { isRecord } from './refusal.ts';
import type { Server } from './server.ts';
import { createSseParser, type SseMessage } from './sse.ts';
import type { Transport } from './transport.ts';

export type EventTopic = 'orders' | 'trades' | 'pnl' | 'marketdata' | 'notifications' | 'session' | 'gap';

export interface BezantEvent {
  /** Keep the last one you have dealt with: `since` goes on from there. */
  readonly cursor: number;
  readonly topic: EventTopic;
  /** RFC 3339 */
  readonly received_at: string;
  /** The number of the connection to IBKR it came over. */
  readonly reset_epoch: number;
  readonly account: string | null;
  readonly order_id: string | null;
  readonly conid: number | null;
  readonly execution_id: string | null;
  /** Read up after an outage instead of pushed. */
  readonly healed: boolean;
  /** IBKR’s own object. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** IBKR’s frame, where `raw` was asked for. */
  readonly raw?: string | null;
}

/** Events after the cursor are no longer there, or never were: fetch orders and trades once. The stream goes on. */
export interface CursorExpired {
  readonly topic: 'cursor_expired';
  /** What it goes on after. */
  readonly cursor: number;
  readonly reset_epoch: number;
  readonly message: string;
}

export interface EventOptions extends Pick<CallOptions, 'signal' | 'headers'> {
  /** A cursor: begins after it. 0 is everything kept; without it, from now on. */
  readonly since?: number | 'now' | undefined;
  /** Instruments whose quotes are followed too: `265598` or `265598@ARCA`. */
  readonly conids?: readonly (string | number)[] | undefined;
  readonly raw?: boolean | undefined;
  /** Takes gaps and expired cursors instead of the loop. */
  readonly onGap?: ((gap: BezantEvent | CursorExpired) => void) | undefined;
  /** The connection ended; it is made again after the wait. */
  readonly onReconnect?: ((error: BezantError, waitMs: number) => void) | undefined;
  /** Without a byte for so long the connection counts as dead. bezant sends one every 15 s. */
  readonly silenceMs?: number | undefined;
}

const standardSilenceMs = 45_000;
/** What bezant asks its readers to wait before they come back. */
const firstWaitMs = 2_000;
const longestWaitMs = 30_000;

/**
 * Ends with the loop or the signal; rejects when the first connection fails, and later only when coming back is pointless,
 * as when the key is no longer good.
 */
export async function* events(
  transport: Transport,
  server: Server,
  topics: EventTopic | readonly EventTopic[],
  options: EventOptions = {},
): AsyncGenerator<BezantEvent | CursorExpired, void, undefined> {
  requireBezant(server);
  const { conids = [], since, raw, onGap, onReconnect, headers } = options;
  const named = typeof topics === 'string' ? [topics] : topics;
  const query = {
    topics: [...named, ...(conids.length > 0 && !named.includes('marketdata') ? ['marketdata'] : [])],
    conids: conids.length > 0 ? conids : undefined,
    since,
    raw,
  };
  const { time } = transport;
  let lastId: string | null = null;
  for (let failures = 0; ; failures += 1) {
    const ended = new AbortController();
    const leave = (): void => ended.abort(options.signal?.reason);
    if (options.signal?.aborted === true) leave();
    options.signal?.addEventListener('abort', leave, { once: true });
    let fault: BezantError;
    try {
      const resumed = lastId === null ? headers : { ...headers, 'last-event-id': lastId };
      const response = await transport.open(
        { method: 'GET', path: '/events/stream', own: true, read: true, query },
        { signal: ended.signal, headers: { accept: 'text/event-stream', ...resumed } },
      );
      const silence = watchSilence(transport, ended, options.silenceMs ?? standardSilenceMs);
      try {
        for await (const message of messages(response, () => silence.heard())) {
          failures = 0;
          if (message.id !== '') lastId = message.id;
          const event = eventOf(message);
          if (event === null) continue;
          if (onGap !== undefined && (event.topic === 'gap' || event.topic === 'cursor_expired'))
            onGap(event);
          else yield event;
        }
      } finally {
        silence.stop();
      }
      fault = brokenOff();
    } catch (error) {
      options.signal?.throwIfAborted();
      fault = error instanceof BezantError ? error : brokenOff(error);
      if (lastId === null || !mayComeBack(fault)) throw fault;
    } finally {
      options.signal?.removeEventListener('abort', leave);
      ended.abort();
    }
    const waitMs = fault.retryAfterMs ?? backOff(failures, time.random());
    onReconnect?.(fault, waitMs);
    await time.sleep(waitMs, options.signal);
  }
}

/** The cursor of now: what happens after this call comes after it. */
export async function headCursor(
  transport: Transport,
  server: Server,
  options?: CallOptions,
): Promise<number> {
  requireBezant(server);
  const status = await transport.call<{ readonly head_cursor: number }>(
    { method: 'GET', path: '/events/_status', own: true, read: true },
    options,
  );
  return status.head_cursor;
}

function requireBezant(server: Server): void {
  if (server === 'bezant') return;
  throw invalidArgument('events are bezant’s: from the Gateway itself, live() gives IBKR’s WebSocket');
}

function backOff(failures: number, random: number): number {
  return Math.min(firstWaitMs * 2 ** failures, longestWaitMs) * (0.5 + random / 2);
}

const mayComeBack = ({ kind, isRetryable }: BezantError): boolean => isRetryable || kind === 'broken-off';

function brokenOff(cause?: unknown): BezantError {
  return new BezantError('broken-off', 'The stream of events broke off.', { isRetryable: true, cause });
}

function watchSilence({ time }: Transport, ended: AbortController, silenceMs: number) {
  const silent = (): void => ended.abort(brokenOff(new Error(`nothing came for ${silenceMs} ms`)));
  let cancel = time.after(silenceMs, silent);
  return {
    heard() {
      cancel();
      cancel = time.after(silenceMs, silent);
    },
    stop: () => cancel(),
  };
}

async function* messages(response: Response, heard: () => void): AsyncGenerator<SseMessage, void, undefined> {
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  const parser = createSseParser();
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) return;
    heard();
    yield* parser.push(decoder.decode(value, { stream: true }));
  }
}

/** Null for what only brings the cursor up to date. */
function eventOf({ event, data, id }: SseMessage): BezantEvent | CursorExpired | null {
  if (data === '') return null;
  const value: unknown = JSON.parse(data);
  if (!isRecord(value)) return null;
  if (event !== 'cursor_expired') return value as unknown as BezantEvent;
  return {
    topic: 'cursor_expired',
    cursor: Number(id),
    reset_epoch: Number(value['reset_epoch']),
    message: String(value['message']),
  };
}
