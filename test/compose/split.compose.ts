// Gateway and server in containers of their own: each goes and comes back without the other.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createAccount } from './account.ts';
import { docker } from './compose-command.ts';
import { createProject, until, type Project } from './project.ts';

const apiKey = 'a-key-of-the-compose-tests';
const project: Project = await createProject(['compose.yaml', 'split.yaml'], {
  BEZANT_DEMO: '1',
  BEZANT_API_KEYS: apiKey,
});
const account = createAccount(project.url, apiKey);
const services = ['postgres', 'bezant', 'gateway', 'sidecar'];

beforeAll(async () => {
  await project.compose('up', '-d', '--no-build');
  await project.healthy(...services);
});

afterAll(async () => {
  await project.down();
  expect(await project.left()).toEqual([]);
});

const answers = (): Promise<void> =>
  until(
    'accounts are answered',
    async () => ((await account.call('GET', '/accounts')) as unknown[]).length > 0,
  );
const startedAt = (service: string): Promise<string> => project.inspect(service, '{{.State.StartedAt}}');

test('asks for a key, and answers with one', async () => {
  const response = await fetch(`${project.url}/accounts`);
  expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject({
    status: 401,
    code: 'api_key_required',
  });
  expect(await account.call('GET', '/accounts')).toEqual([expect.objectContaining({ id: 'DU1234567' })]);
});

test('events are in Postgres', async () => {
  const event = await account.order();
  expect(event.cursor).toBeGreaterThan(0);
});

test('another server leaves the Gateway alone', async () => {
  const before = { gateway: await startedAt('gateway'), sidecar: await project.id('sidecar') };
  await project.compose('up', '-d', '--no-build', '--no-deps', '--force-recreate', 'sidecar');
  await answers();
  expect(await project.id('sidecar')).not.toBe(before.sidecar);
  expect(await startedAt('gateway')).toBe(before.gateway);
});

test('another Gateway leaves the server alone', async () => {
  const before = { gateway: await startedAt('gateway'), sidecar: await startedAt('sidecar') };
  await docker('restart', '--time', '30', await project.id('gateway'));
  await answers();
  expect(await startedAt('gateway')).not.toBe(before.gateway);
  expect(await startedAt('sidecar')).toBe(before.sidecar);
});

test('the Gateway is reached over loopback alone', async () => {
  const probe =
    "require('node:net').connect(5000, process.argv[1]).on('connect', () => process.exit(0)).on('error', (error) => { console.log(error.code); process.exit(1); })";
  const connect = (address: string): Promise<string> =>
    project.compose('exec', '-T', 'sidecar', 'node', '-e', probe, address).then(
      () => 'connected',
      () => 'refused',
    );
  const address = await project.inspect('bezant', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}');
  expect(address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  expect(await connect('127.0.0.1')).toBe('connected');
  expect(await connect(address)).toBe('refused');
});
