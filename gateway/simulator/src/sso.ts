// The SSO server of IBKR as far as a login touches it: the page, the two-step Authenticator, the Dispatcher whose
// redirect ends the login. The real Authenticator runs SRP-6, so a password never travels; this one asks for the
// same steps and believes every user.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import {
  jsonReply,
  members,
  notFound,
  parseBody,
  redirect,
  textReply,
  type Reply,
  type Request,
} from './message.ts';
import type { Cookies } from './cookies.ts';
import type { Random } from './random.ts';
import type { OwnedSession } from './session.ts';

export interface SsoDeps {
  clock: Clock;
  random: Random;
  session: OwnedSession;
  faults: Faults;
  cookies: Cookies;
}

export type Sso = (request: Request) => Reply;

interface Pending {
  username: string;
  paper: boolean;
  step: 'started' | 'phone' | 'passed';
  approvedMs: number;
}

// Long enough for a test to see the waiting, short enough for a person.
const approvalMs = 5000;

const folder = fileURLToPath(new URL('../assets/', import.meta.url));
const contentTypes: Record<string, string> = {
  css: 'text/css',
  js: 'application/javascript',
  svg: 'image/svg+xml',
  html: 'text/html; charset=utf-8',
};
/** Path on the server → file of ours. */
const assets: Record<string, string> = {
  '/css/simulator.css': 'login.css',
  '/scripts/simulator.js': 'login.js',
  '/images/simulator.svg': 'mark.svg',
};

export function assetReply(path: string): Reply {
  const file = assets[path];
  return file === undefined ? notFound : fileReply(file);
}

function fileReply(file: string): Reply {
  return textReply(200, readFileSync(`${folder}/${file}`, 'utf8'), contentTypes[file.split('.')[1] ?? '']);
}

export function createSso(deps: SsoDeps): Sso {
  const { clock, random, session, faults } = deps;
  let pending: Pending | undefined;

  const authenticate = (fields: Record<string, unknown>): Reply => {
    const action = fields['ACTION'];
    if (action === 'INIT') {
      const username = fields['USER'];
      if (typeof username !== 'string' || username === '') return jsonReply(400, { error: 'USER is needed' });
      pending = { username, paper: fields['LOGIN_TYPE'] === '2', step: 'started', approvedMs: 0 };
      return jsonReply(200, {
        user: username,
        proto: '6',
        s: random.hex(16),
        B: random.hex(64),
        hash: 'SHA1',
      });
    }
    if (pending === undefined)
      return jsonReply(200, { auth_res: 'failed', error: 'ACTION=INIT comes first' });
    if (action === 'COMPLETEAUTH') {
      if (faults.login === 'rejected') {
        pending = undefined;
        return jsonReply(200, { auth_res: 'failed', error: 'Invalid username or password' });
      }
      const byPhone = faults.login === 'two-factor';
      pending.step = byPhone ? 'phone' : 'passed';
      pending.approvedMs = clock.now() + approvalMs;
      return jsonReply(200, { auth_res: byPhone ? 'pending' : 'passed', sf: byPhone ? '5' : undefined });
    }
    if (action === 'TWOFACT') {
      if (pending.step === 'phone' && clock.now() >= pending.approvedMs) pending.step = 'passed';
      return jsonReply(200, { auth_res: pending.step === 'passed' ? 'passed' : 'pending' });
    }
    return jsonReply(400, { error: 'ACTION is INIT, COMPLETEAUTH or TWOFACT' });
  };

  const dispatch = (request: Request): Reply => {
    if (pending?.step !== 'passed') return textReply(403, 'Authenticate first', 'text/plain');
    const cookies = loginCookies(deps);
    if (faults.login !== 'unauthorized') session.login(pending);
    pending = undefined;
    const location = `${originOf(request)}/portal/?loginType=${session.paper ? 2 : 1}&action=ACCT_MGMT_MAIN&RL=1`;
    const types = {
      none: [],
      'octet-stream': ['application/octet-stream'],
      html: ['text/html; charset=utf-8'],
    };
    return {
      status: 302,
      headers: [
        ['location', location],
        ...types[faults.dispatcherType].map((type): [string, string] => ['content-type', type]),
        ...cookies.map((cookie): [string, string] => ['set-cookie', cookie]),
      ],
      body: '',
    };
  };

  const pages: Record<string, (request: Request) => Reply> = {
    'GET /sso/Login': () => {
      const page = fileReply('login.html');
      const cookie = `JSESSIONID=${deps.cookies.issue()}; Path=/sso; Domain=.ibkr.com; Secure; HttpOnly`;
      return { ...page, headers: [...page.headers, ['set-cookie', cookie], ['set-cookie', 'RL=1; Path=/']] };
    },
    'POST /sso/Authenticator': (request) => authenticate(members(parseBody(request))),
    // The Gateway publishes a device token here after a login, and does not look at the answer.
    'GET /sso/Authenticator': () => jsonReply(200, {}),
    'POST /sso/Dispatcher': dispatch,
    'GET /sso/Dispatcher': dispatch,
    // Absolute, to the host that was asked: what a proxy in front has to rewrite.
    'GET /sso/Logout': (request) => {
      session.end();
      return redirect(`${originOf(request)}/sso/Login?forwardTo=22&RL=1&ip2loc=US`);
    },
    'GET /sso/ping': () =>
      session.loggedIn ? jsonReply(200, { alive: true }) : jsonReply(401, { alive: false }),
    'GET /sso/validate': () => jsonReply(session.loggedIn ? 200 : 401, { RESULT: session.loggedIn }),
  };
  return (request) => pages[`${request.method} ${request.path}`]?.(request) ?? notFound;
}

/** What a login sets; the names are those that the Gateway keeps for itself. */
function loginCookies({ cookies, session, random }: SsoDeps): string[] {
  const shared = 'Domain=.ibkr.com; Path=/; Secure';
  return [
    `XYZAB=${cookies.startLogin()}; ${shared}; HttpOnly`,
    `XYZAB_AM.LOGIN=${cookies.issue()}; ${shared}; HttpOnly`,
    `JSESSIONID=${cookies.issue()}; Domain=.ibkr.com; Path=/sso; Secure; HttpOnly`,
    `USERID=${session.userId}; ${shared}`,
    `api=${random.hex(32)}; Path=/v1/api; Secure; HttpOnly`,
  ];
}

function originOf({ headers }: Request): string {
  return `https://${headers.host ?? 'localhost'}`;
}
