// What has not been written yet. Bounded: when there is too much, prices go first, as newer ones follow; anything else goes
// only at a limit far beyond, and whoever is asked can be told to slow down before that.

import type { NewEvent, Topic } from '../events/event.ts';

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
    if (this.isFull && event.topic !== 'marketdata') this.#dropPrices();
    const isPrice = event.topic === 'marketdata';
    if (isPrice ? this.isFull : this.#isOverflowing) {
      this.#onDrop(event.topic);
      return;
    }
    this.#events.push(event);
    this.#bytes += weightOf(event);
  }

  take(count: number): NewEvent[] {
    const taken = this.#events.splice(0, count);
    this.#bytes -= taken.reduce((sum, event) => sum + weightOf(event), 0);
    return taken;
  }

  /** To where they came from. */
  putBack(events: readonly NewEvent[]): void {
    this.#events = [...events, ...this.#events];
    this.#bytes += events.reduce((sum, event) => sum + weightOf(event), 0);
  }

  get #isOverflowing(): boolean {
    return this.#events.length >= softCount * hardFactor || this.#bytes >= softBytes * hardFactor;
  }

  #dropPrices(): void {
    const all = this.#events;
    this.#events = [];
    this.#bytes = 0;
    for (const event of all) {
      if (event.topic === 'marketdata') {
        this.#onDrop(event.topic);
      } else {
        this.#events.push(event);
        this.#bytes += weightOf(event);
      }
    }
  }
}
