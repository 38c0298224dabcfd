// What the Postgres servers of tests have in common, whether programs or containers.

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
