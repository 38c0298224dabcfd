// A compose project of a test's own: fresh volumes, ports that are free, and nothing left of it.
import { randomBytes } from 'node:crypto';
import { compose, docker, type Failure } from './compose-command.ts';
import { freePort } from '../../gateway/supervisor/test/free-port.ts';

export interface Project {
  url: string;
  compose(...args: string[]): Promise<string>;
  /** Container of a service. */
  id(service: string): Promise<string>;
  inspect(service: string, format: string): Promise<string>;
  /** Until the health check of each says that it is well. */
  healthy(...services: string[]): Promise<void>;
  /** Whatever of it Docker still has. */
  left(): Promise<string[]>;
  down(): Promise<void>;
}

/** Which images to run: those of compose.yaml, unless the environment names others. */
const images = [
  'BEZANT_IMAGE',
  'BEZANT_SERVER_IMAGE',
  'BEZANT_GATEWAY_IMAGE',
  'POSTGRES_IMAGE',
  'PROMETHEUS_IMAGE',
  'GRAFANA_IMAGE',
].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] ?? '']]));

export async function createProject(
  files: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Project> {
  const name = `bezant-test-${randomBytes(4).toString('hex')}`;
  const port = String(await freePort());
  const settings = {
    ...(Object.fromEntries(images) as Record<string, string>),
    COMPOSE_PROJECT_NAME: name,
    BEZANT_PORT: port,
    ...env,
  };

  const run = async (...args: string[]): Promise<string> => {
    try {
      return await compose(files, args, settings);
    } catch (error) {
      throw new Error(`compose ${args.join(' ')} failed:\n${(error as Failure).stderr}`, { cause: error });
    }
  };
  const id = async (service: string): Promise<string> => (await run('ps', '-q', service)).trim();
  const inspect = async (service: string, format: string): Promise<string> =>
    docker('inspect', '--format', format, await id(service));

  return {
    url: `http://127.0.0.1:${port}`,
    compose: run,
    id,
    inspect,
    async healthy(...services) {
      for (const service of services) {
        try {
          await until(`${service} is healthy`, async () => {
            const health = await inspect(service, '{{.State.Health.Status}}');
            return health === 'healthy';
          });
        } catch (error) {
          throw new Error(`${(error as Error).message}\n${await run('logs')}`, { cause: error });
        }
      }
    },
    async left() {
      const kinds = [
        ['ps', '--all'],
        ['volume', 'ls'],
        ['network', 'ls'],
      ];
      const filter = `label=com.docker.compose.project=${name}`;
      const found = await Promise.all(kinds.map((kind) => docker(...kind, '--quiet', '--filter', filter)));
      return found.flatMap((text) => text.split('\n')).filter((line) => line !== '');
    },
    async down() {
      await run('down', '--volumes', '--timeout', '60');
    },
  };
}

const deadlineMs = 240_000;

/** Asks again until it is so; a refused connection is a no. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + deadlineMs;
  let last: unknown;
  while (Date.now() < end) {
    try {
      if (await isSo()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`${deadlineMs / 1000} s went by, and not yet: ${what}`, { cause: last });
}
