// The real server before the simulated Gateway, and clients of either. All of it ends with the test.

import { afterEach } from '@jest/globals';
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
  client(options?: ClientOptions): Client;
  /** Of the Gateway itself, without bezant before it. */
  direct(options?: ClientOptions): Client;
  /** `POST /faults` and so on, as docs/simulator.md lists them. */
  control(operation: string, body?: object): Promise<unknown>;
}

const started: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of started.splice(0).reverse()) await stop();
});

export async function startGateway({ scenario = 'demo', timeScale = 1 }: Setting = {}) {
  const simulator = await startSimulator({ scenario, timeScale, tls: false });
  started.push(() => simulator.stop());
  const control: Stage['control'] = (operation, body) => simulator.control.call(operation, body);
  await control('POST /faults', { pacing: 'off' });
  const direct: Stage['direct'] = (options) =>
    createClient({ baseUrl: simulator.url, server: 'gateway', ...options });
  return { simulator, control, direct };
}

export async function startStage(setting: Setting = {}): Promise<Stage> {
  const gateway = await startGateway(setting);
  const sidecar = await startSidecar(`${gateway.simulator.url}/v1/api`, setting.env);
  started.push(() => sidecar.stop());
  return { ...gateway, sidecar, client: (options) => createClient({ baseUrl: sidecar.url, ...options }) };
}
