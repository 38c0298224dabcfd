// Compares samples of IBKR's answers with the contract, after they have gone out. IBKR's own examples break its schemas in
// places, so a difference is something to know, never a reason to refuse or change an answer.

import type { Operation } from './contract.ts';
import { headerValues, type GatewayAnswer } from './gateway.ts';
import type { Observe } from './observe.ts';

export interface ResponseFault {
  readonly instancePath: string;
  readonly message: string;
}

export interface ResponseCheck {
  (value: unknown): boolean;
  errors: readonly ResponseFault[] | null;
}

/** By operationId, status and media type. */
export type ResponseChecks = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, ResponseCheck>>>>>
>;

/** Loaded at the first sample: nobody needs them to start. */
export async function loadResponseChecks(folder: URL): Promise<ResponseChecks> {
  const file = new URL('response-validators.js', folder);
  return ((await import(file.href)) as { default: ResponseChecks }).default;
}

/** Comparing takes time in proportion, and the event loop is for callers. */
const maxSampleBytes = 256 * 1024;
const maxQueued = 16;

export type Sample = (operation: Pick<Operation, 'id'>, answer: GatewayAnswer) => void;

interface Queued {
  operation: string;
  status: number;
  mediaType: string;
  body: Buffer;
}

/** Takes the first answer of each operation and every so many after it; 0 takes none. */
export function createDrift(deps: {
  sampleOneIn: number;
  load: () => Promise<ResponseChecks>;
  observe: Observe;
}): Sample {
  const { sampleOneIn, observe } = deps;
  if (sampleOneIn === 0) return () => undefined;
  const seen = new Map<string, number>();
  const queue: Queued[] = [];
  let checks: ResponseChecks | null = null;
  let isWorking = false;
  let isBroken = false;

  const work = async (): Promise<void> => {
    try {
      checks ??= await deps.load();
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const fault = compare(next, checks);
        const { operation, status } = next;
        if (fault !== null)
          observe({ kind: 'drift', operation, status, pointer: fault.instancePath, message: fault.message });
        await new Promise(setImmediate);
      }
      isWorking = false;
    } catch (error) {
      queue.length = 0;
      isBroken = true;
      observe({ kind: 'warning', message: `Answers are not compared: ${(error as Error).message}` });
    }
  };

  return ({ id }, answer) => {
    if (isBroken) return;
    const count = seen.get(id) ?? 0;
    seen.set(id, count + 1);
    if (count % sampleOneIn !== 0 || queue.length === maxQueued) return;
    const mediaType = baseType(headerValues(answer, 'content-type')[0] ?? '');
    const { length } = answer.body;
    const isReadable = mediaType.endsWith('json') && answer.headers['content-encoding'] === undefined;
    if (!isReadable || length === 0 || length > maxSampleBytes) return;
    queue.push({ operation: id, status: answer.status, mediaType, body: answer.body });
    if (isWorking) return;
    isWorking = true;
    setImmediate(() => void work());
  };
}

const baseType = (text: string): string => (text.split(';')[0] ?? '').trim().toLowerCase();

function compare(
  { operation, status, mediaType, body }: Queued,
  checks: ResponseChecks,
): ResponseFault | null {
  const byType = Object.entries(checks[operation]?.[status] ?? {});
  const check = byType.find(([type]) => baseType(type) === mediaType)?.[1];
  if (check === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return { instancePath: '', message: 'is not JSON' };
  }
  return check(value) ? null : (check.errors?.[0] ?? { instancePath: '', message: 'does not match' });
}
