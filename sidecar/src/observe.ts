// Every happening worth a log line, a metric or a message to a human. Code says what happened; log.ts and metrics.ts
// alone decide what to do with it.

import type { ProblemCode } from './errors.ts';
import type { Topic } from './event.ts';
import type { SessionStateName } from './session-state.ts';

export type Happening =
  | {
      kind: 'started';
      publicUrl: string;
      adminUrl: string;

      operations: number;
      readyMs: number;
    }
  | { kind: 'stopping'; reason: string }
  | { kind: 'stopped'; drained: boolean }
  | { kind: 'warning'; message: string }
  | { kind: 'crashed'; cause: unknown }
  | {
      kind: 'request';
      requestId: string;
      /** An operationId, a route of ours such as `health`, `login-pages` or `passthrough`: bounded, fit for a label. */
      operation: string;
      method: string;
      status: number;
      durationMs: number;
      code?: ProblemCode;
      /** The cause behind a problem: for the log only. */
      cause?: unknown;
    }
  | { kind: 'upstream'; operation: string; status: number; durationMs: number }
  | { kind: 'upstream-failed'; operation: string; code: ProblemCode; durationMs: number; cause: unknown }
  | { kind: 'paced'; operation: string; outcome: 'waited' | 'refused'; waitMs: number }
  | { kind: 'penalty'; operation: string; seconds: number }
  | { kind: 'coalesced'; operation: string; how: 'shared' | 'cached' }
  | { kind: 'preflight'; operation: string; ok: boolean }
  | { kind: 'warmed-up'; operation: string; attempts: number; complete: boolean }
  | { kind: 'passthrough'; method: string }
  | { kind: 'refused'; reason: ProblemCode }
  | { kind: 'drift'; operation: string; status: number; pointer: string; message: string }
  | { kind: 'cookies'; what: 'stale-dropped' | 'new-login' }
  | { kind: 'session'; from: SessionStateName; to: SessionStateName; reason: string }
  | { kind: 'keepalive'; ok: boolean; durationMs: number; detail: string; ssoExpiresMs: number | null }
  | { kind: 'recovery'; rung: string; ok: boolean; detail: string }
  | {
      /** A batch is in the event store. */
      kind: 'event-written';
      events: Partial<Record<Topic, number>>;
      repeats: number;
      durationMs: number;
      queued: number;
      spooledBytes: number;
    }
  | { kind: 'event-dropped'; topic: Topic; reason: DropReason; count: number }
  /** The event store stopped taking events, or takes them again. */
  | { kind: 'event-store'; ok: true }
  | { kind: 'event-store'; ok: false; cause: unknown }
  | { kind: 'spooled'; count: number; spooledBytes: number; queued: number }
  | { kind: 'spool-failed'; cause: unknown; queued: number }
  | { kind: 'retention'; ok: true; aged: number; squeezed: number; sizeBytes: number; durationMs: number }
  | { kind: 'retention'; ok: false; cause: unknown }
  | { kind: 'relay'; what: 'opened' | 'closed' | 'failed'; open: number }
  /** Who waits for events: `slow` when a stream was ended because nobody read it. */
  | { kind: 'reader'; what: 'came' | 'left' | 'slow'; how: 'poll' | 'stream'; waiting: number }
  /** IBKR's WebSocket: `held` when IBKR has answered but gives no session, `lost` when events may be missed from now on. */
  | { kind: 'socket'; what: 'dialing' | 'held' | 'ready' | 'lost' | 'failed' | 'closed'; reason: string }
  | { kind: 'heartbeat' }
  /** `topic` is one of a fixed list, or what was wrong with the frame. */
  | { kind: 'frame'; topic: string; events: number }
  | { kind: 'subscribed'; topics: number; dataLines: number }
  | { kind: 'gap'; cause: string; downMs: number; orders: number; trades: number; complete: boolean }
  | { kind: 'healed'; ok: boolean; orders: number; trades: number; detail: string }
  | {
      /** A model called a tool, or a client read what a tool answers. */
      kind: 'tool';
      tool: string;
      /** `asked`: the user is to say yes or no first. */
      outcome: 'ok' | 'failed' | 'asked';
      /** Why it failed: a problem's code, or a word of the tool's. */
      code?: string;
      cause?: unknown;
      durationMs: number;
      /** The caller's key; null where none is asked for. */
      principal: string | null;
      requestId: string;
    }
  /** What a client sent is not MCP, or the protocol failed here. */
  | { kind: 'mcp-fault'; cause: unknown }
  /** A part of the events failed where nothing should, and goes on. */
  | { kind: 'events-fault'; part: string; cause: unknown };

/** Why an event was given up. */
export const dropReasons = ['queue-full', 'spool-full', 'refused', 'stopped'] as const;
export type DropReason = (typeof dropReasons)[number];

export type Observe = (happening: Happening) => void;

/** One observer that tells several readers. */
export function observers(...readers: readonly Observe[]): Observe {
  return (happening) => {
    for (const read of readers) read(happening);
  };
}
