// A whole plan: start in order, each when the one before it answers; run until a wish to stop or a spent crash budget;
// stop in reverse.
import { constants } from 'node:os';

import type { Address } from './address.ts';
import { answerTo } from './asks.ts';
import { keep, type Kept, type KeepDeps } from './keep.ts';
import type { Plan } from './plan.ts';
import { stopAll } from './stop.ts';
import type { Wishes } from './wishes.ts';

export interface RunDeps extends Omit<KeepDeps, 'answer'> {
  print: (lines: string[]) => void;
  wishes: Wishes;
  startAdmin: (address: Address, all: Kept[]) => Promise<{ close: () => unknown }>;
  /** Takes what to do when the supervisor goes down without having stopped its processes. */
  onCollapse: (kill: () => void) => void;
}

/** The exit code: 0 after a clean stop, 1 after a stop that needed a KILL, the child's own when its budget is spent. */
export async function runPlan(plan: Plan, deps: RunDeps): Promise<number> {
  const { stop, atOnce } = deps.wishes;
  const over = Promise.withResolvers<number>();
  stop.addEventListener('abort', () => over.resolve(0));

  const all: Kept[] = plan.processes.map((entry) =>
    keep(entry, {
      ...deps,
      answer({ name: by, mayRestart }, message) {
        const restart = (name: string): string | null =>
          all.find((one) => one.name === name)?.restart(by) ?? null;
        const answer = answerTo(message, { mayRestart, restart });
        if (answer === null) deps.say(`${by} sent a message that means nothing here; it is ignored`);
        else if (answer.refused !== null)
          deps.say(
            `${by} asked for a restart of ${JSON.stringify(answer.restart)}, which is refused: ${answer.refused}`,
          );
        return answer;
      },
    }),
  );
  deps.onCollapse(() => all.forEach(({ kill }) => kill()));
  const admin = plan.admin === null ? null : await deps.startAdmin(plan.admin.address, all);

  const startAll = async (): Promise<boolean> => {
    for (const one of all) {
      one.start();
      void one.spent.then(({ code }) => over.resolve(code));
      const answers = await Promise.race([over.promise.then(() => false), one.ready.then(() => true)]);
      if (!answers) return false;
    }
    return true;
  };
  if (await startAll()) deps.print(plan.banner);

  const code = await over.promise;
  deps.say('stopping');
  const clean = await stopAll(all, atOnce);
  admin?.close();
  if (atOnce.aborted) return 128 + constants.signals[atOnce.reason as NodeJS.Signals];
  return code === 0 && !clean ? 1 : code;
}
