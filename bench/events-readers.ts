// Readers under load, one for each way to read, and how long each event took to reach them from the moment it was sent.

import { WebSocket } from 'ws';
import { instruments } from './events-frames.ts';

export interface LoadReader {
  name: string;
  /** Milliseconds since the last call, by event. */
  taken(): number[];
  stop(): void;
}

/** Whoever polls waits half of this on average. */
const pollMs = 50;
const conids = Array.from({ length: instruments }, (_, index) => index + 1);

export const startReaders: readonly ((url: string) => LoadReader)[] = [
  (url) => pages(`poll each ${pollMs} ms, orders`, `${url}/events/orders`, pollMs),
  (url) => pages('long poll, orders', `${url}/events/orders?wait=30`, 0),
  (url) => sse('stream, orders', `${url}/events/stream?topics=orders`),
  (url) => relay('WebSocket, orders', url, ['sor+{}'], 'sor'),
  (url) =>
    sse(
      `stream, quotes of ${instruments} instruments`,
      `${url}/events/stream?topics=marketdata&conids=${conids.join(',')}`,
    ),
  (url) =>
    relay(
      `WebSocket, quotes of ${instruments} instruments`,
      url,
      conids.map((conid) => `smd+${conid}+{"fields":["31","84","86","85","88"]}`),
      'smd',
    ),
];

export const startStreams = (url: string, count: number): LoadReader[] =>
  Array.from({ length: count }, () => sse('stream, orders', `${url}/events/stream?topics=orders`));

function pages(name: string, address: string, pauseMs: number): LoadReader {
  const { taken, note } = latencies();
  const ending = new AbortController();
  void (async () => {
    let since = 'now';
    while (!ending.signal.aborted) {
      const path = `${address}${address.includes('?') ? '&' : '?'}since=${since}&limit=1000`;
      const answer = await fetch(path, { signal: ending.signal });
      const text = await answer.text();
      if (answer.status === 200) note(text);
      since = answer.headers.get('x-bezant-cursor') ?? since;
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  })().catch((error: unknown) => failed(name, error, ending.signal));
  return { name, taken, stop: () => ending.abort() };
}

function sse(name: string, address: string): LoadReader {
  const { taken, note } = latencies();
  const ending = new AbortController();
  void (async () => {
    const answer = await fetch(address, { signal: ending.signal });
    if (answer.status !== 200 || answer.body === null) throw new Error(await answer.text());
    for await (const chunk of answer.body) note(Buffer.from(chunk as Uint8Array).toString('latin1'));
  })().catch((error: unknown) => failed(name, error, ending.signal));
  return { name, taken, stop: () => ending.abort() };
}

function relay(name: string, url: string, subscriptions: readonly string[], topic: string): LoadReader {
  const { taken, note } = latencies();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/api/ws`);
  socket.on('open', () => subscriptions.forEach((text) => socket.send(text)));
  socket.on('message', (data) => {
    const text = (data as Buffer).toString('latin1');
    if (text.includes(`"topic":"${topic}`)) note(text);
  });
  return { name, taken, stop: () => socket.terminate() };
}

function latencies(): { taken: () => number[]; note: (text: string) => void } {
  let all: number[] = [];
  return {
    taken: () => {
      const taken = all;
      all = [];
      return taken;
    },
    note(text) {
      const nowNs = process.hrtime.bigint();
      for (const [, sentNs] of text.matchAll(/"sentNs":"(\d+)"/g))
        all.push(Number(nowNs - BigInt(sentNs ?? 0)) / 1e6);
    },
  };
}

function failed(name: string, error: unknown, signal: AbortSignal): void {
  if (!signal.aborted) throw new Error(`${name}: ${String(error)}`);
}
