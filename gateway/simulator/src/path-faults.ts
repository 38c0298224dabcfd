// Faults for the requests that a path pattern names, around whoever answers them.
import type { Clock } from './clock.ts';
import type { Faults, PathFault } from './faults.ts';
import { hanging, jsonType, type Reply, type Request, type Responder } from './message.ts';
import { pause } from './send.ts';

export interface PathFaults {
  /** Starts the clocks and counters of the rules that `faults.paths` holds now. */
  restart(): void;
  around(inner: Responder): Responder;
}

const mib = 2 ** 20;
const errorPage =
  '<!doctype html><html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>';

export function createPathFaults(deps: { clock: Clock; faults: Faults }): PathFaults {
  const { clock, faults } = deps;
  let setMs = clock.now();
  let used = new Map<PathFault, number>();

  const find = (request: Request): PathFault | undefined => {
    const ageMs = clock.now() - setMs;
    return faults.paths.find(
      (rule) =>
        toExpression(rule.path).test(request.path) &&
        (rule.methods?.includes(request.method) ?? true) &&
        (used.get(rule) ?? 0) < (rule.times ?? Infinity) &&
        ageMs >= (rule.afterMs ?? 0) &&
        ageMs < (rule.afterMs ?? 0) + (rule.forMs ?? Infinity),
    );
  };

  return {
    restart: () => {
      setMs = clock.now();
      used = new Map();
    },
    around: (inner) => async (request) => {
      const rule = find(request);
      if (rule === undefined) return inner(request);
      used.set(rule, (used.get(rule) ?? 0) + 1);
      await pause(clock, rule.delayMs ?? 0);
      return applyRule(rule, request, inner);
    },
  };
}

async function applyRule(rule: PathFault, request: Request, inner: Responder): Promise<Reply> {
  const lost = rule.hang === true || (rule.reset === true && rule.truncateBytes === undefined);
  const body = replacement(rule);
  const replaced = body !== undefined || rule.status !== undefined;
  // What the answer is made of is only asked for when it is used, or when the operation shall happen all the same.
  const real = (!lost && !replaced) || rule.effect === true ? await inner(request) : undefined;
  if (rule.hang === true) return hanging;
  const base =
    replaced || real === undefined ? { status: rule.status ?? 200, headers: [], body: '', ...body } : real;
  const { contentType, headers = {} } = rule;
  return {
    ...base,
    headers: [
      ...base.headers.filter(([name]) => contentType === undefined || name !== 'content-type'),
      ...(contentType === undefined ? [] : [['content-type', contentType] satisfies [string, string]]),
      ...Object.entries(headers),
    ],
    ...(rule.reset === true ? { reset: true } : {}),
    ...(rule.truncateBytes === undefined ? {} : { truncateBytes: rule.truncateBytes }),
    ...(rule.dripMs === undefined ? {} : { dripMs: rule.dripMs }),
  };
}

function replacement(rule: PathFault): Pick<Reply, 'headers' | 'body'> | undefined {
  if (rule.html === true) return { headers: [['content-type', 'text/html']], body: errorPage };
  if (rule.bodyMiB !== undefined)
    return { headers: [['content-type', jsonType]], body: `"${'x'.repeat(rule.bodyMiB * mib - 2)}"` };
  if (typeof rule.body === 'string') return { headers: [], body: rule.body };
  if (rule.body === undefined) return undefined;
  return { headers: [['content-type', jsonType]], body: JSON.stringify(rule.body) };
}

function toExpression(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) =>
      part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`);
}
