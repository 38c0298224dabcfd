// What `bezant doctor` looks at, one after the other. Each check says what it found and, where that is not well, what to do.

import type { Cli } from './cli.ts';
import { failureOf, type ExitName } from './failure.ts';
import { isRow } from './report.ts';
import { remedies, standing } from './standing.ts';

export interface Finding {
  /** `skip`: there is nothing to look at. */
  readonly result: 'ok' | 'warn' | 'fail' | 'skip';
  readonly found: string;
  readonly hint?: string;
  /** How doctor leaves when this is the first that fails. */
  readonly exit?: ExitName;
}

export interface Check {
  readonly name: string;
  readonly look: (cli: Cli) => Promise<Finding> | Finding;
}

export const checks: readonly Check[] = [
  { name: 'server', look: server },
  { name: 'tls', look: tls },
  { name: 'session', look: session },
  { name: 'account', look: accounts },
  { name: 'pacing', look: pacing },
  { name: 'cookies', look: cookies },
  { name: 'events', look: events },
  { name: 'database', look: database },
  { name: 'clock', look: clock },
];

/** What a check throws is what it found. */
export async function examine({ look }: Check, cli: Cli): Promise<Finding> {
  try {
    return await look(cli);
  } catch (error) {
    cli.io.signal.throwIfAborted();
    const { message, hint, exit } = failureOf(error);
    return { result: 'fail', found: message, hint, exit };
  }
}

const ok = (found: string): Finding => ({ result: 'ok', found });
const skip = (found: string, hint?: string): Finding => ({ result: 'skip', found, ...(hint && { hint }) });

async function server(cli: Cli): Promise<Finding> {
  const { settings } = cli;
  await cli.client();
  const startedMs = performance.now();
  const isBezant = settings.server === 'bezant';
  const response = await cli.get(isBezant ? '/livez' : '/v1/api/iserver/auth/status');
  await response.body?.cancel();
  const tookMs = Math.round(performance.now() - startedMs);
  return ok(`${isBezant ? 'bezant' : 'the Gateway'} at ${settings.url} answers in ${tookMs} ms`);
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function tls({ settings }: Cli): Finding {
  const { protocol, hostname } = new URL(settings.url);
  const isHere = loopback.test(hostname);
  if (protocol === 'https:' && settings.server === 'gateway' && !settings.verifyTls) {
    if (isHere) return ok('the Gateway’s own certificate is taken as it is, on this machine');
    const hint = 'Set BEZANT_VERIFY_TLS=1 with a certificate it can be checked against, or use bezant.';
    return { result: 'warn', found: `any certificate is taken from ${hostname}`, hint };
  }
  if (protocol === 'https:') return ok('the certificate is trusted');
  if (isHere) return ok('none is needed on this machine');
  const hint = 'Use https://: bezant answers it on the same port.';
  return { result: 'warn', found: `the way to ${hostname} can be read and changed by others`, hint };
}

async function session(cli: Cli): Promise<Finding> {
  const { state, reason, isLive } = await standing(cli);
  if (isLive) return ok(`live: ${reason}`);
  const hint = remedies[state] ?? 'The server’s log has more.';
  return {
    result: 'fail',
    found: `${state}: ${reason}`,
    hint,
    exit: state === 'down' ? 'unreachable' : 'login',
  };
}

async function accounts({ client, io }: Cli): Promise<Finding> {
  const found = await (await client()).portfolio.getAllAccounts({ signal: io.signal, retries: 0 });
  const ids = found.flatMap(({ accountId, id }) => accountId ?? id ?? []);
  if (ids.length > 0) return ok(ids.join(', '));
  return {
    result: 'fail',
    found: 'IBKR lists none',
    hint: 'Log in with a user that has an account.',
    exit: 'unknown',
  };
}

/** The calls above would have been turned away. */
async function pacing(cli: Cli): Promise<Finding> {
  const response = await cli.get('/v1/api/iserver/accounts');
  await response.body?.cancel();
  if (response.status !== 429) return ok('no limit is in the way');
  const seconds = response.headers.get('retry-after');
  const hint = seconds === null ? 'Make no calls for 15 minutes.' : `Make no calls for ${seconds} s.`;
  return { result: 'fail', found: 'IBKR or bezant turns calls away: too many', hint, exit: 'paced' };
}

async function cookies(cli: Cli): Promise<Finding> {
  if (cli.settings.server === 'gateway') return skip('the Gateway keeps them itself');
  const token = cli.settings.debugToken;
  if (token === undefined)
    return skip('not looked at', 'Set BEZANT_DEBUG_TOKEN to the server’s to see their names.');
  const response = await cli.get('/debug/jar', { 'x-bezant-debug-token': token });
  const jar: unknown = await response.json().catch(() => null);
  const hint = 'BEZANT_DEBUG_TOKEN must be the server’s, and set there too.';
  if (!response.ok || !isRow(jar) || !Array.isArray(jar['entries'])) {
    return { result: 'warn', found: 'the server does not show them', hint };
  }
  const names = jar['entries'].flatMap((entry: unknown) => (isRow(entry) ? [String(entry['name'])] : []));
  if (names.length > 0) return ok(names.join(', '));
  return { result: 'warn', found: 'there are none', hint: 'Run `bezant login`.' };
}

async function events(cli: Cli): Promise<Finding> {
  if (cli.settings.server === 'gateway') return skip('kept by bezant only');
  const response = await cli.get('/events/_status');
  const status: unknown = await response.json().catch(() => null);
  const { code, message, connected, state, head_cursor: cursor } = isRow(status) ? status : {};
  if (code === 'events_disabled') return skip('switched off', 'BEZANT_EVENTS_ENABLED=1 turns them on.');
  if (connected === true) return ok(`connected, last cursor ${String(cursor)}`);
  if (response.ok) {
    const hint = 'They come back by themselves once the session is live.';
    return { result: 'warn', found: `no connection to IBKR: ${String(state)}`, hint };
  }
  const found = typeof message === 'string' ? message : `status ${response.status}`;
  return { result: 'warn', found, hint: 'The server’s log has more.' };
}

async function database(cli: Cli): Promise<Finding> {
  if (cli.settings.server === 'gateway') return skip('bezant’s');
  const response = await cli.get('/events/session?limit=1');
  const text = await response.text();
  if (response.ok) return ok('the event store can be read');
  if (text.includes('events_disabled')) return skip('not in use');
  if (response.status === 401 || response.status === 403) return skip('this key may not look');
  const hint = 'Is it running? BEZANT_DATABASE_URL names it; the server’s log has the cause.';
  return { result: 'fail', found: 'the event store cannot be read', hint, exit: 'fault' };
}

const tolerableMs = 5_000;

/** By the Date header (RFC 9110), in whole seconds, of an answer that is not kept. */
async function clock(cli: Cli): Promise<Finding> {
  const startedMs = Date.now();
  const response = await cli.get(cli.settings.server === 'bezant' ? '/livez' : '/v1/api/iserver/auth/status');
  await response.body?.cancel();
  const theirs = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(theirs)) return skip('the answer has no date');
  const apartMs = theirs + 500 - (startedMs + Date.now()) / 2;
  const found = `${(Math.abs(apartMs) / 1000).toFixed(0)} s apart from the server’s`;
  if (Math.abs(apartMs) <= tolerableMs) return ok(found);
  return { result: 'warn', found, hint: 'Let both computers set their clocks by NTP.' };
}
