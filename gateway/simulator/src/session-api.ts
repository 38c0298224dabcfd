// The operations on the session itself, keyed by method and path below /v1/api. They answer whether or not the
// contract lists them: half of them are real but undocumented (observed on the Gateway build 2023-04-24).
import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import { jsonReply, members, parseBody, type Reply, type Request } from './message.ts';
import type { Random } from './random.ts';
import type { OwnedSession } from './session.ts';

export interface SessionApiDeps {
  clock: Clock;
  random: Random;
  session: OwnedSession;
  faults: Faults;
}

type Endpoint = (deps: SessionApiDeps, request: Request) => Reply;

export function sessionEndpoint(method: string, path: string): Endpoint | undefined {
  return endpoints[`${method} ${path}`];
}

const endpoints: Record<string, Endpoint> = {
  'GET /iserver/auth/status': status,
  'POST /iserver/auth/status': status,
  'POST /iserver/auth/ssodh/init': initialize,
  'POST /iserver/auth/ssodh/response': respond,
  'GET /tickle': tickle,
  'POST /tickle': tickle,
  'GET /sso/validate': validate,
  'GET /logout': logout,
  'POST /logout': logout,
  'GET /iserver/reauthenticate': reauthenticate,
  'POST /iserver/reauthenticate': reauthenticate,
  'GET /one/user': profile,
  'GET /ssodh/init': () => jsonReply(200, { success: true }),
  'GET /ssodh/st': ({ random }) => jsonReply(200, { st: random.hex(32) }),
};

function status({ session }: SessionApiDeps): Reply {
  return jsonReply(200, session.authStatus());
}

/**
 * A client says `publish:true` and gets the status back; the Gateway says who it is and gets a challenge. Form
 * fields arrive as text.
 */
function initialize(deps: SessionApiDeps, request: Request): Reply {
  const { session, random } = deps;
  const body = members(parseBody(request));
  const compete = isTrue(body['compete']);
  if (session.maintenance) return jsonReply(503, { error: 'Service Unavailable', statusCode: 503 });
  if (!isTrue(body['publish'])) {
    if (typeof body['machineId'] !== 'string')
      return jsonReply(500, { error: 'The request must publish the session: publish is not true' });
    if (session.brokerage === 'up') return jsonReply(200, session.authStatus());
    return jsonReply(200, { challenge: random.hex(40) });
  }
  const wasUp = session.brokerage === 'up';
  if (wasUp && compete && deps.faults.reinitOutageMs > 0) {
    session.disconnect(true);
    deps.clock.setTimeout(() => session.connect(true), deps.faults.reinitOutageMs);
  } else session.connect(compete);
  return jsonReply(200, { passed: session.brokerage === 'up', ...session.authStatus() });
}

function respond({ session }: SessionApiDeps): Reply {
  const passed = session.connect(true);
  return jsonReply(200, { passed, ...session.authStatus() });
}

function tickle({ session }: SessionApiDeps): Reply {
  return jsonReply(200, {
    session: session.token,
    ssoExpires: session.ssoExpiresMs,
    collission: false,
    userId: session.userId,
    hmds: { error: 'no bridge' },
    iserver: { authStatus: session.authStatus() },
  });
}

function validate({ session, random, clock }: SessionApiDeps): Reply {
  return jsonReply(200, {
    USER_ID: session.userId,
    USER_NAME: session.username,
    RESULT: true,
    AUTH_TIME: session.loginMs,
    SF_ENABLED: false,
    IS_FREE_TRIAL: false,
    CREDENTIAL: session.username,
    IP: '127.0.0.1',
    EXPIRES: session.ssoExpiresMs,
    QUALIFIED_FOR_MOBILE_AUTH: null,
    LANDING_APP: 'UNIVERSAL',
    IS_MASTER: false,
    lastAccessed: clock.now(),
    LOGIN_TYPE: session.paper ? 2 : 1,
    PAPER_USER_NAME: session.paper ? session.username : '',
    features: { env: 'PROD', wlms: true, realtime: true, bond: true, optionChains: true, calendar: true },
    region: 'NJ',
    TOKEN: random.hex(40),
    SFT: random.hex(40),
    UNIQUE_LOGIN_ID: random.hex(32),
    SF_CONFIG: '',
    CREDENTIAL_TYPE: 1,
    HARDWARE_INFO: '',
    ANOMALOUS_LOGIN: false,
    IS_PENDING_APPLICANT: false,
    isGw: true,
  });
}

/** The one JSON answer that the real service sends without a content type. */
function logout({ session }: SessionApiDeps): Reply {
  session.logout();
  return { status: 200, headers: [], body: JSON.stringify({ status: true }) };
}

/** Only reached without a Gateway in front, which answers this one itself. */
function reauthenticate({ session }: SessionApiDeps): Reply {
  session.connect(true);
  return jsonReply(200, { message: 'triggered' });
}

function profile({ session }: SessionApiDeps): Reply {
  return jsonReply(200, {
    username: session.username,
    userId: session.userId,
    ispaper: session.paper,
    features: { env: 'PROD', realtime: true },
    props: { isIBAMClient: false },
  });
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
