// api.ibkr.com/v1/api: who is let in, which operation is meant, and what it answers.
import type { Answer, Handlers } from './call.ts';
import type { Cookies } from './cookies.ts';
import { exampleAnswer } from './example.ts';
import type { Faults } from './faults.ts';
import {
  jsonReply,
  jsonType,
  notFound,
  parseBody,
  redirect,
  textReply,
  type Reply,
  type Request,
} from './message.ts';
import { createMatcher, type Contract, type Match, type Operation } from './operation.ts';
import type { Pacing } from './pacing.ts';
import { pause } from './send.ts';
import { sessionEndpoint, type SessionApiDeps } from './session-api.ts';
import { isRefused } from './strict.ts';
import type { World } from './brokerage/world.ts';

export interface ApiDeps extends SessionApiDeps {
  contract: Contract;
  handlers: Handlers;
  world: World;
  pacing: Pacing;
  cookies: Cookies;
  /** Behind a real Gateway the login is in its cookies; the simulated Gateway has no jar that could be wrong. */
  checkCookies: boolean;
}

/** Answers a request for `path` below /v1/api. */
export type Api = (request: Request, path: string) => Promise<Reply>;

export function createApi(deps: ApiDeps): Api {
  const { session, faults, pacing } = deps;
  const match = createMatcher(deps.contract.operations);
  return async (request, path) => {
    if (isRefused(faults, deps.cookies, request)) return loggedOutReplies.problem;
    const known = !deps.checkCookies || deps.cookies.carryLogin(request.headers.cookie);
    if (!session.loggedIn || !known) return loggedOutReplies[faults.loggedOut];
    const found = match(request.method, path);
    const admission = pacing.admit(found?.operation ?? unlisted);
    if ('refused' in admission) return admission.refused;
    try {
      const endpoint = sessionEndpoint(request.method, path);
      if (endpoint !== undefined) return endpoint(deps, request);
      if (found === undefined || found.operation.servedBy === 'cloud') return notFound;
      return refusal(deps, found.operation) ?? (await answer(deps, found, request, path));
    } finally {
      session.touch();
      admission.done();
    }
  };
}

/** What a path outside the table counts against: the global limit only. */
const unlisted = { id: '', pacing: null } as unknown as Operation;

const loggedOutReplies: Record<Faults['loggedOut'], Reply> = {
  problem: jsonReply(401, {
    type: '/simple',
    title: 'Unauthorized',
    status: 401,
    detail: 'Not logged in: open the Gateway in a browser and log in',
  }),
  text: textReply(401, 'Access Denied', 'text/plain'),
  empty: textReply(401, ''),
  redirect: redirect('/sso/Login?forwardTo=22&RL=1&ip2loc=US'),
};

const badRequest = (reason: string, status = 400): Reply =>
  jsonReply(status, { error: `Bad Request: ${reason}`, statusCode: status });

/** What must have happened before, with the texts that the real service uses. */
function refusal({ session }: ApiDeps, operation: Operation): Reply | undefined {
  if (operation.path.startsWith('/iserver/')) {
    if (session.maintenance) return jsonReply(503, { error: 'Service Unavailable', statusCode: 503 });
    if (session.brokerage !== 'up') return badRequest('no bridge');
  }
  const needsAccounts = operation.preflight.includes('getBrokerageAccounts') && !session.accountsQueried;
  const needsPortfolio = operation.preflight.includes('getAllAccounts') && !session.portfolioQueried;
  if (!needsAccounts && !needsPortfolio) return undefined;
  // The snapshot was recorded answering the same text with status 500.
  return badRequest('Please query /accounts first', operation.id === 'getMdSnapshot' ? 500 : 400);
}

async function answer(deps: ApiDeps, match: Match, request: Request, path: string): Promise<Reply> {
  const { operation, params } = match;
  const handler = deps.handlers[operation.id];
  const given =
    handler === undefined
      ? fromContract(deps.contract, operation)
      : handler(
          {
            operation,
            method: request.method,
            path,
            params,
            query: new URLSearchParams(request.query),
            body: parseBody(request),
            text: request.body.toString('utf8'),
            headers: request.headers,
          },
          deps.world,
        );
  await pause(deps.clock, given.delayMs ?? 0);
  if ((given.status ?? 200) < 300) notePreflight(deps, operation.id);
  return toReply(given);
}

function notePreflight({ session }: ApiDeps, id: string): void {
  if (id === 'getBrokerageAccounts') session.accountsQueried = true;
  if (id === 'getAllAccounts' || id === 'getAllSubaccounts') session.portfolioQueried = true;
}

function fromContract(contract: Contract, operation: Operation): Answer {
  const { status, contentType, value } = exampleAnswer(contract.document, operation);
  if (contentType === 'application/json') return { status, json: value };
  return {
    status,
    text: value as string,
    ...(contentType === null ? {} : { headers: { 'content-type': contentType } }),
  };
}

function toReply({ status = 200, headers = {}, json, text }: Answer): Reply {
  const named = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  const typed = named.some(([name]) => name === 'content-type');
  const type = json === undefined ? 'text/plain; charset=utf-8' : jsonType;
  const isEmpty = json === undefined && (text ?? '') === '';
  return {
    status,
    headers: typed || isEmpty ? named : [['content-type', type], ...named],
    body: json === undefined ? (text ?? '') : JSON.stringify(json),
  };
}
