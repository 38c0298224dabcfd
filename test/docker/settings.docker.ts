// What a user sets, forgets or gets wrong.

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { docker, must } from './docker.ts';
import { images } from './images.ts';
import { Stage, startupMs } from './stage.ts';
import { until } from './until.ts';

const stage = new Stage();
let zips: string;

beforeAll(() => {
  zips = stage.standIn();
  stage.standIn('another.zip', { 'build/version.txt': 'another release' });
});
afterAll(() => stage.clear(), startupMs);

/** `docker run` to its end. */
const runs = (...args: string[]): Promise<{ code: number; text: string }> =>
  docker('run', '--rm', '--volume', `${zips}:/zips:ro`, ...args);

const zip = (name = 'clientportal.gw.zip'): string[] => ['--env', `BEZANT_GATEWAY_ZIP=/zips/${name}`];

test('BEZANT_DEMO=1: the simulator, without a key and without Java', async () => {
  const bezant = await stage.run({ env: { BEZANT_DEMO: '1' }, host: { ReadonlyRootfs: true } });
  expect(await bezant.ask('/accounts')).toMatchObject({ status: 200, body: [{ id: 'DU1234567' }] });
  await bezant.process('simulator');
  expect((await bezant.processes()).filter(({ command }) => command.includes('java'))).toEqual([]);
  expect((await bezant.stop()).code).toBe(0);
});

test('PORT and RAILWAY_PUBLIC_DOMAIN, as Railway sets them', async () => {
  const bezant = await stage.run({
    env: { BEZANT_DEMO: '1', PORT: '3000', RAILWAY_PUBLIC_DOMAIN: 'bezant.up.railway.app' },
    ports: [3000],
  });
  expect(await bezant.ask('/livez')).toMatchObject({ status: 200 });
  expect(await bezant.exec('node', '--eval', asNamed('bezant.up.railway.app'))).toBe('200');
  expect(await bezant.exec('node', '--eval', asNamed('evil.example'))).toBe('421');
  await bezant.exec('bezant-probe', 'http://127.0.0.1:9091/readyz');
});

/** A request by that name, as a reverse proxy passes it on. */
const asNamed = (host: string): string => `
  require('node:http').get({ port: 3000, path: '/health', headers: { host: '${host}' } },
    (response) => { console.log(response.statusCode); response.resume(); });
`;

test.each(['combined', 'gateway', 'server'] as const)(
  '%s starts on the simulator or alone',
  async (target) => {
    const bezant = await stage.run({
      image: images[target],
      env: target === 'server' ? { BEZANT_AUTH: 'none' } : { BEZANT_DEMO: '1' },
      ports: [target === 'gateway' ? 9091 : 8080],
      host: { ReadonlyRootfs: true },
      says: /is ready/,
    });
    await until('all of it ready', () => bezant.exec('bezant-probe', 'http://127.0.0.1:9091/readyz'));
    expect((await bezant.processes()).map(({ uid }) => uid)).not.toContain(0);
    expect((await bezant.stop()).code).toBe(0);
  },
);

test('a zip that is another one than before is refused, and the one before still starts', async () => {
  const volume = await stage.volume();
  const onVolume = ['--volume', `${volume}:/data`];
  const fetching = ['--entrypoint', 'bezant-gateway', images.combined, 'fetch'];
  expect(await runs(...onVolume, ...zip(), ...fetching)).toMatchObject({ code: 0 });
  const sum = createHash('sha256')
    .update(readFileSync(join(zips, 'clientportal.gw.zip')))
    .digest('hex');
  const kept = await must(
    'run',
    '--rm',
    ...onVolume,
    '--entrypoint',
    'cat',
    images.combined,
    '/data/gateway/clientportal.gw.sha256',
  );
  expect(kept).toContain(sum);

  const refused = await runs(...onVolume, ...zip('another.zip'), images.combined);
  expect(refused.text).toMatch(/gateway +\| .*sha256[^]*BEZANT_GATEWAY_SHA256/i);
  expect(refused.code).not.toBe(0);
  expect(await runs(...onVolume, ...zip(), ...fetching)).toMatchObject({ code: 0 });
});

test('a zip that is not the pinned one is refused', async () => {
  const pin = ['--env', `BEZANT_GATEWAY_SHA256=${'0'.repeat(64)}`];
  const { code, text } = await runs(...zip(), ...pin, images.combined);
  expect(text).toContain('BEZANT_GATEWAY_SHA256');
  expect(code).not.toBe(0);
});

test('without a network it says that the Gateway cannot be fetched, and from where a zip is taken instead', async () => {
  const { code, text } = await runs('--network', 'none', images.combined);
  expect(text).toMatch(/gateway +\| .*download2\.interactivebrokers\.com/);
  expect(text).toContain('BEZANT_GATEWAY_ZIP');
  expect(code).not.toBe(0);
});

test('a folder of root’s for /data is named, with what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bezant-data-'));
  mkdirSync(join(folder, 'data'), { mode: 0o755 });
  const { code, text } = await runs('--volume', `${join(folder, 'data')}:/data`, ...zip(), images.combined);
  expect(text).toMatch(/\/data.*may not be written by this user \(uid 10001\)/);
  expect(code).not.toBe(0);
});

test('a misspelt setting is told', async () => {
  const { code, text } = await runs('--env', 'BEZANT_AUTH=maybe', '--env', 'BEZANT_DEMO=1', images.combined);
  expect(text).toMatch(/sidecar +\| .*BEZANT_AUTH/);
  expect(code).not.toBe(0);
});
