// The latest events of one stream. It knows from which cursor on it has all of them; what is older is in the store.

import type { Line } from './line.ts';

export class Ring {
  #lines: Line[] = [];
  /** Lines before this index are gone; the array is cut now and then, not at each of them. */
  #start = 0;
  #bytes = 0;
  #last = 0;
  #completeAfter: number;
  readonly #capacity: number;

  constructor(capacity: number, completeAfter: number) {
    this.#capacity = capacity;
    this.#completeAfter = completeAfter;
  }

  get size(): number {
    return this.#lines.length - this.#start;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The stream's latest cursor, kept here or not; 0 when there was none. */
  get last(): number {
    return this.#last;
  }

  /** Every event of the stream with a larger cursor is here. */
  get completeAfter(): number {
    return this.#completeAfter;
  }

  push(line: Line): void {
    this.#lines.push(line);
    this.#last = line.cursor;
    this.#bytes += bytesOf(line);
    if (this.size > this.#capacity) this.drop(1);
  }

  /** Forgets the oldest. */
  drop(count: number): void {
    const end = Math.min(this.#start + count, this.#lines.length);
    for (; this.#start < end; this.#start += 1) {
      const line = this.#lines[this.#start];
      if (line === undefined) continue;
      this.#bytes -= bytesOf(line);
      this.#completeAfter = line.cursor;
    }
    if (this.#start * 2 < this.#lines.length) return;
    this.#lines = this.#lines.slice(this.#start);
    this.#start = 0;
  }

  /** The store has said that there is nothing after this cursor. */
  nothingAfter(cursor: number): void {
    if (this.#last <= cursor) this.#completeAfter = Math.min(this.#completeAfter, cursor);
  }

  after(cursor: number, limit: number): readonly Line[] {
    const from = this.#firstAfter(cursor);
    return this.#lines.slice(from, from + limit);
  }

  #firstAfter(cursor: number): number {
    let low = this.#start;
    let high = this.#lines.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#lines[middle]?.cursor ?? Infinity) <= cursor) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const bytesOf = ({ json, raw }: Line): number => json.length + (raw?.length ?? 0);
