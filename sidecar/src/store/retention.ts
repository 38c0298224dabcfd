// Housekeeping, by the clock on the wall: what is older than its topic may be goes, and what makes the store larger than
// its cap.

import { schedule } from 'node-cron';
import type { Clock } from '../clock.ts';
import type { Observe } from '../observe.ts';
import type { EventStore, PruneRules } from './store.ts';

/** Often enough that a store does not outgrow its cap by much; nothing to do costs a few queries. */
const everyTenMinutes = '*/10 * * * *';

export function startRetention(deps: {
  store: EventStore;
  rules: PruneRules;
  observe: Observe;
  clock: Clock;
  expression?: string;
}): { stop(): Promise<void> } {
  const { store, rules, observe, clock } = deps;
  let running: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    const startedMs = clock.now();
    try {
      const pruned = await store.prune(rules, startedMs);
      observe({ kind: 'retention', ok: true, ...pruned, durationMs: clock.now() - startedMs });
      if (pruned.sizeBytes > rules.capBytes)
        observe({
          kind: 'warning',
          message:
            'The events take more room than BEZANT_EVENTS_DISK_CAP_MB, and what is left is needed: raise it.',
        });
    } catch (cause) {
      observe({ kind: 'retention', ok: false, cause });
    }
  };
  const task = schedule(
    deps.expression ?? everyTenMinutes,
    () => {
      running = run();
      return running;
    },
    { noOverlap: true, unref: true, suppressMissedWarning: true },
  );
  return {
    async stop() {
      await task.destroy();
      await running;
    },
  };
}
