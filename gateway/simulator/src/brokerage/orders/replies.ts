// Orders that wait for an answer. Every step of a chain has an id of its own; a step is gone when it was answered,
// when another order request came in between, or when it grew old. Late answers find 503, made-up ids an error.
import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';
import type { Answer } from '../../call.ts';
import { reject, unavailable } from '../refusal.ts';

/** How long a question waits is not documented, only that it must be answered at once. */
const PATIENCE_MS = 60_000;

export interface Pending {
  messages: { messageId: string; text: string; options: string[]; more?: Record<string, unknown> }[];
  /** Runs when the last question was answered with yes. */
  release(): Answer;
}

export interface Replies {
  /** Asks the first question, or releases at once when there is none. */
  start(pending: Pending): Answer;
  answer(id: string, confirmed: boolean): Answer;
  /** Another order request came: whatever waits is lost. */
  discard(): void;
  suppress(messageIds: string[]): void;
  resetSuppressed(): void;
}

export function createReplies(deps: { clock: Clock; random: Random }): Replies {
  let waiting: { id: string; pending: Pending; askedMs: number } | undefined;
  const lost = new Set<string>();
  const suppressed = new Set<string>();

  const discard = (): void => {
    if (waiting !== undefined) lost.add(waiting.id);
    waiting = undefined;
  };

  const start = (pending: Pending): Answer => {
    const messages = pending.messages.filter(({ messageId }) => !suppressed.has(messageId));
    const [first] = messages;
    if (first === undefined) return pending.release();
    const id = deps.random.uuid();
    waiting = { id, pending: { ...pending, messages }, askedMs: deps.clock.now() };
    return {
      json: [
        {
          id,
          message: [first.text],
          isSuppressed: false,
          messageIds: [first.messageId],
          messageOptions: first.options,
          ...first.more,
        },
      ],
    };
  };

  return {
    start,
    discard,
    answer: (id, confirmed) => {
      if (waiting !== undefined && deps.clock.now() - waiting.askedMs > PATIENCE_MS) discard();
      if (waiting?.id !== id) throw lost.has(id) ? unavailable() : reject(`reply id not found: '${id}'`);
      const { pending } = waiting;
      waiting = undefined;
      if (!confirmed) throw reject('Order not confirmed ');
      return start({ ...pending, messages: pending.messages.slice(1) });
    },
    suppress: (messageIds) => {
      for (const messageId of messageIds) suppressed.add(messageId);
    },
    resetSuppressed: () => suppressed.clear(),
  };
}
