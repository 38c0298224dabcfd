// Everything that a scenario starts anew: sessions, world, faults, sockets and the chain that answers a request.
import type { Server } from 'node:http';
import { handlers } from './brokerage/handlers.ts';
import { createWorld, type World } from './brokerage/world.ts';
import { createApi } from './api.ts';
import type { Sockets } from './call.ts';
import type { Clock } from './clock.ts';
import { createCookies } from './cookies.ts';
import { defaultFaults, type Faults } from './faults.ts';
import { createGateway } from './gateway.ts';
import type { Responder } from './message.ts';
import type { Contract } from './operation.ts';
import { createPacing, type Pacing } from './pacing.ts';
import { createPathFaults } from './path-faults.ts';
import { createRandom } from './random.ts';
import type { Scenario } from './scenario.ts';
import { createGatewayCalls } from './gateway-calls.ts';
import { createSession, type OwnedSession } from './session.ts';
import { createSso } from './sso.ts';
import { startSockets } from './sockets/sockets.ts';
import { createUpstream } from './upstream.ts';

export type Mode = 'gateway' | 'upstream';

export interface BackendDeps {
  /** Of its own: stopping the backend stops it. */
  clock: Clock;
  seed: number;
  mode: Mode;
  contract: Contract;
  log: (line: string) => void;
}

export interface Backend {
  scenario: Scenario;
  mode: Mode;
  session: OwnedSession;
  faults: Faults;
  pacing: Pacing;
  sockets: Sockets;
  world: World;
  respond: Responder;
  setFaults(patch: Partial<Faults>): void;
  clearFaults(): void;
  stop(): Promise<void>;
}

export function startBackend(deps: BackendDeps, server: Server, scenario: Scenario): Backend {
  const { clock, mode, contract, log } = deps;
  const random = createRandom(deps.seed);
  const faults: Faults = { ...structuredClone(defaultFaults), ...structuredClone(scenario.faults) };
  const session = createSession({ clock, random, settings: scenario.session });
  const world = createWorld({ clock, random, scenario, session });
  const cookies = createCookies({ random });
  const pacing = createPacing({ clock, rule: () => faults.pacing });
  const shared = { clock, random, session, faults, cookies };
  const api = createApi({ ...shared, contract, handlers, world, pacing, checkCookies: mode === 'upstream' });
  const upstream = createUpstream({ ...shared, api, sso: createSso(shared) });
  const front =
    mode === 'upstream'
      ? upstream
      : createGateway({
          session,
          upstream,
          calls: createGatewayCalls({ clock, session, settings: scenario.session }),
        });
  const paths = createPathFaults({ clock, faults });
  const sockets = startSockets({ server, mode, world, session, clock, faults, log });

  const setFaults = (patch: Partial<Faults>): void => {
    if (patch.staleCookies === true) cookies.forget();
    Object.assign(faults, patch);
    if (patch.paths !== undefined) paths.restart();
  };
  return {
    scenario,
    mode,
    session,
    faults,
    pacing,
    sockets,
    world,
    respond: paths.around(front),
    setFaults,
    clearFaults: () => setFaults(structuredClone(defaultFaults)),
    stop: async () => {
      clock.stop();
      world.stop();
      await sockets.stop();
    },
  };
}
