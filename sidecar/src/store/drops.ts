// Events that could not be kept, counted, and told together: thousands of them are no flood of their own.

import type { Clock } from '../clock.ts';
import type { Topic } from '../event.ts';
import type { DropReason, Observe } from '../observe.ts';

const tellMs = 1000;

export class Drops {
  readonly #deps: { readonly clock: Clock; readonly observe: Observe };
  readonly #untold = new Map<string, { topic: Topic; reason: DropReason; count: number }>();

  constructor(deps: { readonly clock: Clock; readonly observe: Observe }) {
    this.#deps = deps;
  }

  count(topic: Topic, reason: DropReason, count = 1): void {
    if (count === 0) return;
    if (this.#untold.size === 0) this.#deps.clock.after(tellMs, () => this.tell());
    const key = `${topic} ${reason}`;
    const before = this.#untold.get(key)?.count ?? 0;
    this.#untold.set(key, { topic, reason, count: before + count });
  }

  tell(): void {
    for (const drop of this.#untold.values()) this.#deps.observe({ kind: 'event-dropped', ...drop });
    this.#untold.clear();
  }
}
