// What is written to the log: one line a happening, JSON for machines, plain for a terminal. Which level and which words
// stands in one table. No line holds a cookie, a key or an address of the Gateway.

import pino from 'pino';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { describeError, mask, type DescribedError } from './mask.ts';
import type { DropReason, Happening, Observe } from './observe.ts';

type Level = Exclude<Config['logLevel'], 'silent'>;

type Of<Kind extends Happening['kind']> = Extract<Happening, { kind: Kind }>;

interface Row<One extends Happening> {
  level: Level | ((happening: One, isFirst: (key: string) => boolean) => Level);
  say: (happening: One) => string;
  fields?: (happening: One) => Record<string, unknown>;
}

const rows: { readonly [Kind in Happening['kind']]: Row<Of<Kind>> } = {
  started: {
    level: 'info',
    say: ({ publicUrl, adminUrl, operations, readyMs }) =>
      `Listening on ${publicUrl}, admin on ${adminUrl}: ${operations} operations, ready after ${Math.round(readyMs)} ms`,
    fields: ({ publicUrl, adminUrl }) => ({ publicUrl, adminUrl }),
  },
  stopping: { level: 'info', say: ({ reason }) => `Stopping: ${reason}` },
  stopped: {
    level: ({ drained }) => (drained ? 'info' : 'warn'),
    say: ({ drained }) => (drained ? 'Stopped' : 'Stopped with requests still under way'),
  },
  warning: { level: 'warn', say: ({ message }) => mask(message) },
  crashed: {
    level: 'error',
    say: () => 'A failure that nothing caught: please report it',
    fields: ({ cause }) => caused(cause),
  },
  request: {
    level: requestLevel,
    say: ({ method, operation, status, code }) =>
      `${method} ${operation} ${status}${code === undefined ? '' : ` ${code}`}`,
    fields: ({ requestId, operation, method, status, code, durationMs, cause }) => ({
      requestId,
      operation,
      method,
      status,
      code,
      durationMs: tenths(durationMs),
      ...caused(cause),
    }),
  },
  upstream: {
    level: 'debug',
    say: ({ operation, status }) => `The Gateway answered ${operation} with ${status}`,
    fields: ({ operation, status, durationMs }) => ({ operation, status, durationMs: tenths(durationMs) }),
  },
  'upstream-failed': {
    level: 'warn',
    say: ({ operation, code }) => `The Gateway failed ${operation}: ${code}`,
    fields: ({ operation, code, durationMs, cause }) => ({
      operation,
      code,
      durationMs: tenths(durationMs),
      ...caused(cause),
    }),
  },
  paced: {
    level: ({ outcome }) => (outcome === 'waited' ? 'debug' : 'info'),
    say: ({ operation, outcome, waitMs }) =>
      outcome === 'waited'
        ? `${operation} waited ${Math.round(waitMs)} ms for its turn`
        : `${operation} would have waited too long for its turn`,
    fields: ({ operation, waitMs }) => ({ operation, waitMs: tenths(waitMs) }),
  },
  penalty: {
    level: 'error',
    say: ({ operation, seconds }) =>
      `IBKR answered ${operation} with 429: nothing is sent for ${seconds} s, as calling on would extend the penalty`,
    fields: ({ operation, seconds }) => ({ operation, seconds }),
  },
  coalesced: {
    level: 'debug',
    say: ({ operation, how }) => `${operation} was answered without a call (${how})`,
  },
  preflight: {
    level: ({ ok }) => (ok ? 'debug' : 'warn'),
    say: ({ operation, ok }) => `The call that must come first, ${operation}, ${ok ? 'was made' : 'failed'}`,
    fields: ({ operation }) => ({ operation }),
  },
  'warmed-up': {
    level: 'debug',
    say: ({ operation, attempts, complete }) =>
      `${operation} was ${complete ? 'complete' : 'still incomplete'} after ${attempts} calls`,
  },
  passthrough: { level: 'debug', say: ({ method }) => `${method} of a path that the contract does not know` },
  refused: { level: 'debug', say: ({ reason }) => `Refused: ${reason}` },
  drift: {
    // IBKR's answers depart from its document in places; each place is news once.
    level: ({ operation, status, pointer }, isFirst) =>
      isFirst(`${operation} ${status} ${pointer}`) ? 'warn' : 'debug',
    say: ({ operation, status, pointer, message }) =>
      `The answer ${status} of ${operation} departs from the contract at ${mask(pointer) || 'its root'}: ${mask(message)}`,
    fields: ({ operation, status }) => ({ operation, status }),
  },
  cookies: {
    level: 'info',
    say: ({ what }) =>
      what === 'new-login'
        ? 'A login came through: the cookies of the last one are gone'
        : 'Cookies of a dead session were in the way and are gone',
  },
  session: {
    level: ({ to }) => (to === 'live' ? 'info' : 'warn'),
    say: ({ from, to, reason }) => `The session is ${to} (was ${from}): ${mask(reason)}`,
    fields: ({ from, to }) => ({ from, to }),
  },
  keepalive: {
    level: ({ ok }) => (ok ? 'debug' : 'warn'),
    say: ({ ok, detail }) => (ok ? 'Keepalive' : `The keepalive failed: ${mask(detail)}`),
    fields: ({ durationMs, ssoExpiresMs }) => ({ durationMs: tenths(durationMs), ssoExpiresMs }),
  },
  recovery: {
    level: ({ ok }) => (ok ? 'info' : 'warn'),
    say: ({ rung, ok, detail }) => `Recovery by ${rung} ${ok ? 'worked' : 'failed'}: ${mask(detail)}`,
    fields: ({ rung }) => ({ rung }),
  },
  'event-written': {
    level: 'debug',
    say: ({ events, repeats }) => `Events written: ${sayCounts(events)}; ${repeats} repeats left out`,
    fields: ({ durationMs, queued, spooledBytes }) => ({
      durationMs: tenths(durationMs),
      queued,
      spooledBytes,
    }),
  },
  'event-dropped': {
    // Prices are followed by newer ones; anything else is a loss.
    level: ({ topic }) => (topic === 'marketdata' ? 'warn' : 'error'),
    say: ({ topic, reason, count }) => `${count} events of ${topic} were dropped: ${dropped[reason]}`,
    fields: ({ topic, reason, count }) => ({ topic, reason, count }),
  },
  'event-store': {
    level: ({ ok }) => (ok ? 'info' : 'error'),
    say: ({ ok }) =>
      ok
        ? 'The event store takes events again'
        : 'The event store takes no events: they are kept on disk and written later',
    fields: (happening) => (happening.ok ? {} : caused(happening.cause)),
  },
  spooled: {
    level: 'debug',
    say: ({ count }) => `${count} events were put on disk until the event store takes them`,
    fields: ({ spooledBytes, queued }) => ({ spooledBytes, queued }),
  },
  'spool-failed': {
    level: 'error',
    say: ({ queued }) =>
      `Neither the event store nor the disk takes events: ${queued} wait in memory, and a crash would lose them. Is the disk full?`,
    fields: ({ cause, queued }) => ({ queued, ...caused(cause) }),
  },
  retention: {
    level: (happening) => (!happening.ok ? 'error' : happening.squeezed > 0 ? 'warn' : 'debug'),
    say: (happening) =>
      happening.ok
        ? `Old events deleted: ${happening.aged} by age, ${happening.squeezed} more to stay under BEZANT_EVENTS_DISK_CAP_MB`
        : 'Old events could not be deleted',
    fields: (happening) =>
      happening.ok
        ? { sizeBytes: happening.sizeBytes, durationMs: tenths(happening.durationMs) }
        : caused(happening.cause),
  },
  reader: {
    level: ({ what }) => (what === 'slow' ? 'warn' : 'debug'),
    say: ({ what, how, waiting }) =>
      what === 'slow'
        ? 'A stream of events was ended: its reader had not read for too long'
        : `A reader of events ${what} (${how}); ${waiting} of these wait`,
    fields: ({ how, waiting }) => ({ how, waiting }),
  },
  relay: {
    level: ({ what }) => (what === 'failed' ? 'warn' : 'debug'),
    say: ({ what, open }) => `A WebSocket ${what}; ${open} open`,
    fields: ({ open }) => ({ open }),
  },
  socket: {
    level: ({ what }) => socketLevels[what],
    say: ({ what, reason }) => `IBKR’s WebSocket is ${what}: ${mask(reason)}`,
    fields: ({ what }) => ({ what }),
  },
  heartbeat: { level: 'debug', say: () => 'IBKR’s heartbeat' },
  frame: {
    level: ({ topic }) => (brokenFrames.has(topic) ? 'warn' : 'debug'),
    say: ({ topic, events }) => `A frame of ${topic}: ${events} events`,
    fields: ({ topic, events }) => ({ topic, events }),
  },
  subscribed: {
    level: 'debug',
    say: ({ topics, dataLines }) => `${topics} topics are wanted of IBKR, ${dataLines} of them market data`,
  },
  gap: {
    level: 'warn',
    say: ({ cause, downMs, orders, trades, complete }) =>
      `Nothing was heard of IBKR for ${Math.round(downMs / 1000)} s (${cause}); ${orders} orders and ${trades} trades were read up${complete ? '' : ', and more may be missing'}`,
    fields: ({ cause, downMs, complete }) => ({ cause, downMs: tenths(downMs), complete }),
  },
  healed: {
    level: ({ ok }) => (ok ? 'debug' : 'warn'),
    say: ({ ok, orders, trades, detail }) =>
      ok
        ? `Orders and trades were compared with IBKR: ${orders} and ${trades} were missing`
        : `Orders and trades could not be compared with IBKR: ${mask(detail)}`,
    fields: ({ orders, trades }) => ({ orders, trades }),
  },
  tool: {
    // Who had what done is worth a line each.
    level: ({ code }) => (code === 'internal' ? 'error' : code === 'outcome_unknown' ? 'warn' : 'info'),
    say: ({ tool, outcome, code }) => `Tool ${tool}: ${outcome}${code === undefined ? '' : ` (${code})`}`,
    fields: ({ requestId, tool, outcome, code, durationMs, principal, cause }) => ({
      requestId,
      tool,
      outcome,
      code,
      principal,
      durationMs: tenths(durationMs),
      ...caused(cause),
    }),
  },
  'mcp-fault': {
    level: 'info',
    say: () => 'An MCP client sent what cannot be served',
    fields: ({ cause }) => caused(cause),
  },
  'events-fault': {
    level: 'error',
    say: ({ part }) => `The events failed in ${part} and go on: please report it`,
    fields: ({ cause }) => caused(cause),
  },
};

/** What is behind a failure, where that is known. */
const caused = (cause: unknown): { cause?: DescribedError } =>
  cause === undefined ? {} : { cause: describeError(cause) };

const socketLevels: Readonly<Record<Of<'socket'>['what'], Level>> = {
  dialing: 'debug',
  held: 'warn',
  ready: 'info',
  lost: 'warn',
  // Told again at every attempt of an outage, whose beginning and end are told anyway.
  failed: 'info',
  closed: 'info',
};
const brokenFrames: ReadonlySet<string> = new Set(['malformed', 'oversized']);

const sayCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'none';

const dropped: Readonly<Record<DropReason, string>> = {
  'queue-full': 'more came in than could be written or kept',
  'spool-full': 'the event store does not take them and the disk has no room for them',
  refused: 'the database does not take such an event: please report it',
  stopped: 'they came after the end',
};

/** Refusals for safety's sake are worth a look; a probe that says no is the answer it is there for. */
const worthALook: ReadonlySet<number> = new Set([403, 421, 429]);
const probes: ReadonlySet<string> = new Set(['livez', 'readyz']);

function requestLevel({ status, code, operation }: Of<'request'>): Level {
  if (status < 400 || probes.has(operation)) return 'debug';
  if (status >= 500) return code === undefined ? 'warn' : 'error';
  return worthALook.has(status) ? 'warn' : 'info';
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

/** Where lines go: one text a write, ending in a line feed. */
export interface Out {
  write(text: string): unknown;
}

/** Written at once, so that a process that ends loses nothing. */
export const openStdout = (): Out => pino.destination({ dest: 1, sync: true });
export const openStderr = (): Out => pino.destination({ dest: 2, sync: true });

type Write = (level: Level, message: string, fields: Record<string, unknown>) => void;

const ranks: Readonly<Record<Config['logLevel'], number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  silent: 4,
};

/** Drifts that are remembered as told. IBKR's document has fewer places than this. */
const maxRemembered = 10_000;

export function createLog(deps: {
  level: Config['logLevel'];
  clock: Clock;
  out: Out;
  isTerminal: boolean;
}): Observe {
  const write = deps.isTerminal ? plainLines(deps.clock, deps.out) : jsonLines(deps.clock, deps.out);
  const told = new Set<string>();
  const isFirst = (key: string): boolean => {
    if (told.has(key) || told.size === maxRemembered) return false;
    told.add(key);
    return true;
  };
  return (happening) => {
    const row = rows[happening.kind] as Row<Happening>;
    const level = typeof row.level === 'string' ? row.level : row.level(happening, isFirst);
    if (ranks[level] < ranks[deps.level]) return;
    write(level, row.say(happening), row.fields?.(happening) ?? {});
  };
}

function jsonLines(clock: Clock, out: Out): Write {
  const logger = pino(
    {
      level: 'debug',
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
    },
    out,
  );
  return (level, message, fields) => logger[level](fields, message);
}

const colours: Readonly<Record<Level, number>> = { debug: 2, info: 32, warn: 33, error: 31 };

/** `08:03:12 warn  The keepalive failed: …`. Of the fields the cause alone, as the words say the rest. */
function plainLines(clock: Clock, out: Out): Write {
  return (level, message, { requestId, cause }) => {
    const time = new Date(clock.now()).toTimeString().slice(0, 8);
    const words = message.replace(/\p{Cc}+/gu, ' ');
    const rest = cause === undefined ? '' : ` \x1b[2m${JSON.stringify({ requestId, cause })}\x1b[0m`;
    out.write(`${time} \x1b[${colours[level]}m${level.padEnd(5)}\x1b[0m ${words}${rest}\n`);
  };
}
