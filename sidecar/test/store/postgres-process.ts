// What the Postgres servers of tests have in common, whether programs or containers.

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import pg from 'pg';

/** A server that a test has to itself. */
export interface PostgresProcess {
  /** Of a superuser; the same over restarts. */
  readonly url: string;
  kill(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  /** Resolves when it answers. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** Known before it is listened on, so that it can stay the same. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export async function untilAnswers(url: string, isRunning: () => boolean | Promise<boolean>): Promise<void> {
  for (;;) {
    try {
      await query(url, 'SELECT 1');
      return;
    } catch (cause) {
      if (!(await isRunning())) throw new Error('Postgres has ended', { cause });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

export async function query(url: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}
