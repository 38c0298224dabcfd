// Every setting of the Gateway's start: one table. docs/configuration.md and .env.example are compared with it.

import { Fault } from './fault.ts';

interface Setting<Value> {
  env: string;
  parse: (text: string) => Value;
  /** As a user would write it; null when unset means null. */
  default: string | null;
  doc: string;
}

const setting = <Value>(row: Setting<Value> & { default: string }): Setting<Value> => row;
const optional = <Value>(row: Omit<Setting<Value>, 'default'>): Setting<Value | null> => ({
  ...row,
  default: null,
});

export const settings = {
  zip: optional({
    env: 'BEZANT_GATEWAY_ZIP',
    parse: path,
    doc: 'The Gateway’s zip as a file, or a folder that it was unpacked into: nothing is downloaded.',
  }),
  zipUrl: setting({
    env: 'BEZANT_GATEWAY_ZIP_URL',
    parse: downloadUrl,
    // The address that IBKR's own documentation gives.
    default: 'https://download2.interactivebrokers.com/portal/clientportal.gw.zip',
    doc: 'Where the Gateway’s zip is downloaded from, on the first start.',
  }),
  sha256: optional({
    env: 'BEZANT_GATEWAY_SHA256',
    parse: sha256,
    doc: 'SHA-256 of the only zip to accept. Unset: the first one is accepted and no other afterwards.',
  }),
  port: setting({
    env: 'BEZANT_GATEWAY_PORT',
    parse: count(1, 65_535),
    default: '5000',
    doc: 'Port of the Gateway, on 127.0.0.1. IBKR_GATEWAY_URL must name the same.',
  }),
  remoteHost: setting({
    env: 'BEZANT_GATEWAY_REMOTE_HOST',
    parse: httpsOrigin,
    default: 'https://api.ibkr.com',
    doc: 'IBKR’s server behind the Gateway; some regions have one of their own, such as https://api.ibkr.com.cn.',
  }),
  heapMb: setting({
    env: 'BEZANT_GATEWAY_HEAP_MB',
    // Below it, the build of 2023-04-24 runs out of memory while it starts.
    parse: count(32, 8192),
    default: '128',
    doc: 'Largest heap of the Gateway’s Java process, in MB; the process takes about 60 MB besides what it needs of this.',
  }),
  javaOptions: setting({
    env: 'BEZANT_GATEWAY_JAVA_OPTIONS',
    parse: javaOptions,
    default: '',
    doc: 'Further options for Java, separated by spaces; they beat the ones that bezant chose.',
  }),
  java: setting({
    env: 'BEZANT_JAVA',
    parse: path,
    default: 'java',
    doc: 'The Java to run the Gateway with, 11 or newer: a path, or a name to look for on the PATH.',
  }),
};

/** Shared with the server, which documents it. */
const dataDir = { env: 'BEZANT_DATA_DIR', default: './.bezant' };

type Table = typeof settings;
export type Settings = Readonly<
  { [Name in keyof Table]: Table[Name] extends Setting<infer Value> ? Value : never } & { dataDir: string }
>;
type Env = Readonly<Record<string, string | undefined>>;

export function loadSettings(env: Env): Settings {
  const faults: string[] = [];
  const read = (name: string): string | null => env[name]?.trim() || null;
  const values = Object.entries(settings).map(([name, row]: [string, Setting<unknown>]) => {
    const text = read(row.env) ?? row.default;
    try {
      return [name, text === null ? null : row.parse(text)];
    } catch (error) {
      faults.push(`${row.env} ${(error as Error).message}`);
      return [name, null];
    }
  });
  if (faults.length > 0) throw new Fault(faults.join('\n'), 2);
  return Object.freeze({
    ...(Object.fromEntries(values) as Omit<Settings, 'dataDir'>),
    dataDir: read(dataDir.env) ?? dataDir.default,
  });
}

function path(text: string): string {
  if (text.includes('://')) throw new Error('is a path on this machine, not an address');
  return text;
}

function count(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < min || number > max)
      throw new Error(`must be a whole number from ${min} to ${max}; it is "${text}"`);
    return number;
  };
}

const loopbackNames = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Not quoted: an address can carry a password or a token. */
function downloadUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error('must be an https:// address');
  if (!mayDownload(url)) throw new Error('must begin with https://, as what is downloaded will be run');
  return url;
}

/** Redirects are held to it as well. */
export const mayDownload = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && loopbackNames.test(url.hostname));

function httpsOrigin(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' || url.username !== '' || url.pathname !== '/' || url.search !== '')
    throw new Error('must be https:// and a host, without a path, such as https://api.ibkr.com');
  return url.origin;
}

function sha256(text: string): string {
  const hex = text.replace(/^sha256[:=]/i, '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new Error('must be 64 hex digits, as sha256sum prints them');
  return hex;
}

function javaOptions(text: string): string[] {
  const options = text.split(/\s+/).filter((option) => option !== '');
  const wrong = options.find((option) => !option.startsWith('-'));
  // It would be taken for the class to run.
  if (wrong !== undefined)
    throw new Error(`must be options that begin with a dash and hold no spaces; "${wrong}" does not`);
  return options;
}
