// The tools as a client sees and calls them: which are offered, whether the arguments fit, what came of a call. Every call is
// told to the log and the metrics, and every text has a last look before it leaves.

import type { Clock } from '../clock.ts';
import type { Problem } from '../errors.ts';
import type { Observe } from '../observe.ts';
import { toProblem } from '../request/problem.ts';
import type { Check } from '../request/validate.ts';
import { describeFault, ToolFault } from './fault.ts';
import { redact } from './redact.ts';
import type { Json } from './reading.ts';
import type { Asked, ToolCaller, ToolRow, Tools } from './tool.ts';

export type Outcome =
  | { readonly kind: 'ok'; readonly text: string; readonly structured: Json | null }
  | { readonly kind: 'failed'; readonly text: string }
  | { readonly kind: 'asked'; readonly ask: Asked };

export interface Toolbox {
  offered(mayOrder: boolean): readonly ToolRow[];
  knows(name: string): boolean;
  call(name: string, args: Json, caller: ToolCaller, requestId: string): Promise<Outcome>;
}

export type ToolChecks = Readonly<Record<string, Check | undefined>>;

export function createToolbox(deps: {
  rows: readonly ToolRow[];
  runs: Tools;
  checks: ToolChecks;
  cookieValues: () => readonly string[];
  clock: Clock;
  observe: Observe;
}): Toolbox {
  const { runs, checks, clock, observe } = deps;
  const rows = new Map(deps.rows.map((row) => [row.name, row]));
  const all = [...rows.values()];
  const reads = all.filter(({ access }) => access === 'read');
  const clean = (text: string): string => redact(text, deps.cookieValues());

  async function run(row: ToolRow, args: Json, caller: ToolCaller): Promise<Outcome> {
    if (row.access === 'orders' && !caller.mayOrder)
      throw new ToolFault(
        'orders_not_allowed',
        `${row.name} changes something, and this client may only read.`,
        'The user can allow it: BEZANT_MCP_ALLOW_ORDERS=1 on a server that is not read-only, and a key with the scope trade.',
      );
    checkArguments(row.name, args, checks[row.name]);
    const answer = await runs[row.name]?.(withDefaults(row, args), caller);
    if (answer === undefined) throw new Error(`the tool ${row.name} is not made`);
    if ('ask' in answer) return { kind: 'asked', ask: { ...answer.ask, message: clean(answer.ask.message) } };
    const text = clean(JSON.stringify(answer.json));
    return { kind: 'ok', text, structured: row.outputSchema === null ? null : (JSON.parse(text) as Json) };
  }

  return {
    offered: (mayOrder) => (mayOrder ? all : reads),
    knows: (name) => rows.has(name),
    async call(name, args, caller, requestId) {
      const row = rows.get(name);
      if (row === undefined) throw new Error(`there is no tool ${name}`);
      const startedMs = clock.now();
      const tell = (outcome: Outcome['kind'], more: { code?: string; cause?: unknown } = {}): void => {
        const durationMs = clock.now() - startedMs;
        const principal = caller.principal?.name ?? null;
        observe({ kind: 'tool', tool: name, outcome, durationMs, principal, requestId, ...more });
      };
      try {
        const outcome = await run(row, args, caller);
        tell(outcome.kind);
        return outcome;
      } catch (error) {
        const fault: ToolFault | Problem = error instanceof ToolFault ? error : toProblem(error);
        const { code, text } = describeFault(fault, caller.address);
        tell('failed', { code, ...(fault.cause === undefined ? {} : { cause: fault.cause }) });
        return { kind: 'failed', text: clean(text) };
      }
    },
  };
}

function checkArguments(name: string, args: Json, check: Check | undefined): void {
  if (check === undefined) throw new Error(`the arguments of ${name} have no check`);
  if (check(args)) return;
  const faults = (check.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath.slice(1).replaceAll('/', '.') || 'arguments'} ${message}`,
  );
  throw new ToolFault(
    'bad_arguments',
    `${name}: ${faults.join('; ')}.`,
    'Nothing was done; call it with arguments as tools/list has them.',
  );
}

function withDefaults({ inputSchema }: ToolRow, args: Json): Json {
  const properties = Object.entries((inputSchema['properties'] ?? {}) as Readonly<Record<string, Json>>);
  const defaults = properties.flatMap(([name, schema]) =>
    'default' in schema ? [[name, schema['default']]] : [],
  );
  return { ...(Object.fromEntries(defaults) as Json), ...args };
}
