// Cookies that IBKR's servers hand out, and whether one that comes back is theirs.
import type { Random } from './random.ts';

export interface Cookies {
  issue(): string;
  /** Handed out since the last `forget`. */
  issued(value: string): boolean;
  /** From here on, every cookie handed out before is stale. */
  forget(): void;
  /** A new login: forgets, and gives the value of its XYZAB cookie. */
  startLogin(): string;
  /** Whether a Cookie header carries the last login; true when there was none to carry. */
  carryLogin(header: string | undefined): boolean;
}

const remembered = 1000;

export function createCookies(deps: { random: Random }): Cookies {
  const { random } = deps;
  const known = new Set<string>();
  let login: string | undefined;
  const issue = (): string => {
    const value = `0.${random.hex(8)}.${random.integer(1_700_000_000, 1_799_999_999)}.${random.hex(8)}`;
    known.add(value);
    const [oldest] = known;
    if (known.size > remembered && oldest !== undefined) known.delete(oldest);
    return value;
  };
  return {
    issue,
    issued: (value) => known.has(value),
    forget: () => known.clear(),
    startLogin: () => {
      known.clear();
      login = issue();
      return login;
    },
    carryLogin: (header) =>
      login === undefined || toCookies(header).some(([name, value]) => name === 'XYZAB' && value === login),
  };
}

export function toCookies(header: string | undefined): [string, string][] {
  return (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      return at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    });
}
