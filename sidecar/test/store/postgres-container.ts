// Postgres in a container of its own. Whether there can be one is asked of the `docker` command, which is quick to say no,
// and can be ended when it does not say anything.

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { untilAnswers, type PostgresProcess } from './postgres-process.ts';
import { freePort } from '../../../gateway/supervisor/test/free-port.ts';

/** An engine answers at once, and a registry that can be reached soon. */
const engineMs = 2000;
const registryMs = 3000;
/** Of a hundred megabytes, on a line that is worth it. */
const pullMs = 40_000;

/** Resolves to the image's name; rejects with a reason when Docker has no such image and cannot get it. */
export async function findImage(name: string): Promise<string> {
  const { status, error } = spawnSync('docker', ['image', 'inspect', name], {
    stdio: 'ignore',
    timeout: engineMs,
  });
  if (error !== undefined) throw new Error(`docker cannot be run (${error.message})`);
  if (status !== 0) await pull(name);
  return name;
}

/** The first word comes when the registry has answered. */
async function pull(name: string): Promise<void> {
  const docker = spawn('docker', ['pull', name], { stdio: ['ignore', 'pipe', 'pipe'] });
  let limit = setTimeout(() => docker.kill(), registryMs);
  docker.stdout.once('data', () => {
    clearTimeout(limit);
    limit = setTimeout(() => docker.kill(), pullMs);
  });
  docker.stdout.resume();
  let complaint = '';
  docker.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [status] = (await once(docker, 'close')) as [number | null];
  clearTimeout(limit);
  if (status !== 0) throw new Error(complaint.trim() || 'its registry does not answer');
}

export async function startContainer(image: string): Promise<PostgresProcess> {
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  const password = randomBytes(12).toString('hex');
  // A port of its choice would be another one after a restart.
  const port = await freePort();
  const started = await new GenericContainer(image)
    .withEnvironment({ POSTGRES_PASSWORD: password })
    .withExposedPorts({ container: 5432, host: port })
    .start();
  const container = (await getContainerRuntimeClient()).container.getById(started.getId());
  const url = `postgres://postgres:${password}@${started.getHost()}:${port}/postgres`;
  const isRunning = async (): Promise<boolean> => (await container.inspect()).State.Running;
  await untilAnswers(url, isRunning);
  return {
    url,
    async kill(signal) {
      await container.kill({ signal });
      await container.wait();
    },
    async start() {
      await container.start();
      await untilAnswers(url, isRunning);
    },
    async remove() {
      await started.stop();
    },
  };
}
