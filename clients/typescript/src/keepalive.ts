// IBKR ends a session that is not used for about five minutes (IBKR Web API documentation, /tickle). bezant keeps it alive
// by itself; whoever talks to the Gateway directly, or wants to be told, does it here.

import type { Caller } from './call.ts';
import { invalidArgument } from './errors.ts';
import type { Health } from './health.ts';
import { isRecord } from './refusal.ts';
import { systemTime, type Time } from './time.ts';

export interface KeepaliveOptions {
  /** IBKR asks for one a minute. */
  readonly intervalMs?: number | undefined;
  /** After every tickle that was answered, whatever it said. */
  readonly onStatus?: ((status: Omit<Health, 'message'>) => void) | undefined;
  /** A tickle failed; the next one comes all the same. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export interface Keepalive {
  /** No tickle begins afterwards, and one that is under way is ended. */
  stop(): void;
}

const standardIntervalMs = 60_000;

/** The first tickle goes at once. */
export function startKeepalive(
  caller: Caller,
  options: KeepaliveOptions = {},
  time: Time = systemTime,
): Keepalive {
  const { intervalMs = standardIntervalMs, onStatus, onError } = options;
  if (!(intervalMs > 0)) throw invalidArgument('intervalMs must be above 0');
  const stopped = new AbortController();
  const { signal } = stopped;
  const tickle = async (): Promise<void> => {
    const answer = await caller.call<unknown>({ method: 'POST', path: '/tickle' }, { signal });
    onStatus?.(statusOf(answer));
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await tickle().catch((error: unknown) => {
        if (!signal.aborted) onError?.(error);
      });
      await time.sleep(intervalMs, signal).catch(() => undefined);
    }
  };
  void run();
  return { stop: () => stopped.abort() };
}

/** A tickle of a dead session is answered with 200 too, and says so inside. */
function statusOf(answer: unknown): Omit<Health, 'message'> {
  const iserver = isRecord(answer) ? answer['iserver'] : undefined;
  const status = isRecord(iserver) && isRecord(iserver['authStatus']) ? iserver['authStatus'] : {};
  return {
    authenticated: status['authenticated'] === true,
    connected: status['connected'] === true,
    competing: status['competing'] === true,
  };
}
