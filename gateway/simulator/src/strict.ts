// The front door's refusals. Whether the real edge does all of this is disputed; users report each, so each is a
// switch that is off unless a scenario turns it on.
import type { Faults } from './faults.ts';
import type { UpstreamHeaders } from './headers.ts';
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
export function isRefused(faults: Faults, headers: UpstreamHeaders, request: Request): boolean {
  return strictnesses.some(({ on, refuses }) => faults[on] && refuses(request, headers));
}

const strictnesses: {
  on: 'strictOrigin' | 'strictCookies' | 'staleCookies';
  refuses: (request: Request, headers: UpstreamHeaders) => boolean;
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
    refuses: ({ headers }, issued) =>
      toCookies(headers.cookie).some(([name, value]) => sessionCookies.has(name) && !issued.issued(value)),
  },
];

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

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
