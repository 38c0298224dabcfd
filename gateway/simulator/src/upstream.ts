// api.ibkr.com as a whole: API, SSO server, static files. What stands behind the Gateway, and all there is in
// upstream mode.
import type { Api } from './api.ts';
import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Cookies } from './cookies.ts';
import { withUpstreamHeaders } from './headers.ts';
import {
  hanging,
  jsonReply,
  notFound,
  textReply,
  type Reply,
  type Request,
  type Responder,
} from './message.ts';
import { pause } from './send.ts';
import { assetReply, type Sso } from './sso.ts';

export interface UpstreamDeps {
  clock: Clock;
  faults: Faults;
  cookies: Cookies;
  api: Api;
  sso: Sso;
}

const environments = 'v1|qa|ci|alpha|local';
const apiPath = new RegExp(`^/(?:${environments})/(?:api|portal)(/.*)?$`);

/** Static files, by the folders that the Gateway forwards. */
export const assetPath =
  /^\/(?:css|scripts|stylesheet|images|fonts)|^\/sso\/(?:lib|images)\/|^\/en\/includes\/general\/gdpr-am\.php$/;
export const bulletinPath = new RegExp(`^/portal\\.proxy/(?:${environments})/gstat/bulletins$`);

const needsLength = new Set(['POST', 'PUT', 'PATCH']);

const routes: {
  path: RegExp;
  answer: (deps: UpstreamDeps, request: Request, rest: string) => Reply | Promise<Reply>;
}[] = [
  { path: apiPath, answer: ({ api }, request, rest) => api(request, rest === '' ? '/' : rest) },
  { path: assetPath, answer: (_deps, { path }) => assetReply(path) },
  { path: /^\/sso\//, answer: ({ sso }, request) => sso(request) },
  { path: bulletinPath, answer: () => jsonReply(200, { bulletins: [] }) },
];

export function createUpstream(deps: UpstreamDeps): Responder {
  const { clock, faults, cookies } = deps;
  const answer = (request: Request): Reply | Promise<Reply> => {
    // The edge refuses what has a body by method but says no length; it is how a chunked body through the Gateway ends.
    const isSized = request.headers['content-length'] ?? request.headers['transfer-encoding'];
    if (needsLength.has(request.method) && isSized === undefined) return lengthRequired;
    for (const route of routes) {
      const found = route.path.exec(request.path);
      if (found !== null) return route.answer(deps, request, found[1] ?? '');
    }
    return notFound;
  };
  return async (request) => {
    const startMs = clock.now();
    if (faults.upstream === 'hang') return hanging;
    const reply = await answer(request);
    await pause(clock, faults.latencyMs);
    return withUpstreamHeaders(reply, cookies, clock.now() - startMs);
  };
}

const lengthRequired = textReply(
  411,
  '<html><head><title>Length Required</title></head><body><h1>Length Required</h1></body></html>',
  'text/html',
);
