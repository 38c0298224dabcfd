// The built simulator as its users run it, told what to do and asked what it saw by its control API.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { send } from '../io/wire.ts';

const bin = join(import.meta.dirname, '../../../gateway/simulator/bin/bezant-simulator.js');

/** So much faster than life: the 3 s that the Gateway takes after a login become 60 ms. */
const timeScale = 50;

export interface SimulatorProcess {
  url: string;
  /** `METHOD path` of every request so far. */
  seen(): Promise<string[]>;
  /** `POST /login` and the like. */
  control(operation: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startSimulatorProcess(scenario: string, port = 0): Promise<SimulatorProcess> {
  const args = ['--port', String(port), '--scenario', scenario, '--time-scale', String(timeScale)];
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const [, found] = /listens on (https:\S+)/.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    });
    void exited.then(() => reject(new Error(`the simulator did not start:\n${output}`)));
  });

  async function control(operation: string, body?: unknown): Promise<unknown> {
    const [method = '', path = ''] = operation.split(' ');
    const sent = { method, path: `/simulator${path}` };
    const answer = await send(url, body === undefined ? sent : { ...sent, body: JSON.stringify(body) });
    if (answer.status !== 200) throw new Error(`${operation}: ${answer.text}`);
    return answer.json;
  }

  return {
    url,
    control,
    async seen() {
      const requests = (await control('GET /requests')) as { method: string; url: string }[];
      return requests.map((request) => `${request.method} ${request.url}`);
    },
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}
