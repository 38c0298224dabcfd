// The image as Railway starts it (docs/deploy/railway.md): the variables of that page and no others but Railway's own, a volume
// that belongs to root, a port of its choice, and its health check under its own name, as railway.json says. Not Railway itself.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { docker } from './compose-command.ts';
import { until } from './project.ts';

const root = join(import.meta.dirname, '..', '..');
const railway = JSON.parse(readFileSync(join(root, 'railway.json'), 'utf8')) as {
  deploy: { healthcheckPath: string };
};
const page = readFileSync(join(root, 'docs/deploy/railway.md'), 'utf8');
const variables = Object.fromEntries(
  [...page.matchAll(/^ +\| `([A-Z_]+)` +\| `([^`]+)`/gm)].map(([, name = '', value = '']) => [name, value]),
);

const image = process.env['BEZANT_IMAGE'] ?? 'bezant-combined:0.4.0';
const domain = 'bezant-production.up.railway.app';
const apiKey = 'a-key-of-the-railway-test';
const name = `bezant-test-${randomBytes(4).toString('hex')}`;

const env = {
  PORT: '6543',
  RAILWAY_PUBLIC_DOMAIN: domain,
  BEZANT_ALLOWED_HOSTS: variables['BEZANT_ALLOWED_HOSTS'],
  BEZANT_API_KEYS: apiKey,
  // The account is simulated; keys are asked for all the same.
  BEZANT_DEMO: '1',
  BEZANT_AUTH: 'keys',
};

let port = 0;

beforeAll(async () => {
  await docker(
    ...['run', '--detach', '--name', name, '--user', variables['RAILWAY_RUN_UID'] ?? ''],
    ...['--publish', '127.0.0.1::6543'],
    ...['--mount', `type=volume,source=${name},target=/data,volume-nocopy=true`],
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value ?? ''}`]),
    image,
  );
  port = Number((await docker('port', name, '6543/tcp')).split(':').at(-1));
  await until(
    'it lives',
    async () => (await status(railway.deploy.healthcheckPath, 'healthcheck.railway.app')) === 200,
  );
});

afterAll(async () => {
  await docker('rm', '--force', '--volumes', name);
  await docker('volume', 'rm', name);
});

async function status(path: string, host: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers: { ...headers, host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on('error', reject);
  });
}

test('the page names the variables that it takes', () => {
  expect(Object.keys(variables)).toEqual(['RAILWAY_RUN_UID', 'BEZANT_ALLOWED_HOSTS', 'BEZANT_API_KEYS']);
});

test('the domain is answered, with the key alone', async () => {
  expect(await status('/accounts', domain)).toBe(401);
  expect(await status('/accounts', domain, { authorization: `Bearer ${apiKey}` })).toBe(200);
  expect(await status('/accounts', 'another.example', { authorization: `Bearer ${apiKey}` })).toBe(421);
});
