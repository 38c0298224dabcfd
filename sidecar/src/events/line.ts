// An event as readers get it. Its JSON is written once, however many read it; the frame behind it is added for those who ask.

import type { StoredEvent, Topic } from '../event.ts';

export interface Line {
  readonly cursor: number;
  readonly topic: Topic;
  readonly stream: string;
  readonly receivedAtMs: number;
  readonly epoch: number;
  /** The event object, without `raw`. */
  readonly json: string;
  readonly raw: string | null;
}

/** `cursor`, `topic`, `received_at`, `reset_epoch` and `payload` are the predecessor's members. */
export function toLine(event: StoredEvent, epoch: number): Line {
  const { cursor, topic, stream, receivedAtMs, raw } = event;
  const json = JSON.stringify({
    cursor,
    topic,
    received_at: new Date(receivedAtMs).toISOString(),
    reset_epoch: epoch,
    account: event.account,
    order_id: event.orderId,
    conid: event.conid,
    execution_id: event.executionId,
    healed: event.healed,
    payload: event.payload,
  });
  return { cursor, topic, stream, receivedAtMs, epoch, json, raw };
}

export function lineJson({ json, raw }: Line, withRaw: boolean): string {
  return withRaw ? `${json.slice(0, -1)},"raw":${JSON.stringify(raw)}}` : json;
}

export const linesJson = (lines: readonly Line[], withRaw: boolean): string =>
  `[${lines.map((line) => lineJson(line, withRaw)).join(',')}]`;
