// Where the server is and how to talk to it, from flags and the environment; a flag counts before a variable. Names and
// meanings are the server's own and the predecessor's (docs/cli.md).

import { UsageError } from './failure.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** As the command line gives them. */
export interface Flags {
  readonly url?: string | undefined;
  readonly gatewayUrl?: string | undefined;
  readonly verifyTls?: boolean | undefined;
}

export interface Settings {
  /** What answers at `url`. */
  readonly server: 'bezant' | 'gateway';
  readonly url: string;
  /** The flag or variable that said so. */
  readonly urlFrom: string;
  readonly apiKey: string | undefined;
  /** Where a command is given no account. */
  readonly account: string | undefined;
  /** Of the Gateway's certificate; bezant's own is always checked. */
  readonly verifyTls: boolean;
  /** Of the server's debug endpoints, for doctor. */
  readonly debugToken: string | undefined;
}

const standardUrl = 'http://127.0.0.1:8080';

export function readSettings(flags: Flags, env: Env): Settings {
  return {
    ...serverOf(flags, env),
    apiKey: textOf(env, 'BEZANT_API_KEY'),
    account: textOf(env, 'BEZANT_ACCOUNT'),
    verifyTls: flags.verifyTls ?? flagOf(env, 'BEZANT_VERIFY_TLS'),
    debugToken: textOf(env, 'BEZANT_DEBUG_TOKEN'),
  };
}

function serverOf(flags: Flags, env: Env): Pick<Settings, 'server' | 'url' | 'urlFrom'> {
  const places = [
    { server: 'bezant', url: flags.url, urlFrom: '--url' },
    { server: 'gateway', url: flags.gatewayUrl, urlFrom: '--gateway-url' },
    { server: 'bezant', url: textOf(env, 'BEZANT_URL'), urlFrom: 'BEZANT_URL' },
    { server: 'gateway', url: textOf(env, 'IBKR_GATEWAY_URL'), urlFrom: 'IBKR_GATEWAY_URL' },
    { server: 'bezant', url: standardUrl, urlFrom: 'default' },
  ] as const;
  const { server, url = '', urlFrom } = places.find((place) => place.url !== undefined) ?? places[4];
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new UsageError(`${urlFrom} is no address: "${withoutSecrets(url)}"`, `Such as ${standardUrl}.`);
  }
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') {
    throw new UsageError(`${urlFrom} holds a name or a password`, 'Put the API key into BEZANT_API_KEY.');
  }
  return { server, url, urlFrom };
}

/** Empty is unset, as `${VAR}` in a compose file often is. */
function textOf(env: Env, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

const flagValues: Readonly<Record<string, boolean>> = {
  1: true,
  true: true,
  yes: true,
  0: false,
  false: false,
  no: false,
};

function flagOf(env: Env, name: string): boolean {
  const text = textOf(env, name)?.toLowerCase();
  const value = text === undefined ? false : flagValues[text];
  if (value === undefined) throw new UsageError(`${name} must be true or false`, 'Correct the variable.');
  return value;
}

function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//…@');
}
