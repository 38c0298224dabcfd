// The server under the load of a source of frames, and what it says of the events.

import { startFrameSource, startSidecar, type FrameSource, type Sidecar } from './processes.ts';

export async function withServer<Result>(
  settings: Readonly<Record<string, string>>,
  run: (sidecar: Sidecar, source: FrameSource) => Promise<Result>,
): Promise<Result> {
  const source = await startFrameSource();
  const sidecar = await startSidecar(source.url, settings);
  try {
    while (settings['BEZANT_EVENTS_ENABLED'] !== '0' && !(await isConnected(sidecar))) await pause(20);
    return await run(sidecar, source);
  } finally {
    await sidecar.stop();
    await source.stop();
  }
}

async function isConnected({ url }: Sidecar): Promise<boolean> {
  const status = (await (await fetch(`${url}/events/_status`)).json()) as { connected: boolean };
  return status.connected;
}

export const written = (sidecar: Sidecar): Promise<number> => sidecar.sum('bezant_events_written_total');

/** When so many are written, or nothing more comes for two seconds. */
export async function untilWritten(sidecar: Sidecar, count: number): Promise<number> {
  let last = -1;
  let lastMs = performance.now();
  for (;;) {
    const now = await written(sidecar);
    if (now >= count) return performance.now();
    if (now !== last) [last, lastMs] = [now, performance.now()];
    if (performance.now() - lastMs > 2000) return Infinity;
    await pause(20);
  }
}

/** Percent of a core since the call. */
export async function startCpuShare(sidecar: Sidecar): Promise<() => Promise<number>> {
  const before = await sidecar.cpuSeconds();
  const startedMs = performance.now();
  return async () =>
    (((await sidecar.cpuSeconds()) - before) / ((performance.now() - startedMs) / 1000)) * 100;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
