// The front door's refusals. Whether the real edge does all of this is disputed; users report each, so each is a
// switch that is off unless a scenario turns it on.
import { toCookies, type Cookies } from './cookies.ts';
import type { Faults } from './faults.ts';
import type { Request } from './message.ts';

const issuedByIbkr = new Set([
  'x-sess-uuid',
  'JSESSIONID',
  'XYZAB',
  'XYZAB_AM.LOGIN',
  'USERID',
  'REGION',
  'RL',
  'URL_PARAM',
  'SBID',
  'cp',
  'api',
  'portal',
  'web',
]);
const sessionCookies = new Set(['x-sess-uuid', 'JSESSIONID', 'XYZAB', 'XYZAB_AM.LOGIN']);

/** Whether the request would be turned away with 401. */
export function isRefused(faults: Faults, cookies: Cookies, request: Request): boolean {
  return strictnesses.some(({ on, refuses }) => faults[on] && refuses(request, cookies));
}

const strictnesses: {
  on: 'strictOrigin' | 'strictCookies' | 'staleCookies';
  refuses: (request: Request, cookies: Cookies) => boolean;
}[] = [
  {
    on: 'strictOrigin',
    refuses: ({ headers }) =>
      [headers.origin, headers.referer].some(
        (given) => given !== undefined && hostOf(given) !== headers.host,
      ),
  },
  {
    on: 'strictCookies',
    refuses: ({ headers }) => {
      const names = toCookies(headers.cookie).map(([name]) => name);
      return names.some((name) => !issuedByIbkr.has(name)) || new Set(names).size < names.length;
    },
  },
  {
    on: 'staleCookies',
    refuses: ({ headers }, cookies) =>
      toCookies(headers.cookie).some(([name, value]) => sessionCookies.has(name) && !cookies.issued(value)),
  },
];

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
