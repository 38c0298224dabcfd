// A simulated Gateway and a server that lets MCP clients trade, for all tests of a file.

import { afterAll, beforeAll } from '@jest/globals';
import { startSimulator, type SimulatorProcess } from '../../io/events-simulator.ts';
import { startSidecar, type Env, type Sidecar } from '../../io/sidecar-process.ts';

export const account = 'DU1234567';
export const apple = 265_598;

export interface Market {
  readonly simulator: SimulatorProcess;
  readonly sidecar: Sidecar;
  /** As the Gateway lists them, past the server under test. */
  orders(): Promise<{ orderId: number; order_ref?: string; status: string; price: string }[]>;
}

export function trading(env: Env = {}): Market {
  let simulator: SimulatorProcess | undefined;
  let sidecar: Sidecar | undefined;
  beforeAll(async () => {
    simulator = await startSimulator();
    sidecar = await startSidecar(simulator.apiUrl, { BEZANT_MCP_ALLOW_ORDERS: '1', ...env });
  });
  afterAll(async () => {
    await sidecar?.stop();
    await simulator?.stop();
  });
  const must = <Value>(value: Value | undefined): Value => {
    if (value === undefined) throw new Error('not running');
    return value;
  };
  return {
    get simulator() {
      return must(simulator);
    },
    get sidecar() {
      return must(sidecar);
    },
    async orders() {
      const list = async () =>
        (await must(simulator).call('GET', '/v1/api/iserver/account/orders')) as { orders: never[] };
      await list();
      return (await list()).orders;
    },
  };
}

/** Far from the market, so that IBKR asks two questions and the order stays. */
export const farBelow = {
  account_id: account,
  conid: apple,
  side: 'BUY',
  quantity: 1,
  order_type: 'LMT',
  price: 100,
  tif: 'DAY',
} as const;
