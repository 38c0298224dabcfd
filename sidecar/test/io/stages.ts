// The real server before the simulated Gateway, with what the tests of a client need beside it. All of it ends by itself:
// with the test, or with the describe that shares it.

import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { Scenario } from '../../../gateway/simulator/src/scenario.ts';
import { startSimulator, type Simulator } from '../../../gateway/simulator/src/simulator.ts';
import { startSidecar, type Env, type Sidecar } from './sidecar-process.ts';

export const account = 'DU1234567';

export interface Setting {
  readonly scenario?: string | Scenario;
  /** Simulated milliseconds per real one. */
  readonly timeScale?: number;
  readonly env?: Env;
}

export interface Gateway {
  readonly simulator: Simulator;
  /** `POST /faults` and so on, as docs/simulator.md lists them. */
  readonly control: (operation: string, body?: object) => Promise<unknown>;
}

export interface Stage extends Gateway {
  readonly sidecar: Sidecar;
}

type Stop = () => unknown;

export interface Stages<Direct, Through> {
  readonly startGateway: (setting?: Setting) => Promise<Gateway & Direct>;
  readonly startStage: (setting?: Setting) => Promise<Stage & Direct & Through>;
  /** One for all tests of a describe. */
  readonly sharedStage: (setting?: Setting) => () => Stage & Direct & Through;
  readonly untilTestEnds: (stop: Stop) => void;
}

export function createStages<Direct, Through>(how: {
  /** Whether the Gateway speaks TLS. */
  tls: boolean;
  /** What a test has of the Gateway alone. */
  direct: (simulator: Simulator) => Direct;
  /** What a test has of the server before it. */
  through: (sidecar: Sidecar) => Through;
}): Stages<Direct, Through> {
  const ofTest: Stop[] = [];
  afterEach(() => stopAll(ofTest));

  async function startGateway(setting: Setting, stops: Stop[]): Promise<Gateway & Direct> {
    const { scenario = 'demo', timeScale = 1 } = setting;
    const simulator = await startSimulator({ scenario, timeScale, tls: how.tls });
    stops.push(() => simulator.stop());
    const control: Gateway['control'] = (operation, body) => simulator.control.call(operation, body);
    await control('POST /faults', { pacing: 'off' });
    return { simulator, control, ...how.direct(simulator) };
  }

  async function startStage(setting: Setting, stops: Stop[]): Promise<Stage & Direct & Through> {
    const gateway = await startGateway(setting, stops);
    const sidecar = await startSidecar(`${gateway.simulator.url}/v1/api`, setting.env);
    stops.push(() => sidecar.stop());
    return { ...gateway, sidecar, ...how.through(sidecar) };
  }

  return {
    startGateway: (setting = {}) => startGateway(setting, ofTest),
    startStage: (setting = {}) => startStage(setting, ofTest),
    sharedStage(setting = {}) {
      const stops: Stop[] = [];
      let stage: (Stage & Direct & Through) | undefined;
      beforeAll(async () => {
        stage = await startStage(setting, stops);
      });
      afterAll(() => stopAll(stops));
      return () => {
        if (stage === undefined) throw new Error('the stage is not there yet');
        return stage;
      };
    },
    untilTestEnds: (stop) => void ofTest.push(stop),
  };
}

async function stopAll(stops: Stop[]): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}
