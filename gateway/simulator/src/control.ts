// /simulator/*: what a test or a person does to the simulator from outside. Only for callers on this machine.
import type { Capture } from './capture.ts';
import type { Backend } from './backend.ts';
import type { Clock } from './clock.ts';
import { checkFaults } from './faults.ts';
import { jsonReply, members, parseBody, type Reply, type Request } from './message.ts';
import { parseScenario, loadScenario, scenarioNames, type Scenario } from './scenario.ts';
import { actionNames, findAction } from './world-actions.ts';
import { anything, boolean, number, object, oneOf, optional, string, type Check } from './shape.ts';

export interface ControlDeps {
  clock: Clock;
  capture: Capture;
  /** The one that answers now; a scenario replaces it. */
  backend: () => Backend;
  useScenario: (scenario: Scenario) => Promise<void>;
  breakSockets: () => number;
}

export interface Control {
  answer(request: Request, peer: string): Promise<Reply>;
  /** The same without HTTP: "POST /faults" with a body. Throws what HTTP answers as 400 or 404. */
  call(operation: string, body?: unknown): Promise<unknown>;
}

export interface Command {
  check?: Check;
  run: (deps: ControlDeps, body: Record<string, unknown>, query: URLSearchParams) => unknown;
}

export const commands: Record<string, Command> = {
  'GET /state': { run: describe },
  'GET /scenarios': { run: () => scenarioNames() },
  'POST /scenario': {
    check: object({ name: optional(string), scenario: optional(anything) }),
    run: async (deps, { name, scenario }) => {
      const called = typeof name === 'string' ? name : 'given';
      await deps.useScenario(scenario === undefined ? loadScenario(called) : parseScenario(called, scenario));
      return describe(deps);
    },
  },
  'POST /faults': {
    check: checkFaults,
    run: (deps, body) => {
      deps.backend().setFaults(body);
      return deps.backend().faults;
    },
  },
  'DELETE /faults': {
    run: (deps) => {
      deps.backend().clearFaults();
      return deps.backend().faults;
    },
  },
  'POST /clock': {
    check: object({ advanceMs: optional(number), scale: optional(number) }),
    run: ({ clock }, { advanceMs, scale }) => {
      if (typeof scale === 'number') clock.setScale(scale);
      if (typeof advanceMs === 'number') clock.advance(advanceMs);
      return { nowMs: clock.now(), scale: clock.scale };
    },
  },
  'POST /login': {
    check: object({
      username: optional(string),
      paper: optional(boolean),
      brokerage: optional(oneOf(['up', 'down'])),
    }),
    run: (deps, body) => {
      const { session } = deps.backend();
      session.login(body);
      if (body['brokerage'] !== 'down') session.connect(true);
      return describe(deps);
    },
  },
  'POST /logout': {
    run: (deps) => {
      deps.backend().session.end();
      return describe(deps);
    },
  },
  'POST /session': {
    check: object({ brokerage: oneOf(['up', 'down', 'competing']), connected: optional(boolean) }),
    run: (deps, { brokerage, connected }) => {
      const { session } = deps.backend();
      if (brokerage === 'up') session.connect(true);
      else if (brokerage === 'competing') session.lose();
      else session.disconnect(connected !== false);
      return describe(deps);
    },
  },
  'GET /requests': {
    run: ({ capture }, _body, query) => {
      const [path, method] = [query.get('path'), query.get('method')];
      return capture.list({ ...(path === null ? {} : { path }), ...(method === null ? {} : { method }) });
    },
  },
  'DELETE /requests': {
    run: ({ capture }) => {
      capture.clear();
      return [];
    },
  },
  'DELETE /sockets': { run: ({ breakSockets }) => ({ broken: breakSockets() }) },
  'POST /frames': {
    check: object({ text: optional(string), base64: optional(string) }),
    run: ({ backend }, { text, base64 }) => {
      const { sockets } = backend();
      sockets.broadcast(typeof base64 === 'string' ? Buffer.from(base64, 'base64') : String(text));
      return { sentTo: sockets.count };
    },
  },
};

export function isLoopback(peer: string): boolean {
  return /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/.test(peer);
}

export function createControl(deps: ControlDeps): Control {
  const run = async (operation: string, body: unknown, query: URLSearchParams): Promise<unknown> => {
    const command = commands[operation];
    if (command === undefined) {
      const action = findAction(operation);
      if (action === undefined) throw new UnknownCommand(operation);
      return action(deps.backend().world, members(body));
    }
    const problems = command.check?.(body ?? {}, '') ?? [];
    if (problems.length > 0) throw new Error(problems.join('; '));
    return await command.run(deps, members(body), query);
  };
  return {
    call: (operation, body) => run(operation, body, new URLSearchParams()),
    answer: async (request, peer) => {
      if (!isLoopback(peer))
        return jsonReply(403, { error: 'The control API is for callers on this machine' });
      const operation = `${request.method} ${request.path.slice('/simulator'.length)}`;
      try {
        return jsonReply(200, await run(operation, parseBody(request), new URLSearchParams(request.query)));
      } catch (error) {
        return jsonReply(error instanceof UnknownCommand ? 404 : 400, { error: (error as Error).message });
      }
    },
  };
}

class UnknownCommand extends Error {
  constructor(operation: string) {
    super(`There is no "${operation}". Known: ${[...Object.keys(commands), ...actionNames].join(', ')}`);
  }
}

function describe({ clock, capture, backend }: ControlDeps): unknown {
  const { scenario, mode, session, faults, sockets, pacing } = backend();
  return {
    scenario: { name: scenario.name, description: scenario.description },
    mode,
    clock: { nowMs: clock.now(), now: new Date(clock.now()).toISOString(), scale: clock.scale },
    session: {
      loggedIn: session.loggedIn,
      username: session.username,
      paper: session.paper,
      brokerage: session.brokerage,
      accountsQueried: session.accountsQueried,
      portfolioQueried: session.portfolioQueried,
      ssoExpiresMs: session.ssoExpiresMs,
      authStatus: session.authStatus(),
    },
    penaltyBoxMs: Math.max(0, pacing.boxedUntilMs - clock.now()),
    faults,
    sockets: sockets.count,
    requests: capture.list().length,
  };
}
