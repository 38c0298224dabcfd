// A plan names the processes to run together, in start order. It is read and checked whole before anything starts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { askableUrl, parseAddress } from './address.ts';
import { chooseAll } from './conditions.ts';
import { expandAll, type Env } from './expand.ts';
import { isLoopback } from './loopback.ts';
import {
  anyText,
  checked,
  dictionary,
  Faults,
  flag,
  list,
  nullable,
  optional,
  parsed,
  record,
  text,
  whole,
  wholeText,
  type Reader,
} from './shape.ts';

const httpUrl = parsed(text, askableUrl, () => 'must be an http or https URL');

/** An address to listen on, and the setting that moves it. */
const listen = parsed(
  record({ address: text, setting: text }),
  ({ address, setting }) => {
    const parts = parseAddress(address);
    return parts === null ? null : { address: parts, setting };
  },
  ({ setting }) => `${setting} must be host:port, or a port alone`,
);

const ready = checked(
  record({
    url: httpUrl,
    status: optional(list(whole(100)), [200]),
    everyMs: optional(whole(1), 250),
    timeoutMs: optional(whole(1), 3_000),
    deadlineMs: whole(1),
    insecure: optional(flag, false),
  }),
  ({ insecure, url }) =>
    insecure && !isLoopback(new URL(url).hostname)
      ? 'insecure is for loopback addresses only: elsewhere the certificate is the only proof of who answers'
      : null,
);

/** In milliseconds; or in seconds, as settings have it, and how much longer than the process gives itself. */
const stopMs: Reader<number> = (value, at) => {
  if (typeof value !== 'object') return whole(1)(value, at);
  const { seconds, moreMs } = record({ seconds: wholeText, moreMs: whole(1) })(value, at);
  return seconds * 1000 + moreMs;
};

const entry = checked(
  record({
    name: text,
    command: text,
    args: optional(list(anyText), []),
    /** Added to the environment; null takes a variable away. */
    env: optional(dictionary(nullable(anyText)), {}),
    listens: optional(list(listen), []),
    ready: optional(ready, null),
    /** After it was ready: this many failed probes in a row mean it hangs. */
    watch: optional(record({ everyMs: whole(1), failures: whole(1) }), null),
    restart: optional(record({ minMs: whole(0), maxMs: whole(0), budget: whole(0), windowMs: whole(1) }), {
      minMs: 500,
      maxMs: 30_000,
      budget: 5,
      windowMs: 300_000,
    }),
    stopMs: optional(stopMs, 10_000),
    /** Exit codes that another start would not mend, such as wrong settings: they stop everything at once. */
    final: optional<number[], number[]>(list(whole(1)), []),
    /** Processes whose restart it may ask for. */
    mayRestart: optional(list(text), []),
  }),
  ({ watch, ready: probe }) => (watch !== null && probe === null ? 'watch needs ready' : null),
);

const planShape = record({
  /** Where the supervisor itself answers. */
  admin: optional(listen, null),
  banner: optional(list(anyText), []),
  processes: checked(list(entry), (processes) => {
    if (processes.length === 0) return 'must name at least one process';
    const names = processes.map(({ name }) => name);
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    if (twice.length > 0) return `uses a name twice: ${twice.join(', ')}`;
    const strange = processes.flatMap((one) =>
      one.mayRestart.filter((name) => name === one.name || !names.includes(name)),
    );
    return strange.length > 0 ? `mayRestart names no other process: ${strange.join(', ')}` : null;
  }),
});

export type Plan = ReturnType<typeof planShape>;
export type Entry = Plan['processes'][number];
export type Ready = NonNullable<Entry['ready']>;
export type RestartPolicy = Entry['restart'];
export type Watch = NonNullable<Entry['watch']>;

export function parsePlan(json: string, env: Env): Plan {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch (error) {
    throw new Faults([`is not JSON: ${(error as Error).message}`]);
  }
  return planShape(expandAll(chooseAll(document, env), env), '');
}

const shipped = join(import.meta.dirname, '..', 'plans');

/** A bare name is one of the plans beside this package; anything with a slash or `.json` is a file. */
export function planPath(name: string): string {
  return /[/\\]|\.json$/.test(name) ? name : join(shipped, `${name}.json`);
}

export function loadPlan(name: string, env: Env): Plan {
  let json: string;
  try {
    json = readFileSync(planPath(name), 'utf8');
  } catch (error) {
    const known = readdirSync(shipped)
      .sort()
      .map((file) => file.replace(/\.json$/, ''));
    throw new Faults([
      `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
      `known by name: ${known.join(', ')}; anything else is a path to a JSON file`,
    ]);
  }
  return parsePlan(json, env);
}
