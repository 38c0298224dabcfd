// The simulator as its users run it: a process of its own, on a port it keeps over restarts, told what to do by its control
// API.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { send } from './wire.ts';

const bin = join(import.meta.dirname, '../../../gateway/simulator/bin/bezant-simulator.js');

export interface SimulatorProcess {
  readonly url: string;
  /** What IBKR_GATEWAY_URL names. */
  readonly apiUrl: string;
  /** `POST /faults` and so on, as docs/simulator.md lists them. */
  control(operation: string, body?: unknown): Promise<unknown>;
  /** A call of IBKR's API, past the server under test. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Ends the process without a farewell and starts another: what it knew is gone, as with IBKR's nightly restart. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSimulator(args: readonly string[] = []): Promise<SimulatorProcess> {
  // Another seed is another story: a restarted one must not give the ids of the last.
  let seed = 1;
  let { child, port } = await launch(0, seed, args);
  const url = `https://127.0.0.1:${port}`;
  const end = async (): Promise<void> => {
    const gone = once(child, 'exit');
    if (child.kill('SIGKILL')) await gone;
  };
  const call: SimulatorProcess['call'] = async (method, path, body) => {
    const answer = await send(url, {
      method,
      path,
      headers: [['content-type', 'application/json']],
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  };
  const control: SimulatorProcess['control'] = (operation, body) => {
    const [method = '', path = ''] = operation.split(' ');
    return call(method, `/simulator${path}`, body);
  };
  const unpaced = (): Promise<unknown> => control('POST /faults', { pacing: 'off' });
  await unpaced();
  return {
    url,
    apiUrl: `${url}/v1/api`,
    control,
    call,
    async restart() {
      await end();
      ({ child, port } = await launch(port, ++seed, args));
      await unpaced();
    },
    stop: end,
  };
}

async function launch(
  port: number,
  seed: number,
  args: readonly string[],
): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [bin, '--port', String(port), '--seed', String(seed), ...args], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${String(code)}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = /\(port (\d+),/.exec(line)?.[1];
      if (said !== undefined) resolve({ child, port: Number(said) });
    });
  });
}
