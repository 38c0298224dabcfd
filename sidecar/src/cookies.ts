// The one cookie jar, shared by all callers, as the Gateway's own is. A browser may fill it on the login pages only, with
// names that IBKR uses and never over a value that IBKR set; expiry counts; a completed login empties what was there before.

import { Cookie, CookieJar, MemoryCookieStore } from 'tough-cookie';

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

export interface JarEntry {
  name: string;
  valueLength: number;
}

export class GatewayCookies {
  readonly #url: string;
  readonly #refusedPrefixes: readonly string[];
  #store = new MemoryCookieStore();
  #jar = new CookieJar(this.#store);
  /** Grows with every change, so that a caller can tell whether the jar is still the one it tried. */
  #revision = 0;
  #fromIbkr = new Set<string>();
  #sinceLoginStarted: Set<string> | null = null;

  constructor(origin: string, refusedPrefixes: readonly string[]) {
    this.#url = `${origin.replace(/^http:/, 'https:')}/`;
    this.#refusedPrefixes = refusedPrefixes;
  }

  get revision(): number {
    return this.#revision;
  }

  /** The `Cookie` header to send, or null when there is nothing to send. */
  header(): string | null {
    const text = this.#jar.getCookieStringSync(this.#url);
    return text === '' ? null : text;
  }

  entries(): JarEntry[] {
    return this.#jar
      .getCookiesSync(this.#url)
      .map((cookie) => ({ name: cookie.key, valueLength: Buffer.byteLength(cookie.value) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Takes the `Set-Cookie` headers of an answer. */
  fromIbkr(setCookies: readonly string[]): void {
    for (const text of setCookies) {
      const cookie = Cookie.parse(text);
      if (cookie === undefined || !pairPattern.test(cookie.cookieString())) continue;
      if (this.#put(cookie)) {
        this.#fromIbkr.add(cookie.key);
        this.#sinceLoginStarted?.add(cookie.key);
      }
    }
  }

  /** Takes the `Cookie` header of a browser on a login page. */
  fromBrowser(header: string): void {
    for (const pair of header.split(';')) {
      const match = pairPattern.exec(pair.trim());
      if (match === null) continue;
      const [, key = '', value = ''] = match;
      if (!browserNames.has(key) || this.#fromIbkr.has(key)) continue;
      if (this.#refusedPrefixes.some((prefix) => key.startsWith(prefix))) continue;
      if (this.#put(new Cookie({ key, value }))) this.#sinceLoginStarted?.add(key);
    }
  }

  /** The login page was asked for: what is set from now on belongs to the new login. */
  loginStarted(): void {
    this.#sinceLoginStarted = new Set();
  }

  /** The login went through: whatever was there before it is of a dead session. */
  loginCompleted(): void {
    const fresh = this.#sinceLoginStarted ?? new Set<string>();
    const kept = this.#jar.getCookiesSync(this.#url).filter((cookie) => fresh.has(cookie.key));
    this.clear();
    for (const cookie of kept) this.#put(cookie);
    this.#fromIbkr = new Set(kept.map((cookie) => cookie.key));
  }

  clear(): void {
    this.#store = new MemoryCookieStore();
    this.#jar = new CookieJar(this.#store);
    this.#fromIbkr = new Set();
    this.#sinceLoginStarted = null;
    this.#revision += 1;
  }

  #put(cookie: Cookie): boolean {
    cookie.domain = null;
    cookie.path = '/';
    cookie.pathIsDefault = false;
    const before = this.header();
    const kept = this.#jar.setCookieSync(cookie, this.#url, { ignoreError: true, loose: false });
    if (this.header() !== before) this.#revision += 1;
    return kept !== undefined;
  }
}
