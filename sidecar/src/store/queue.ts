// What has not been written yet. Bounded: when there is too much, prices go first, as newer ones follow; anything else goes
// only at a limit far beyond, and whoever is asked can be told to slow down before that.

import type { NewEvent, Topic } from '../event.ts';

/** What is taken at a time. Measured: larger batches gain nothing. */
export const batchRows = 500;

/** Some seconds at the highest rate measured: 10,000 events a second. */
const softCount = 20_000;
const softBytes = 32 * 1024 * 1024;
const hardFactor = 4;

/** A payload parsed from the frame takes about twice its text. */
const weightOf = ({ raw }: NewEvent): number => 512 + 3 * (raw?.length ?? 0);

export class EventQueue {
  readonly #onDrop: (topic: Topic) => void;
  #events: NewEvent[] = [];
  #bytes = 0;
  #prices = 0;

  constructor(onDrop: (topic: Topic) => void) {
    this.#onDrop = onDrop;
  }

  get length(): number {
    return this.#events.length;
  }

  /** Whether there is so much that prices are dropped. */
  get isFull(): boolean {
    return this.#events.length >= softCount || this.#bytes >= softBytes;
  }

  push(event: NewEvent): void {
    const isPrice = event.topic === 'marketdata';
    if (!isPrice && this.#prices > 0 && this.isFull) this.#dropPrices();
    if (isPrice ? this.isFull : this.#isOverflowing) {
      this.#onDrop(event.topic);
      return;
    }
    this.#events.push(event);
    this.#count([event], 1);
  }

  take(count: number): NewEvent[] {
    const taken = this.#events.splice(0, count);
    this.#count(taken, -1);
    return taken;
  }

  /** To where they came from. */
  putBack(events: readonly NewEvent[]): void {
    this.#events = [...events, ...this.#events];
    this.#count(events, 1);
  }

  get #isOverflowing(): boolean {
    return this.#events.length >= softCount * hardFactor || this.#bytes >= softBytes * hardFactor;
  }

  #dropPrices(): void {
    const prices = this.#events.filter(({ topic }) => topic === 'marketdata');
    this.#events = this.#events.filter(({ topic }) => topic !== 'marketdata');
    this.#count(prices, -1);
    for (const { topic } of prices) this.#onDrop(topic);
  }

  #count(events: readonly NewEvent[], sign: 1 | -1): void {
    for (const event of events) {
      this.#bytes += sign * weightOf(event);
      if (event.topic === 'marketdata') this.#prices += sign;
    }
  }
}
