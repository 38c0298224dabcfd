// Load on loopback: at a constant rate, each latency counted from the moment the request was due, so that a stall is seen
// in every request it delays; or as fast as a number of connections can go.

import { Pool } from 'undici';

export interface Latency {
  p50Ms: number;
  p99Ms: number;
}

export interface Target {
  /** Every request differs, so that none is answered for another. */
  path: (index: number) => string;
  url: string;
}

const connections = 32;

export async function atRate(target: Target, perSecond: number, seconds: number): Promise<Latency> {
  const pool = newPool(target);
  const total = perSecond * seconds;
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  await warm(pool, target);
  const startMs = performance.now();
  for (let index = 0; index < total; index += 1) {
    const dueMs = startMs + (index * 1000) / perSecond;
    await until(dueMs);
    pending.push(
      get(pool, target.path(index)).then(() => {
        latencies.push(performance.now() - dueMs);
      }),
    );
  }
  await Promise.all(pending);
  await pool.close();
  return summarize(latencies);
}

/** Requests a second with so many connections always busy. */
export async function asFastAsPossible(target: Target, total: number, width = connections): Promise<number> {
  const pool = newPool(target);
  await warm(pool, target);
  let next = 0;
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < total) {
        next += 1;
        await get(pool, target.path(next));
      }
    }),
  );
  const seconds = (performance.now() - startMs) / 1000;
  await pool.close();
  return total / seconds;
}

const newPool = ({ url }: Target): Pool =>
  new Pool(url, { connections, pipelining: 1, connect: { rejectUnauthorized: false } });

async function warm(pool: Pool, target: Target): Promise<void> {
  for (let index = 0; index < 200; index += 1) await get(pool, target.path(1_000_000 + index));
}

async function get(pool: Pool, path: string): Promise<void> {
  const { statusCode, body } = await pool.request({ method: 'GET', path });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`status ${statusCode}: ${text}`);
}

/** Timers are too coarse for a thousand a second: the last stretch is spent yielding. */
async function until(dueMs: number): Promise<void> {
  for (;;) {
    const leftMs = dueMs - performance.now();
    if (leftMs <= 0) return;
    await new Promise<void>((resolve) =>
      leftMs > 2 ? setTimeout(resolve, leftMs - 1.5) : setImmediate(resolve),
    );
  }
}

export function summarize(latencies: number[]): Latency {
  const sorted = latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
