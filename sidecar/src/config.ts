// Every setting of the server: one table. The only reader of the environment. Read once, checked whole, frozen.

import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { readFileSync } from 'node:fs';
import { parseGatewayUrl } from './gateway-url.ts';

export interface Address {
  host: string;
  port: number;
}

interface Row {
  env: string;
  /** Older or platform names, read when `env` is unset. */
  aliases?: readonly string[];
  /** Its value is masked wherever settings are shown; `<env>_FILE` names a file to read it from. */
  secret?: true;
  doc: string;
}

export interface Setting<Value> extends Row {
  parse: (text: string) => Value;
  /** As a user would write it; null when unset means null. */
  default: string | null;
}

const setting = <Value>(row: Row & { parse: (text: string) => Value; default: string }): Setting<Value> =>
  row;
const optional = <Value>(row: Row & { parse: (text: string) => Value }): Setting<Value | null> => ({
  ...row,
  default: null,
});

const text = (value: string): string => value;
const list = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function flag(value: string): boolean {
  const word = value.toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  if (['0', 'false', 'no', 'off'].includes(word)) return false;
  throw new Error('must be 1, 0, true, false, yes or no');
}

function count(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < min || number > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return number;
  };
}

function choice<const Word extends string>(...words: readonly Word[]): (value: string) => Word {
  return (value) => {
    const word = words.find((candidate) => candidate === value.toLowerCase());
    if (word === undefined) throw new Error(`must be ${words.join(', ').replace(/, ([^,]*)$/, ' or $1')}`);
    return word;
  };
}

function address(value: string): Address {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(value);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new Error('must be host:port, such as 127.0.0.1:8080');
  const host = match[1] ?? (match[2] === '' ? '0.0.0.0' : (match[2] ?? ''));
  if (match[1] !== undefined && isIP(match[1]) !== 6)
    throw new Error('has something other than an IPv6 address in its brackets');
  return { host, port };
}

function origin(value: string): string {
  const url = URL.parse(value.includes('://') ? value : `https://${value}`);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Error('must be an origin, such as https://bezant.example');
  if (url.pathname !== '/' || url.search !== '') throw new Error('must be an origin alone, without a path');
  return url.origin;
}

function gatewayUrl(value: string): string {
  parseGatewayUrl(value);
  return value;
}

function fingerprint(value: string): string {
  const hex = value
    .replace(/^sha256[:=]?/i, '')
    .replaceAll(':', '')
    .toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(hex))
    throw new Error('must be a SHA-256 in hex, as `openssl x509 -fingerprint -sha256` prints it');
  return hex.replace(/(..)(?=.)/g, '$1:');
}

export const settings = {
  bind: setting({
    env: 'BEZANT_BIND',
    parse: address,
    default: '127.0.0.1:8080',
    doc: 'Public listener. PORT alone, as hosting platforms set it, means 0.0.0.0:PORT.',
  }),
  adminBind: setting({
    env: 'BEZANT_ADMIN_BIND',
    parse: address,
    default: '127.0.0.1:9090',
    doc: 'Listener for /livez, /readyz and /metrics.',
  }),
  publicUrl: optional({
    env: 'BEZANT_PUBLIC_URL',
    aliases: ['PORTAL_BASE_URL', 'RAILWAY_PUBLIC_DOMAIN'],
    parse: origin,
    doc: 'Origin that browsers see: allowed as Host and Origin, and the target of rewritten redirects.',
  }),
  allowedHosts: setting({
    env: 'BEZANT_ALLOWED_HOSTS',
    parse: list,
    default: '',
    doc: 'Further host names that callers may use, separated by commas. IP addresses and localhost are always allowed.',
  }),
  allowedOrigins: setting({
    env: 'BEZANT_ALLOWED_ORIGINS',
    parse: (value) => list(value).map(origin),
    default: '',
    doc: 'Further origins whose web pages may call, separated by commas.',
  }),
  tls: setting({
    env: 'BEZANT_TLS',
    parse: choice('auto', 'off'),
    default: 'auto',
    doc: 'auto: the public port answers HTTPS as well as HTTP, with BEZANT_TLS_CERT or a self-signed certificate made on first use.',
  }),
  tlsCert: optional({
    env: 'BEZANT_TLS_CERT',
    parse: text,
    doc: 'PEM file of the certificate chain to serve.',
  }),
  tlsKey: optional({ env: 'BEZANT_TLS_KEY', parse: text, doc: 'PEM file of its private key.' }),
  dataDir: setting({
    env: 'BEZANT_DATA_DIR',
    parse: text,
    default: './.bezant',
    doc: 'Folder for what must survive a restart: generated key and certificate, login budget.',
  }),
  auth: optional({
    env: 'BEZANT_AUTH',
    parse: choice('keys', 'none'),
    doc: 'Who may call. Unset: none when bound to loopback, keys when bound wider.',
  }),
  apiKeys: setting({
    env: 'BEZANT_API_KEYS',
    parse: list,
    default: '',
    secret: true,
    doc: 'API keys, separated by commas: `key` or `key:scope+scope`, scopes read, trade and admin. Unset and needed: one is made and printed once.',
  }),
  readOnly: setting({
    env: 'BEZANT_READ_ONLY',
    parse: flag,
    default: 'false',
    doc: 'Refuse every call that is not a read or about the session.',
  }),
  allowDestructive: setting({
    env: 'BEZANT_ALLOW_DESTRUCTIVE',
    parse: flag,
    default: 'false',
    doc: 'Allow calls that act on everything at once (cancel order -1, delete alert 0, unsubscribeall) or cost money (regsnapshot).',
  }),
  passthrough: setting({
    env: 'BEZANT_PASSTHROUGH',
    parse: choice('read', 'all', 'off'),
    default: 'read',
    doc: 'What may reach paths under /v1/api that the contract does not know.',
  }),
  gatewayUrl: setting({
    env: 'IBKR_GATEWAY_URL',
    parse: gatewayUrl,
    default: 'https://localhost:5000/v1/api',
    doc: 'The Gateway, with or without /v1/api.',
  }),
  verifyTls: setting({
    env: 'BEZANT_VERIFY_TLS',
    parse: flag,
    default: 'false',
    doc: 'Check the Gateway’s certificate against the system’s authorities.',
  }),
  gatewayCa: optional({
    env: 'BEZANT_GATEWAY_CA',
    parse: text,
    doc: 'PEM file: trust exactly this certificate or authority from the Gateway.',
  }),
  gatewayFingerprint: optional({
    env: 'BEZANT_GATEWAY_FINGERPRINT',
    parse: fingerprint,
    doc: 'SHA-256 of the only certificate to accept from the Gateway.',
  }),
  upstreamTimeoutSeconds: setting({
    env: 'BEZANT_UPSTREAM_TIMEOUT_SECS',
    parse: count(1, 600),
    default: '30',
    doc: 'Deadline of one call to the Gateway.',
  }),
  requestTimeoutSeconds: setting({
    env: 'BEZANT_REQUEST_TIMEOUT_SECS',
    parse: count(1, 900),
    default: '35',
    doc: 'Deadline of one request to this server, waiting included.',
  }),
  maxConcurrency: setting({
    env: 'BEZANT_MAX_CONCURRENCY',
    parse: count(1, 100_000),
    default: '256',
    doc: 'Requests served at once; more are answered 503.',
  }),
  pacing: setting({
    env: 'BEZANT_PACING',
    parse: choice('enforce', 'off'),
    default: 'enforce',
    doc: 'Whether IBKR’s pacing limits are kept here.',
  }),
  pacingPerSecond: setting({
    env: 'BEZANT_PACING_PER_SECOND',
    parse: count(1, 1000),
    default: '9',
    doc: 'Calls a second to the Gateway, all callers together: IBKR allows 10, and the Gateway makes its own.',
  }),
  pacingWaitSeconds: setting({
    env: 'BEZANT_PACING_WAIT_SECS',
    parse: count(0, 600),
    default: '10',
    doc: 'How long a call may wait for its turn before it is answered 429.',
  }),
  penaltySeconds: setting({
    env: 'BEZANT_PENALTY_SECS',
    parse: count(1, 86_400),
    default: '900',
    doc: 'How long nothing is sent after IBKR answers 429 (its documented penalty is 15 minutes).',
  }),
  keepaliveSeconds: setting({
    env: 'BEZANT_KEEPALIVE_SECS',
    parse: count(0, 3600),
    default: '60',
    doc: 'Interval of the keepalive; 0 switches it off.',
  }),
  compete: setting({
    env: 'BEZANT_COMPETE',
    parse: flag,
    default: 'false',
    doc: 'Whether a recovery may take the brokerage session away from TWS or the phone.',
  }),
  debugToken: optional({
    env: 'BEZANT_DEBUG_TOKEN',
    parse: text,
    secret: true,
    doc: 'Token for /debug/*; unset or empty: off.',
  }),
  edgeCookiePrefixes: setting({
    env: 'BEZANT_EDGE_COOKIE_PREFIXES',
    parse: list,
    default: '',
    doc: 'Further cookie names, by prefix, never to hand to IBKR.',
  }),
  driftSample: setting({
    env: 'BEZANT_DRIFT_SAMPLE',
    parse: count(0, 1_000_000),
    default: '20',
    doc: 'One in so many answers is compared with the contract, off the hot path; 0 switches it off.',
  }),
  shutdownSeconds: setting({
    env: 'BEZANT_SHUTDOWN_SECS',
    parse: count(0, 600),
    default: '10',
    doc: 'How long requests in flight may take to finish on shutdown.',
  }),
  logLevel: setting({
    env: 'BEZANT_LOG',
    aliases: ['LOG_LEVEL'],
    parse: choice('debug', 'info', 'warn', 'error', 'silent'),
    default: 'info',
    doc: 'Least severe log line to write.',
  }),
} as const;

export type SettingName = keyof typeof settings;
export type Config = Readonly<{
  [Name in SettingName]: (typeof settings)[Name] extends Setting<infer Value> ? Value : never;
}>;

/** The faults of all settings together, for one message and exit code 2. */
export class ConfigError extends Error {
  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigError';
  }
}

/** `BEZANT_KEEPALIVE_SECS` is also `--keepalive-secs`; a flag beats the environment. */
export const flagOf = (env: string): string =>
  env
    .replace(/^(BEZANT|IBKR)_/, '')
    .toLowerCase()
    .replaceAll('_', '-');

type Env = Readonly<Record<string, string | undefined>>;

export function loadConfig(env: Env, args: readonly string[] = []): Config {
  const faults: string[] = [];
  const flags = readFlags(args, faults);
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const [name, row] of entries()) {
    const found = find(row, env, flags, faults);
    const given = found?.text ?? row.default;
    if (given === null) {
      values[name] = null;
      continue;
    }
    try {
      values[name] = row.parse(given);
    } catch (error) {
      const shown = row.secret === true ? '' : `, not "${given}"`;
      faults.push(`${found?.from ?? row.env} ${(error as Error).message}${shown}`);
    }
  }
  if (faults.length === 0) faults.push(...combinations(values as Config));
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(values) as Config;
}

function entries(): [SettingName, Setting<unknown>][] {
  return Object.entries(settings) as [SettingName, Setting<unknown>][];
}

function readFlags(args: readonly string[], faults: string[]): Map<string, string> {
  const options = Object.fromEntries(
    entries().map(([, row]) => [flagOf(row.env), { type: 'string' } as const]),
  );
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true });
    return new Map(
      Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  } catch (error) {
    faults.push((error as Error).message);
    return new Map();
  }
}

function find(
  row: Setting<unknown>,
  env: Env,
  flags: ReadonlyMap<string, string>,
  faults: string[],
): { text: string; from: string } | null {
  const flagged = flags.get(flagOf(row.env));
  if (flagged !== undefined) return { text: flagged, from: `--${flagOf(row.env)}` };
  for (const name of [row.env, ...(row.aliases ?? [])]) {
    const value = env[name];
    if (value !== undefined && value !== '') return { text: value, from: name };
  }
  if (row === settings.bind && env['PORT'] !== undefined && env['PORT'] !== '') {
    return { text: `0.0.0.0:${env['PORT']}`, from: 'PORT' };
  }
  const file = row.secret === true ? env[`${row.env}_FILE`] : undefined;
  if (file === undefined || file === '') return null;
  try {
    return { text: readFileSync(file, 'utf8').trim(), from: `${row.env}_FILE` };
  } catch {
    faults.push(`${row.env}_FILE names a file that cannot be read: ${file}`);
    return null;
  }
}

/** Settings that are each right but do not go together. */
function combinations(config: Config): string[] {
  const faults: string[] = [];
  if ((config.tlsCert === null) !== (config.tlsKey === null))
    faults.push('BEZANT_TLS_CERT and BEZANT_TLS_KEY go together: set both or neither');
  if (config.gatewayCa !== null && config.gatewayFingerprint !== null)
    faults.push('BEZANT_GATEWAY_CA and BEZANT_GATEWAY_FINGERPRINT exclude each other: set one');
  if (config.requestTimeoutSeconds < config.upstreamTimeoutSeconds)
    faults.push('BEZANT_REQUEST_TIMEOUT_SECS must not be below BEZANT_UPSTREAM_TIMEOUT_SECS');
  return faults;
}

/** Names that look like settings of this server and are none: a typing error that would otherwise be silent. */
export function unknownSettings(env: Env): string[] {
  const known = new Set(entries().flatMap(([, row]) => [row.env, `${row.env}_FILE`]));
  return Object.keys(env).filter((name) => name.startsWith('BEZANT_') && !known.has(name));
}

/** One line a setting, as `NAME=value`, secrets masked. */
export function printConfig(config: Config): string {
  return entries()
    .map(([name, row]) => `${row.env}=${row.secret === true ? mask(config[name]) : show(config[name])}`)
    .join('\n');
}

const mask = (value: unknown): string =>
  value === null || (Array.isArray(value) && value.length === 0) ? '' : '********';

function show(value: unknown): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'object') return formatAddress(value as Address);
  return String(value as string | number | boolean);
}

export const formatAddress = ({ host, port }: Address): string =>
  `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
