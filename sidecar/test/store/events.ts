// Events to store, and what to expect of them.

import type { NewEvent, StoredEvent } from '../../src/event.ts';

export const startMs = Date.UTC(2026, 2, 14, 9, 26, 53, 589);

export function event(over: Partial<NewEvent> = {}): NewEvent {
  const topic = over.topic ?? 'orders';
  return {
    topic,
    stream: over.conid === undefined || topic !== 'marketdata' ? topic : `marketdata:${over.conid}`,
    receivedAtMs: startMs,
    account: 'DU1234567',
    orderId: null,
    conid: null,
    executionId: null,
    dedup: null,
    healed: false,
    payload: { n: 1 },
    raw: '{"topic":"sor"}',
    ...over,
  };
}

/** Events that differ in `payload.n`, from `from` on. */
export const numbered = (count: number, over: Partial<NewEvent> = {}, from = 1): NewEvent[] =>
  Array.from({ length: count }, (_, index) => event({ ...over, payload: { n: from + index } }));

export const numbersOf = (events: readonly StoredEvent[]): unknown[] =>
  events.map(({ payload }) => payload.n);
export const cursorsOf = (events: readonly StoredEvent[]): number[] => events.map(({ cursor }) => cursor);
