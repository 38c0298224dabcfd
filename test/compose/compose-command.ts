// Docker's compose, whichever is installed: the plug-in of today or Debian's docker-compose 1.29.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const folder = join(import.meta.dirname, '..', '..', 'compose');

const [command, ...before] = await installed();
/** For the names of tests: what they were run with. */
export const composeVersion = (await run(command, [...before, 'version', '--short'])).stdout.trim();

async function installed(): Promise<[string, ...string[]]> {
  const choices: [string, ...string[]][] = [['docker', 'compose'], ['docker-compose']];
  for (const [program, ...args] of choices) {
    const there = await run(program, [...args, 'version']).then(
      () => true,
      () => false,
    );
    if (there) return [program, ...args];
  }
  throw new Error('Neither `docker compose` nor docker-compose is installed: these tests run one of them.');
}

export interface Failure {
  code: number;
  stderr: string;
}

/** Only these variables and what finds Docker: nothing that the developer has set for a compose of theirs. */
const inherited = ['PATH', 'HOME', 'DOCKER_HOST', 'DOCKER_CONFIG', 'DOCKER_CONTEXT'];

/** Resolves to what it printed; rejects with a `Failure`. */
export async function compose(
  files: readonly string[],
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const kept = inherited.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  const { stdout } = await run(command, [...before, ...files.flatMap((file) => ['-f', file]), ...args], {
    cwd: folder,
    env: { ...(Object.fromEntries(kept) as Record<string, string>), ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

export const docker = async (...args: string[]): Promise<string> =>
  (await run('docker', args, { maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
