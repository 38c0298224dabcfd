// Readers as people write them: one that polls, and one on the stream. Both go on where they were after whatever happens to
// the server, and keep all that they were told.

import { until } from './events-until.ts';

/** An event as the server tells it. */
export interface Told {
  cursor: number;
  topic: string;
  received_at: string;
  reset_epoch: number;
  account: string | null;
  order_id: string | null;
  conid: number | null;
  execution_id: string | null;
  healed: boolean;
  payload: Record<string, unknown>;
}

export interface Reader {
  readonly name: string;
  readonly events: readonly Told[];
  /** Answers that say something was missed. */
  readonly refusals: readonly string[];
  /** The first event that fits, past or future. */
  sees(what: string, fits: (event: Told) => boolean, limitMs?: number): Promise<Told>;
  stop(): Promise<void>;
}

const againMs = 30;

/** `path` is such as `/events/orders?wait=1`; it begins at the first cursor there is. */
export function startPoller(base: string, path: string): Reader {
  let since = 0;
  return startReader(`poll of ${path}`, async (keep, refused, signal) => {
    while (!signal.aborted) {
      const separator = path.includes('?') ? '&' : '?';
      const answer = await fetch(`${base}${path}${separator}since=${since}&limit=500`, { signal });
      const text = await answer.text();
      if (answer.status === 412) refused(text);
      if (answer.status !== 200) {
        await pause();
        continue;
      }
      const page = JSON.parse(text) as { events: Told[]; next_cursor: number };
      keep(page.events);
      since = page.next_cursor;
      if (page.events.length === 0) await pause();
    }
  });
}

export function startStreamReader(base: string, query = ''): Reader {
  // Of all there ever was, and from then on where the last connection ended.
  let lastId = '0';
  return startReader('stream', async (keep, refused, signal) => {
    const answer = await fetch(`${base}/events/stream${query}`, {
      signal,
      headers: { 'last-event-id': lastId },
    });
    if (answer.status !== 200 || answer.body === null) return;
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of answer.body) {
      rest += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const { id, event, data } = fieldsOf(block);
        // An id counts from the blank line on (WHATWG HTML, 9.2.6): together with its event, or not at all.
        if (id !== undefined) lastId = id;
        if (data === undefined) continue;
        if (event === 'cursor_expired') refused(data);
        else keep([JSON.parse(data) as Told]);
      }
    }
  });
}

function fieldsOf(block: string): Partial<Record<string, string>> {
  return Object.fromEntries(
    block
      .split('\n')
      .map((line) => /^(\w+): ?(.*)$/.exec(line))
      .flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const])),
  );
}

function startReader(
  name: string,
  read: (
    keep: (events: readonly Told[]) => void,
    refused: (text: string) => void,
    signal: AbortSignal,
  ) => Promise<void>,
): Reader {
  const events: Told[] = [];
  const refusals: string[] = [];
  const ending = new AbortController();
  const keep = (more: readonly Told[]): void => void events.push(...more);
  const refused = (text: string): void => void refusals.push(text);
  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      // The server may be gone at any time: that is what this reader is for.
      await read(keep, refused, ending.signal).catch((error: unknown) => {
        if (error instanceof SyntaxError) throw error;
      });
      await pause();
    }
  };
  const running = run();
  return {
    name,
    events,
    refusals,
    sees: (what, fits, limitMs) => until(`${name}: ${what}`, () => events.find(fits), limitMs),
    async stop() {
      ending.abort();
      await running;
    },
  };
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, againMs));
