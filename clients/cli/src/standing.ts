// How the session stands, in one look that costs IBKR nothing where bezant is there to ask.

import type { Cli } from './cli.ts';
import { isRow } from './report.ts';

export interface Standing {
  /** As bezant names its states: docs/architecture.md, `session/state.ts`. */
  readonly state: string;
  readonly reason: string;
  readonly isLive: boolean;
}

/** What to do about each state that is not `live`. */
export const remedies: Readonly<Record<string, string>> = {
  down: 'Is the Gateway running, and is IBKR_GATEWAY_URL of the server right?',
  'login-required': 'Run `bezant login`.',
  authenticating:
    'Wait some seconds: IBKR confirms the login. If it does not, log in once on IBKR’s website.',
  'no-brokerage': 'It is being re-established. If it stays so, log out everywhere and run `bezant login`.',
  competing: 'Log out of TWS and the phone, or use a second user for the API.',
  yielded: 'It was given away on purpose; `bezant login` takes it back.',
  maintenance: 'IBKR is away, as it is every night for some minutes. Wait.',
  'locked-out': 'Look at the server’s log, log in once on IBKR’s website, then start the server again.',
};

export async function standing(cli: Cli): Promise<Standing> {
  return cli.settings.server === 'bezant' ? ofBezant(cli) : ofGateway(cli);
}

async function ofBezant(cli: Cli): Promise<Standing> {
  const { signal } = cli.io;
  const client = await cli.client();
  // A server that has just started looks now; how it went is told below
  await client.health({ signal, retries: 0 }).catch(unlessUnheard);
  const request = { method: 'GET', path: '/readyz', own: true };
  const answer = await client.call<unknown>(request, { signal }).catch(bodyOf);
  const { state, reason } = isRow(answer) ? answer : {};
  return {
    state: typeof state === 'string' ? state : 'unknown',
    reason: typeof reason === 'string' ? reason : '',
    isLive: state === 'live',
  };
}

/** Who does not get through to the server at all learns nothing from it. */
function unlessUnheard(error: unknown): void {
  const kind = error instanceof Error && 'kind' in error ? error.kind : undefined;
  const isHeard = error instanceof Error && 'status' in error && error.status !== undefined;
  if (!isHeard || kind === 'key-required') throw error;
}

/** `down` comes with status 503. */
function bodyOf(error: unknown): unknown {
  const body = error instanceof Error && 'body' in error ? error.body : undefined;
  if (isRow(body) && body['state'] !== undefined) return body;
  throw error;
}

async function ofGateway({ client, io }: Cli): Promise<Standing> {
  try {
    const { authenticated, connected, competing, message } = await (
      await client()
    ).health({ signal: io.signal });
    if (competing) return { state: 'competing', reason: 'Another program holds the session.', isLive: false };
    if (authenticated && connected) return { state: 'live', reason: 'IBKR confirms it.', isLive: true };
    return { state: 'no-brokerage', reason: message ?? 'IBKR has no brokerage session.', isLive: false };
  } catch (error) {
    if (!(error instanceof Error) || !('kind' in error) || error.kind !== 'login-required') throw error;
    return { state: 'login-required', reason: 'IBKR asks for a login.', isLive: false };
  }
}
