// What the world tells the sockets. Listeners are called at once, in the order they came.
import type { Order } from './orders/order.ts';
import type { Execution } from './portfolio/book.ts';

export type Happening =
  /** created and full carry the whole order, marker only names it, status is the short form in between. */
  | { kind: 'order'; order: Order; change: 'created' | 'marker' | 'status' | 'full' }
  | { kind: 'trade'; execution: Execution }
  /** What the order system has to say to a person, shown on the `ntf` topic. */
  | { kind: 'notice'; id: string; title: string; text: string };

export interface Happenings {
  emit(happening: Happening): void;
  on(listener: (happening: Happening) => void): () => void;
}

export function createHappenings(): Happenings {
  const listeners = new Set<(happening: Happening) => void>();
  return {
    emit: (happening) => {
      for (const listener of [...listeners]) listener(happening);
    },
    on: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
