// A writer process as a test holds it.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { NewEvent } from '../../src/event.ts';
import type { Happening } from '../../src/observe.ts';
import type { Order, Told } from './writer-process.ts';

export interface WriterProcess {
  readonly pid: number;
  /** Cursor and number of each event that was told to be stored. */
  readonly stored: [cursor: number, n: unknown][];
  readonly happened: Happening[];
  write(events: NewEvent[]): void;
  flood(event: NewEvent): void;
  /** Resolves when it holds, looked at whenever the process has told something. */
  until(condition: () => boolean): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWriterProcess(env: Record<string, string>): Promise<WriterProcess> {
  const child = fork(join(import.meta.dirname, 'writer-process.ts'), {
    env: { ...env, PATH: process.env['PATH'] ?? '' },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
  const exited = once(child, 'exit');
  const stored: WriterProcess['stored'] = [];
  const happened: Happening[] = [];
  let isReady = false;
  let look: () => void = () => undefined;
  child.on('message', (told: Told) => {
    if ('ready' in told) isReady = true;
    else if ('stored' in told) stored.push(...told.stored);
    else happened.push(told.happened);
    look();
  });
  const until = (condition: () => boolean) =>
    Promise.race([
      new Promise<void>((resolve) => {
        look = () => {
          if (condition()) resolve();
        };
        look();
      }),
      exited.then(() => {
        throw new Error(`the writer process has ended: ${errors}`);
      }),
    ]);
  const order = (what: Order) => child.send(what);
  await until(() => isReady);
  return {
    pid: child.pid ?? 0,
    stored,
    happened,
    write: (events) => order({ write: events }),
    flood: (event) => order({ flood: event }),
    until,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      order({ stop: true });
      await exited;
    },
  };
}
