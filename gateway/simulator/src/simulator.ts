// A Client Portal Gateway, or with mode "upstream" what stands behind one, on a port of this machine.
import { createCapture, type Capture } from './capture.ts';
import { loadIdentity } from './certificate.ts';
import { createClock, type Clock } from './clock.ts';
import { createControl, type Control } from './control.ts';
import { startBackend, type Backend, type BackendDeps, type Mode } from './backend.ts';
import { startListener } from './listener.ts';
import { loadContract } from './operation.ts';
import { loadScenario, type Scenario } from './scenario.ts';

export interface SimulatorOptions {
  port?: number;
  host?: string;
  /** A shipped scenario's name, a file, or the scenario itself. */
  scenario?: string | Scenario;
  mode?: Mode;
  /** Simulated milliseconds per real one; 0 stands still until `control.call('POST /clock', { advanceMs })`. */
  timeScale?: number;
  seed?: number;
  tls?: boolean;
  certFile?: string | undefined;
  keyFile?: string | undefined;
  /** Keeps the self-signed certificate. */
  dataDir?: string | undefined;
  log?: (line: string) => void;
}

export interface Simulator {
  url: string;
  port: number;
  /** PEM, undefined without TLS. */
  cert: string | undefined;
  clock: Clock;
  capture: Capture;
  control: Control;
  stop(): Promise<void>;
}

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = '127.0.0.1', port = 0, mode = 'gateway', tls = true, log = () => undefined } = options;
  const { scenario = 'demo' } = options;
  const first = typeof scenario === 'string' ? loadScenario(scenario) : scenario;
  const clock = createClock({ scale: options.timeScale ?? 1 });
  const deps: Omit<BackendDeps, 'clock'> = { seed: options.seed ?? 1, mode, contract: loadContract(), log };
  const identity = tls ? await loadIdentity(options) : undefined;

  const capture = createCapture({ clock });
  // Set right below: nothing is answered before the listener is up.
  let backend: Backend | undefined;
  const current = (): Backend => {
    if (backend === undefined) throw new Error('the simulator is starting');
    return backend;
  };
  const begin = (next: Scenario): Backend => {
    const scope = clock.scope();
    try {
      return startBackend({ ...deps, clock: scope }, listener.server, next);
    } catch (error) {
      scope.stop();
      throw error;
    }
  };
  const control = createControl({
    clock,
    capture,
    backend: current,
    // The next one first: a scenario that is not usable leaves everything as it was.
    useScenario: async (next) => {
      const previous = backend;
      backend = begin(next);
      await previous?.stop();
    },
    breakSockets: () => listener.breakSockets(),
  });
  const listener = await startListener(
    { clock, capture, control, log, respond: (request) => current().respond(request) },
    { host, port, identity },
  );
  try {
    backend = begin(first);
  } catch (error) {
    await listener.stop();
    throw error;
  }
  return {
    url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${listener.port}`,
    port: listener.port,
    cert: identity?.cert,
    clock,
    capture,
    control,
    stop: async () => {
      await backend?.stop();
      clock.stop();
      await listener.stop();
    },
  };
}
