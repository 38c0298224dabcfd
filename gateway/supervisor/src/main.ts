// bezant-supervisor PLAN: plan → ports → run → exit code. Node's own modules only: it starts before anything else.
import { startAdmin } from './admin.ts';
import { createOutput, written } from './output.ts';
import { loadPlan } from './plan.ts';
import { portFaults } from './port.ts';
import { runPlan } from './run.ts';
import { Faults } from './shape.ts';
import { watchWishes } from './wishes.ts';

const badPlan = 2;
const usage = 'usage: bezant-supervisor PLAN   (a name such as demo, or a path to a JSON file)';

function complain(heading: string, faults: string[]): number {
  process.stderr.write([heading, ...faults.map((fault) => `  ${fault}`), ''].join('\n'));
  return badPlan;
}

async function main(args: string[]): Promise<number> {
  const [name] = args;
  if (name === undefined || args.length > 1 || name.startsWith('-')) return complain(usage, []);

  const plan = loadPlan(name, process.env);
  const busy = await portFaults(plan);
  if (busy.length > 0) return complain(`Plan ${name} cannot start:`, busy);

  const output = createOutput(
    plan.processes.map((entry) => entry.name),
    process,
  );
  return runPlan(plan, {
    ...output,
    env: process.env,
    now: () => performance.now(),
    epochMs: Date.now,
    random: Math.random,
    wishes: watchWishes(process, [process.stdout, process.stderr], () => performance.now()),
    startAdmin: (address, all) =>
      startAdmin(address, {
        vitals: () => all.map(({ vitals }) => vitals()),
        startedAtMs: performance.timeOrigin,
      }),
    onCollapse: (kill) => process.on('exit', kill),
  });
}

async function exitCode(): Promise<number> {
  try {
    return await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Faults)) throw error;
    return complain(`Plan ${process.argv[2] ?? ''}:`, error.lines);
  }
}

const code = await exitCode();
await written([process.stdout, process.stderr]);
process.exit(code);
