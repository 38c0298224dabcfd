// The one cookie jar, shared by all callers, as the Gateway's own is. A browser may fill it on the login pages only, with
// names that IBKR uses and never over a value that IBKR set; expiry counts; a completed login empties what was there before.

import { Cookie } from 'tough-cookie';

/** Names that the Gateway keeps in its own jar (observed on the build of 2023-04-24), and the session id that IBKR sets. */
const browserNames: ReadonlySet<string> = new Set([
  'URL_PARAM',
  'RL',
  'JSESSIONID',
  'cp',
  'cp.qa',
  'cp.alpha',
  'cp.beta',
  'api',
  'api.nn',
  'api.alpha',
  'portal',
  'USERID',
  'XYZAB',
  'XYZAB_AM.LOGIN',
  'REGION',
  'web',
  'x-sess-uuid',
]);

/** A legal cookie pair in visible ASCII; a broken sibling in the same header is skipped alone. */
const pairPattern = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=([\x21-\x3A\x3C-\x7E ]*)$/;

/** A person who has not logged in by then has left, and what IBKR sets meanwhile belongs to the session there is. */
const loginAttemptMs = 10 * 60_000;

export interface JarEntry {
  name: string;
  valueLength: number;
}

interface Held {
  value: string;
  expiresMs: number;
}

/** Keyed by name alone, as IBKR wants it: it refuses a request that carries one name twice. */
export class GatewayCookies {
  readonly #refusedPrefixes: readonly string[];
  readonly #now: () => number;
  readonly #held = new Map<string, Held>();
  /** Names that IBKR has set, or set and removed: no browser's to give. */
  readonly #fromIbkr = new Set<string>();
  /** Names set since the login page was first asked for; null when no login is under way. */
  #sinceLogin: Set<string> | null = null;
  #loginStartedMs = 0;
  #revision = 0;

  constructor(refusedPrefixes: readonly string[], now: () => number = Date.now) {
    this.#refusedPrefixes = refusedPrefixes;
    this.#now = now;
  }

  /** Grows with every change, so that a caller can tell whether the jar is still the one it tried. */
  get revision(): number {
    return this.#revision;
  }

  /** The `Cookie` header to send, or null when there is nothing to send. */
  header(): string | null {
    const pairs = this.#current().map(([name, { value }]) => `${name}=${value}`);
    return pairs.length === 0 ? null : pairs.join('; ');
  }

  entries(): JarEntry[] {
    return this.#current()
      .map(([name, { value }]) => ({ name, valueLength: Buffer.byteLength(value) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** For whoever must keep the values out of what it shows. */
  values(): string[] {
    return this.#current().map(([, { value }]) => value);
  }

  /** Takes the `Set-Cookie` headers of an answer. An empty or expired one removes. */
  fromIbkr(setCookies: readonly string[]): void {
    for (const text of setCookies) {
      const cookie = Cookie.parse(text);
      if (cookie === undefined || !pairPattern.test(`${cookie.key}=${cookie.value}`)) continue;
      this.#fromIbkr.add(cookie.key);
      const expiresMs = cookie.expiryTime(new Date(this.#now())) ?? Infinity;
      if (cookie.value === '' || expiresMs <= this.#now()) this.#remove(cookie.key);
      else this.#put(cookie.key, { value: cookie.value, expiresMs });
    }
  }

  /** Takes the `Cookie` header of a browser on a login page. */
  fromBrowser(header: string): void {
    for (const pair of header.split(';')) {
      const [, name = '', value = ''] = pairPattern.exec(pair.trim()) ?? [];
      if (value === '' || !browserNames.has(name) || this.#fromIbkr.has(name)) continue;
      if (this.#refusedPrefixes.some((prefix) => name.startsWith(prefix))) continue;
      this.#put(name, { value, expiresMs: Infinity });
    }
  }

  /** The login page was asked for, perhaps again: what is set from the first time on belongs to the new login. */
  loginStarted(): void {
    const isAbandoned = this.#now() - this.#loginStartedMs > loginAttemptMs;
    if (this.#sinceLogin !== null && !isAbandoned) return;
    this.#sinceLogin = new Set();
    this.#loginStartedMs = this.#now();
  }

  /** The login went through: whatever was there before it is of a dead session. */
  loginCompleted(): void {
    const fresh = this.#sinceLogin ?? new Set();
    for (const name of [...this.#held.keys()]) if (!fresh.has(name)) this.#remove(name);
    this.#fromIbkr.clear();
    for (const name of this.#held.keys()) this.#fromIbkr.add(name);
    this.#sinceLogin = null;
  }

  clear(): void {
    this.#held.clear();
    this.#fromIbkr.clear();
    this.#sinceLogin = null;
    this.#revision += 1;
  }

  #current(): [string, Held][] {
    for (const [name, { expiresMs }] of this.#held) if (expiresMs <= this.#now()) this.#remove(name);
    return [...this.#held];
  }

  #put(name: string, held: Held): void {
    this.#sinceLogin?.add(name);
    if (this.#held.get(name)?.value !== held.value) this.#revision += 1;
    this.#held.set(name, held);
  }

  #remove(name: string): void {
    if (this.#held.delete(name)) this.#revision += 1;
  }
}
