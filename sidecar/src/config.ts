// The settings as read: environment and flags, checked whole, all faults together, frozen. The only reader of the environment.

import { readFileSync } from 'node:fs';
import { isOfTheAppliance } from './appliance-settings.ts';
import { settings, type Setting } from './settings.ts';
import { flag, formatAddress, type Address } from './setting-values.ts';

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
    const given = find(row, env, flags, faults);
    const value = given?.value ?? row.default;
    try {
      values[name] = value === null ? null : row.parse(value);
    } catch (error) {
      const shown = row.secret === true ? '' : `; it is "${withoutUser(value ?? '')}"`;
      faults.push(`${given?.from ?? row.env} ${(error as Error).message}${shown}`);
    }
  }
  if (faults.length === 0) faults.push(...combinations(values as Config));
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(values) as Config;
}

const withoutUser = (value: string): string => value.replace(/\/\/[^/]*@/, '//…@');

function entries(): [SettingName, Setting<unknown>][] {
  return Object.entries(settings) as [SettingName, Setting<unknown>][];
}

/** `--name value` or `--name=value`; a switch may stand alone. The values by the name of their setting. */
function readFlags(args: readonly string[], faults: string[]): Map<string, string> {
  const rows = new Map(entries().map(([, row]) => [flagOf(row.env), row]));
  const values = new Map<string, string>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, name = '', inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const row = rows.get(name);
    if (row === undefined) {
      // Not quoted beyond its name: what follows could be a secret.
      faults.push(name === '' ? 'an argument is not of the form --name=value' : `--${name} is no setting`);
      continue;
    }
    const next = rest[0]?.startsWith('--') === false ? rest[0] : undefined;
    const value = inline ?? (row.parse === flag && !isFlag(next) ? 'true' : next);
    if (value === undefined) faults.push(`--${name} needs a value`);
    else values.set(row.env, value.trim());
    if (inline === undefined && next !== undefined && value === next) rest.shift();
  }
  return values;
}

function isFlag(value: string | undefined): boolean {
  try {
    return value !== undefined && [true, false].includes(flag(value));
  } catch {
    return false;
  }
}

interface Given {
  value: string;
  /** What to name in a fault. */
  from: string;
}

/** What was given for a setting; null when nothing or an empty value was. */
function find(
  row: Setting<unknown>,
  env: Env,
  flags: ReadonlyMap<string, string>,
  faults: string[],
): Given | null {
  const flagged = flags.get(row.env);
  // An empty flag unsets what the environment says.
  if (flagged !== undefined) return flagged === '' ? null : { value: flagged, from: `--${flagOf(row.env)}` };
  const set = [row.env, ...(row.aliases ?? [])]
    .map((name) => ({ value: env[name]?.trim() ?? '', from: name }))
    .find(({ value }) => value !== '');
  return set ?? (row.secret === true ? fromFile(row.env, env, faults) : null);
}

function fromFile(name: string, env: Env, faults: string[]): Given | null {
  const from = `${name}_FILE`;
  const file = env[from]?.trim() ?? '';
  if (file === '') return null;
  try {
    const value = readFileSync(file, 'utf8').trim();
    return value === '' ? null : { value, from };
  } catch {
    faults.push(`${from} names a file that cannot be read: ${file}`);
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
  if (
    config.adminBind.port === config.bind.port &&
    config.bind.port !== 0 &&
    overlap(config.bind, config.adminBind)
  )
    faults.push('BEZANT_BIND and BEZANT_ADMIN_BIND must not be the same port');
  if (config.requestTimeoutSeconds < config.upstreamTimeoutSeconds)
    faults.push('BEZANT_REQUEST_TIMEOUT_SECS must not be below BEZANT_UPSTREAM_TIMEOUT_SECS');
  return faults;
}

function overlap(a: Address, b: Address): boolean {
  const everywhere = ['0.0.0.0', '::'];
  return a.host === b.host || everywhere.includes(a.host) || everywhere.includes(b.host);
}

/** What Kubernetes adds to the environment for a Service named bezant: `BEZANT_PORT_8080_TCP`, `BEZANT_SERVICE_HOST`, … */
const ofKubernetes = /_(PORT|SERVICE_HOST)$|_(SERVICE_PORT|PORT_\d+)(_|$)/;

/** Names that look like settings of this server and are none: a typing error that would otherwise be silent. */
export function unknownSettings(env: Env): string[] {
  const known = new Set(
    entries().flatMap(([, { env: name, secret }]) => (secret ? [name, `${name}_FILE`] : name)),
  );
  return Object.keys(env).filter(
    (name) =>
      name.startsWith('BEZANT_') && !known.has(name) && !isOfTheAppliance(name) && !ofKubernetes.test(name),
  );
}

/** One line a setting, as `NAME=value`, secrets masked. */
export function printConfig(config: Config): string {
  return entries()
    .map(([name, row]) => `${row.env}=${row.secret === true ? mask(config[name]) : show(config[name])}`)
    .join('\n');
}

const mask = (value: unknown): string =>
  value === null || (Array.isArray(value) && value.length === 0) ? '' : '********';

function show(value: Config[SettingName]): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.filter((item) => typeof item === 'string').join(',');
  if (typeof value === 'object') return formatAddress(value);
  return String(value);
}
