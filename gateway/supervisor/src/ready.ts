// Whether a process answers. An open port proves nothing (a JVM accepts long before it serves, and a hung one still
// accepts), so the probe is a whole HTTP exchange with an expected status.
import { setTimeout as sleep } from 'node:timers/promises';

import type { Ready, Watch } from './plan.ts';
import { http, https } from './web.ts';

/** Without the list of authorities, which need not be loaded when nothing is compared with it. */
const unverified = { rejectUnauthorized: false, ca: [] };

/** `null` when it answered as expected, otherwise what happened instead. Redirects are answers, not followed. */
export function probe(
  target: Pick<Ready, 'url' | 'status' | 'timeoutMs' | 'insecure'>,
  signal: AbortSignal,
): Promise<string | null> {
  return new Promise((resolve) => {
    const url = new URL(target.url);
    const options = {
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(target.timeoutMs)]),
    } as const;
    const request =
      url.protocol === 'https:'
        ? https().get(url, target.insecure ? { ...options, ...unverified } : options)
        : http().get(url, options);
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      resolve(target.status.includes(status) ? null : `it answers with status ${status}`);
      request.destroy();
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      resolve(
        error.name === 'AbortError'
          ? `no answer within ${target.timeoutMs} ms`
          : `no answer: ${error.code ?? error.name}`,
      );
    });
  });
}

type Ask = (target: Ready, signal: AbortSignal) => Promise<string | null>;

/** Resolves with `null` once it is ready, with the last failure when the deadline passes. Rejects when `signal` fires. */
export async function untilReady(
  target: Ready,
  signal: AbortSignal,
  now: () => number,
  ask: Ask = probe,
): Promise<string | null> {
  const deadlineAt = now() + target.deadlineMs;
  for (;;) {
    const failure = await ask(target, signal);
    if (failure === null || now() >= deadlineAt) return failure;
    await sleep(target.everyMs, undefined, { signal });
  }
}

/** Resolves with the last failure once `watch.failures` probes in a row have failed. Rejects when `signal` fires. */
export async function untilHung(
  target: Ready,
  watch: Watch,
  signal: AbortSignal,
  ask: Ask = probe,
): Promise<string> {
  for (let failures = 0; ;) {
    await sleep(watch.everyMs, undefined, { signal });
    const failure = await ask(target, signal);
    failures = failure === null ? 0 : failures + 1;
    if (failure !== null && failures >= watch.failures) return failure;
  }
}
