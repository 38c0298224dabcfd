// Who is calling, by API key. Only the keys' hashes stay in memory, and a presented key is compared with all of them in
// constant time.

import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export type Scope = 'read' | 'trade' | 'admin';

export interface Principal {
  /** The start of the key's hash: tells keys apart in a log and gives none away. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

export interface ApiKey extends Principal {
  readonly digest: Buffer;
}

export interface ApiKeys {
  /** Looks for a key as bearer token, as password of Basic (what `http://user:key@host` sends) or in `x-api-key`. */
  authenticate(headers: IncomingHttpHeaders): Principal | null;
  /** For callers that cannot send a header, such as a browser's WebSocket. */
  principalOf(key: string): Principal | null;
}

const included: ReadonlyMap<string, readonly Scope[]> = new Map([
  ['read', ['read']],
  ['trade', ['read', 'trade']],
  ['admin', ['read', 'trade', 'admin']],
]);

/** Guessing 16 characters is out of reach over a network; shorter ones tend to be words. */
const minKeyLength = 16;

/** `key` with every scope, or `key:scope+scope`. Errors count the keys instead of quoting them. */
export function parseApiKeys(items: readonly string[]): ApiKey[] {
  const keys = items.map((item, index) => {
    const [key = '', scopes = 'admin', ...rest] = item.split(':');
    const nth = items.length === 1 ? 'the key' : `key ${index + 1}`;
    if (rest.length > 0 || !/^[\x21-\x7E]*$/.test(key))
      throw new Error(`must be keys in visible ASCII without colon or comma; ${nth} is not`);
    if (key.length < minKeyLength)
      throw new Error(
        `must have keys of at least ${minKeyLength} characters, such as \`openssl rand -hex 24\` prints; ${nth} has ${key.length}`,
      );
    const words = scopes.split('+').map((word) => included.get(word));
    if (words.includes(undefined))
      throw new Error(`must have scopes read, trade or admin; ${nth} has another`);
    return apiKey(key, new Set(words.flatMap((word) => word ?? [])));
  });
  if (new Set(keys.map(({ digest }) => digest.toString('hex'))).size < keys.length)
    throw new Error('must not have the same key twice');
  return keys;
}

function apiKey(key: string, scopes: ReadonlySet<Scope>): ApiKey {
  const digest = digestOf(key);
  return { digest, name: digest.toString('hex').slice(0, 8), scopes };
}

const digestOf = (key: string): Buffer => hash('sha256', key, 'buffer');

export function createApiKeys(keys: readonly ApiKey[]): ApiKeys {
  const principalOf = (presented: string): Principal | null => {
    const digest = digestOf(presented);
    let found: Principal | null = null;
    // Every key is looked at, so that the time taken says nothing about which one was near.
    for (const key of keys) if (timingSafeEqual(digest, key.digest)) found = key;
    return found;
  };
  return {
    principalOf,
    authenticate(headers) {
      const key = keyFrom(headers);
      return key === null ? null : principalOf(key);
    },
  };
}

function keyFrom(headers: IncomingHttpHeaders): string | null {
  const [, scheme, credentials = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (scheme === undefined) return typeof headers['x-api-key'] === 'string' ? headers['x-api-key'] : null;
  if (scheme.toLowerCase() === 'bearer') return credentials;
  const [, user = '', password = ''] =
    /^([^:]*):?(.*)$/.exec(Buffer.from(credentials, 'base64').toString()) ?? [];
  // `curl -u KEY:` puts the key where the user name goes.
  return password === '' ? user : password;
}
