// Which executions have been told, and with which commission. IBKR sends each of them again and again for as long as
// anybody listens (277 frames a minute for a few trades were observed).

import type { Json } from './client-frames.ts';
import { anonymousKey, executionKey, plain } from './dedup.ts';

/** More than a week of a busy account. */
const maxTrades = 50_000;

export class TradeMemory {
  /** Execution to commission; an empty text while that is not known. */
  readonly #told = new Map<string, string>();

  /** The key of what is new in a row; null when nothing is. */
  take(row: Json): string | null {
    const { execution_id: id } = row;
    if (typeof id !== 'string' || id === '') return this.#news(anonymousKey('trade', row), '');
    return this.#news(id, plain(row['commission']), executionKey);
  }

  /** What a former run told. */
  remember(executionId: string | null, payload: Json): void {
    if (executionId !== null) this.#keep(executionId, plain(payload['commission']));
  }

  #news(
    id: string,
    commission: string,
    key: (id: string, commission: string) => string = () => id,
  ): string | null {
    const told = this.#told.get(id);
    if (told !== undefined && (commission === '' || commission === told)) return null;
    this.#keep(id, commission);
    return key(id, commission);
  }

  #keep(id: string, commission: string): void {
    this.#told.set(id, commission);
    const [oldest] = this.#told.keys();
    if (this.#told.size > maxTrades && oldest !== undefined) this.#told.delete(oldest);
  }
}
