// Waiting that Ctrl-C ends.

import { setTimeout } from 'node:timers/promises';

export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal });
}
