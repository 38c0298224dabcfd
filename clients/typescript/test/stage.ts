// The real server before the simulated Gateway, and clients of either. All of it ends by itself.

import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { startSimulator, type Simulator } from '../../../gateway/simulator/src/simulator.ts';
import type { Scenario } from '../../../gateway/simulator/src/scenario.ts';
import { startSidecar, type Env, type Sidecar } from '../../../sidecar/test/io/sidecar-process.ts';
import { createClient, type Client, type ClientOptions } from '../src/client.ts';

export const account = 'DU1234567';

export interface Setting {
  readonly scenario?: string | Scenario;
  /** Simulated milliseconds per real one. */
  readonly timeScale?: number;
  readonly env?: Env;
}

export interface Stage {
  readonly simulator: Simulator;
  readonly sidecar: Sidecar;
  /** Of bezant. */
  readonly client: (options?: ClientOptions) => Client;
  /** Of the Gateway itself, without bezant before it. */
  readonly direct: (options?: ClientOptions) => Client;
  /** `POST /faults` and so on, as docs/simulator.md lists them. */
  readonly control: (operation: string, body?: object) => Promise<unknown>;
}

type Stop = () => Promise<unknown>;

const untilTestEnds: Stop[] = [];
afterEach(() => stopAll(untilTestEnds));

export function startStage(setting: Setting = {}): Promise<Stage> {
  return begin(setting, untilTestEnds);
}

/** One for all tests of a describe. */
export function sharedStage(setting: Setting = {}): () => Stage {
  const stops: Stop[] = [];
  let stage: Stage | undefined;
  beforeAll(async () => {
    stage = await begin(setting, stops);
  });
  afterAll(() => stopAll(stops));
  return () => {
    if (stage === undefined) throw new Error('the stage is not there yet');
    return stage;
  };
}

export async function startGateway(setting: Setting = {}, stops = untilTestEnds) {
  const { scenario = 'demo', timeScale = 1 } = setting;
  const simulator = await startSimulator({ scenario, timeScale, tls: false });
  stops.push(() => simulator.stop());
  const control = (operation: string, body?: object): Promise<unknown> =>
    simulator.control.call(operation, body);
  await control('POST /faults', { pacing: 'off' });
  const direct = (options?: ClientOptions): Client =>
    createClient({ baseUrl: simulator.url, server: 'gateway', ...options });
  return { simulator, control, direct };
}

async function begin(setting: Setting, stops: Stop[]): Promise<Stage> {
  const gateway = await startGateway(setting, stops);
  const sidecar = await startSidecar(`${gateway.simulator.url}/v1/api`, setting.env);
  stops.push(() => sidecar.stop());
  const client = (options?: ClientOptions): Client => createClient({ baseUrl: sidecar.url, ...options });
  return { ...gateway, sidecar, client };
}

async function stopAll(stops: Stop[]): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}
