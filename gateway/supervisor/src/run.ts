// A whole plan: start in order, each when the one before it answers; run until a wish to stop or a spent crash budget;
// stop in reverse.
import { constants } from 'node:os';

import { keep, type Kept, type KeepDeps } from './keep.ts';
import type { Plan } from './plan.ts';
import { stopAll } from './stop.ts';
import type { Wishes } from './wishes.ts';

export interface RunDeps extends KeepDeps {
  print: (lines: string[]) => void;
  wishes: Wishes;
  /** Takes what to do when the supervisor goes down without having stopped its processes. */
  onCollapse: (kill: () => void) => void;
}

/** The exit code: 0 after a clean stop, 1 after a stop that needed a KILL, the child's own when its budget is spent. */
export async function runPlan(plan: Plan, deps: RunDeps): Promise<number> {
  const { stop, atOnce } = deps.wishes;
  const over = Promise.withResolvers<number>();
  stop.addEventListener('abort', () => over.resolve(0));

  const kept: Kept[] = [];
  deps.onCollapse(() => kept.forEach(({ kill }) => kill()));
  const startAll = async (): Promise<boolean> => {
    for (const entry of plan.processes) {
      const one = keep(entry, deps);
      kept.push(one);
      void one.spent.then(({ code }) => over.resolve(code));
      const answers = await Promise.race([over.promise.then(() => false), one.ready.then(() => true)]);
      if (!answers) return false;
    }
    return true;
  };
  if (await startAll()) deps.print(plan.banner);

  const code = await over.promise;
  deps.say('stopping');
  const clean = await stopAll(kept, atOnce);
  if (atOnce.aborted) return 128 + constants.signals[atOnce.reason as NodeJS.Signals];
  return code === 0 && !clean ? 1 : code;
}
