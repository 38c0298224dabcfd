// A store with years in it, and how long a reader waits for a page of it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewEvent } from '../sidecar/src/event.ts';
import { openPostgres } from '../sidecar/src/store/postgres.ts';
import { openSqlite } from '../sidecar/src/store/sqlite.ts';
import { instruments } from './events-frames.ts';
import { summarize, type Latency } from './load.ts';

/** Of the last so many days, evenly: less than what any topic is kept for. */
const days = 10;
const spanMs = days * 86_400_000;
const batch = 2000;
/** A page a reader asks for. */
const limit = 500;

export interface Filled {
  /** Where the server finds it. */
  settings: Record<string, string>;
  rows: number;
  fromMs: number;
  megabytes: number;
  remove: () => void;
}

export async function fillHistory(databaseUrl: string | null, rows: number): Promise<Filled> {
  const folder = mkdtempSync(join(tmpdir(), 'bezant-bench-history-'));
  const path = join(folder, 'events.db');
  const nowMs = Date.now();
  const fromMs = nowMs - spanMs;
  const store =
    databaseUrl === null
      ? openSqlite(path)
      : await openPostgres({ url: databaseUrl, nowMs: fromMs, mayUseHypertables: false });
  for (let at = 0; at < rows; at += batch) {
    const size = Math.min(batch, rows - at);
    const events = Array.from({ length: size }, (_, index) =>
      event(at + index, fromMs + ((at + index) / rows) * spanMs),
    );
    await store.append(events);
  }
  const megabytes = (await store.sizeBytes()) / 1024 / 1024;
  await store.stop();
  return {
    settings: databaseUrl === null ? { BEZANT_EVENTS_DB_PATH: path } : {},
    rows,
    fromMs,
    megabytes,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function event(number: number, receivedAtMs: number): NewEvent {
  const isOrder = number % 100 === 0;
  const conid = 1 + (number % instruments);
  const payload = isOrder
    ? { orderId: number, conid, status: 'Filled', filledQuantity: number, avgPrice: '150.00', side: 'BUY' }
    : { topic: `smd+${conid}`, conid, '31': '150.00', '84': '149.99', '86': '150.01', '85': String(number) };
  return {
    topic: isOrder ? 'orders' : 'marketdata',
    stream: isOrder ? 'orders' : `marketdata:${conid}`,
    receivedAtMs: Math.floor(receivedAtMs),
    account: isOrder ? 'DU1' : null,
    orderId: isOrder ? String(number) : null,
    conid,
    executionId: null,
    dedup: isOrder ? `order:${number}:1:bench` : null,
    healed: false,
    payload,
    raw: JSON.stringify(payload),
  };
}

export async function readHistory(
  url: string,
  { rows, fromMs }: Filled,
): Promise<{ what: string; latency: Latency }[]> {
  const share = (index: number): number => ((index * 37) % 100) / 100;
  const time = (index: number): string => new Date(fromMs + share(index) * spanMs).toISOString();
  const cursor = (index: number): number => Math.floor(share(index) * rows);
  const kinds: { what: string; path: (index: number) => string }[] = [
    {
      what: `${limit} quotes of one instrument from a time`,
      path: (index) =>
        `/events/marketdata:${2 + (index % 90)}/history?since_ts=${time(index)}&limit=${limit}`,
    },
    {
      what: `${limit} orders from a time`,
      path: (index) => `/events/orders/history?since_ts=${time(index)}&limit=${limit}`,
    },
    {
      what: `${limit} orders from a cursor`,
      path: (index) => `/events/orders?since=${cursor(index)}&limit=${limit}`,
    },
    {
      what: 'nothing new, at the end of the orders',
      path: () => `/events/orders?since=now`,
    },
  ];
  const told: { what: string; latency: Latency }[] = [];
  for (const { what, path } of kinds) {
    const latencies: number[] = [];
    for (let index = 0; index < 200; index += 1) {
      const startedMs = performance.now();
      const answer = await fetch(`${url}${path(index)}`);
      const text = await answer.text();
      latencies.push(performance.now() - startedMs);
      if (answer.status > 204) throw new Error(`${path(index)}: ${answer.status} ${text}`);
    }
    told.push({ what, latency: summarize(latencies) });
  }
  return told;
}
