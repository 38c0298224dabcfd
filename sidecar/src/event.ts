// One thing that happened, as it is written down and read back: the shape every part of the events feature shares.

export const topics = ['orders', 'trades', 'pnl', 'marketdata', 'notifications', 'session', 'gap'] as const;
export type Topic = (typeof topics)[number];

export interface NewEvent {
  readonly topic: Topic;
  /** What a reader follows: `orders`, or one instrument's `marketdata:265598`. */
  readonly stream: string;
  readonly receivedAtMs: number;
  readonly account: string | null;
  readonly orderId: string | null;
  readonly conid: number | null;
  readonly executionId: string | null;
  /** Equal for what IBKR repeats, null for what is never a repeat; unique within the store. */
  readonly dedup: string | null;
  /** Read through REST after an outage, rather than pushed. */
  readonly healed: boolean;
  /** One order, one execution, one tick, one gap. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** The frame as IBKR sent it. */
  readonly raw: string | null;
}

export interface StoredEvent extends NewEvent {
  /** The store's own number: strictly growing, never given twice. */
  readonly cursor: number;
}
