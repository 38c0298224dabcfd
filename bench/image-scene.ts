// The combined image in Docker, with the simulator in a container of its own as IBKR: at port 443 and with a certificate that
// Java is told to trust, because IBKR's Gateway insists on both.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { generate } from 'selfsigned';
import { buildStandIn } from '../gateway/launcher/test/stand-in/build.ts';
import { must } from '../test/docker/docker.ts';
import type { images } from '../test/docker/images.ts';
import { until } from '../test/docker/until.ts';

export interface Weight {
  /** MiB, by who it is; `own` is what no other process shares, such as the program of Node.js. */
  processes: Record<string, { rss: number; own: number }>;
  container: number;
}

export interface Running {
  url: string;
  logIn(): Promise<void>;
  weigh(): Promise<Weight>;
}

export interface Scene {
  /** Milliseconds from `docker run` to ready, on a new volume and once more on it. */
  timeStarts(): Promise<{ first: number; again: number }>;
  start(): Promise<Running>;
  close(): Promise<void>;
}

const ibkr = 'ibkr.example';
/** Logged out, and without IBKR's limits, which would be measured instead. */
const unhurried = { description: 'For the benchmark.', faults: { pacing: 'off' } };

export async function openScene(names: typeof images, gateway: string | undefined): Promise<Scene> {
  const id = `bezant-bench-${randomBytes(4).toString('hex')}`;
  const files = mkdtempSync(join(tmpdir(), 'bezant-image-'));
  chmodSync(files, 0o755);
  await writeCertificate(files);
  writeFileSync(join(files, 'ibkr.json'), JSON.stringify(unhurried));
  const within = gateway === undefined || !statSync(gateway).isDirectory() ? '/gateway.zip' : '/gateway';
  const given = gateway === undefined ? join(files, 'gateway.zip') : resolve(gateway);
  if (gateway === undefined) buildStandIn(given);

  const containers: string[] = [];
  const volumes: string[] = [];
  await must('network', 'create', id);
  const run = async (...args: string[]): Promise<string> => {
    const container = await must(
      'run',
      '--detach',
      '--network',
      id,
      '--volume',
      `${files}:/files:ro`,
      ...args,
    );
    containers.push(container);
    return container;
  };
  const simulator = ['--host', '0.0.0.0', '--port', '443', '--scenario', '/files/ibkr.json'];
  // The stand-in passes on whole connections, so the Gateway's part is the simulator's then.
  const mode = ['--mode', gateway === undefined ? 'gateway' : 'upstream'];
  const certificate = ['--cert', '/files/cert.pem', '--key', '/files/key.pem'];
  const asIbkr = ['--network-alias', ibkr, '--entrypoint', 'bezant-simulator', names.gateway];
  await run(...asIbkr, ...simulator, ...mode, ...certificate);

  const trust = ['/files/trust.p12', 'Type=PKCS12', 'Password=changeit'];
  const options = trust.map((value, index) => `-Djavax.net.ssl.trustStore${index === 0 ? '=' : ''}${value}`);
  const settings = {
    BEZANT_AUTH: 'none',
    BEZANT_PACING: 'off',
    BEZANT_GATEWAY_ZIP: within,
    BEZANT_GATEWAY_REMOTE_HOST: `https://${ibkr}`,
    BEZANT_GATEWAY_JAVA_OPTIONS: options.join(' '),
  };
  const env = Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const appliance = async (): Promise<string> => {
    const volume = `${id}-${volumes.length}`;
    volumes.push(volume);
    const mounts = ['--volume', `${volume}:/data`, '--volume', `${given}:${within}:ro`];
    const ports = ['--publish', '127.0.0.1::8080', '--publish', '127.0.0.1::9091'];
    return run('--read-only', '--memory', '512m', ...mounts, ...ports, ...env, names.combined);
  };

  return {
    async timeStarts() {
      const times: number[] = [];
      let startedMs = performance.now();
      const container = await appliance();
      for (const start of ['first', 'again']) {
        if (start === 'again') {
          await must('stop', container);
          startedMs = performance.now();
          await must('start', container);
        }
        await isReady(container);
        times.push(performance.now() - startedMs);
      }
      await must('rm', '--force', container);
      const [first = 0, again = 0] = times;
      return { first, again };
    },
    async start() {
      const container = await appliance();
      await isReady(container);
      const url = await address(container, 8080);
      return { url, logIn: () => logIn(url), weigh: () => weigh(container) };
    },
    async close() {
      await must('rm', '--force', ...containers);
      await must('volume', 'rm', '--force', ...volumes);
      await must('network', 'rm', id);
      rmSync(files, { recursive: true });
    },
  };
}

async function writeCertificate(folder: string): Promise<void> {
  const extensions = [{ name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: ibkr }] }];
  const { cert, private: key } = await generate([{ name: 'commonName', value: ibkr }], { extensions });
  writeFileSync(join(folder, 'cert.pem'), cert);
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o644 });
  const store = ['-keystore', join(folder, 'trust.p12'), '-storetype', 'PKCS12', '-storepass', 'changeit'];
  const taken = ['-importcert', '-noprompt', '-alias', 'ibkr', '-file', join(folder, 'cert.pem')];
  execFileSync('keytool', [...taken, ...store], { stdio: 'ignore' });
}

async function address(container: string, port: number): Promise<string> {
  const [first = ''] = (await must('port', container, `${port}/tcp`)).split('\n');
  return `http://${first}`;
}

async function isReady(container: string): Promise<void> {
  const url = `${await address(container, 9091)}/readyz`;
  await until('the appliance is ready', async () => (await fetch(url)).ok, 120_000, 50);
}

/** As IBKR's login page does it. */
async function logIn(url: string): Promise<void> {
  const form = async (path: string, fields: Record<string, string>): Promise<void> => {
    await (await fetch(url + path, { method: 'POST', body: new URLSearchParams(fields) })).arrayBuffer();
  };
  await form('/sso/Authenticator', { ACTION: 'INIT', USER: 'trader', LOGIN_TYPE: '2' });
  await form('/sso/Authenticator', { ACTION: 'COMPLETEAUTH' });
  await form('/sso/Dispatcher', { loginType: '2', forwardTo: '22' });
  await until('the session is live', async () => (await fetch(`${url}/health`)).ok);
}

const readings = `
  const { readdirSync, readFileSync } = require('node:fs');
  const rows = readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && +name !== process.pid).map((pid) => {
    const rollup = readFileSync('/proc/' + pid + '/smaps_rollup', 'utf8');
    const of = (field) => +new RegExp('^' + field + ': +(\\\\d+)', 'm').exec(rollup)[1] / 1024;
    const command = readFileSync('/proc/' + pid + '/cmdline', 'utf8').replaceAll('\\0', ' ');
    return { command, rss: of('Rss'), own: of('Private_Clean') + of('Private_Dirty') };
  });
  console.log(JSON.stringify(rows));
`;

const who: [string, RegExp][] = [
  ['tini', /^tini /],
  ['supervisor', /bezant-supervisor/],
  ['sidecar', /bezant-server/],
  ['gateway', /GatewayStart/],
];

async function weigh(container: string): Promise<Weight> {
  const stats = await must('stats', '--no-stream', '--format', '{{.MemUsage}}', container);
  const rows = JSON.parse(await must('exec', container, 'node', '--eval', readings)) as {
    command: string;
    rss: number;
    own: number;
  }[];
  const named = rows.map(({ command, rss, own }) => {
    const name = who.find(([, pattern]) => pattern.test(command))?.[0] ?? command;
    return [name, { rss, own }] as const;
  });
  return { processes: Object.fromEntries(named), container: Number.parseFloat(stats) };
}
