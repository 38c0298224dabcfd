// A real Prometheus that scrapes the appliance every second, with the rules of this repository. Only how long an alert must
// hold is shortened: nobody waits two hours for a test.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { until } from '../../../sidecar/test/io/events-until.ts';
import { freePort } from '../../../gateway/supervisor/test/free-port.ts';

const rules = join(import.meta.dirname, '../../../helm/bezant/rules');

export interface Series {
  metric: Readonly<Record<string, string>>;
  value?: readonly [number, string];
  values?: readonly (readonly [number, string])[];
}

export interface FiringAlert {
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  state: string;
}

export interface Prometheus {
  /** Rejects with Prometheus' own words when it does not take the expression. */
  query(expr: string): Promise<Series[]>;
  /** Over everything since the start, a second apart. */
  queryWholeRun(expr: string): Promise<Series[]>;
  alerts(): Promise<FiringAlert[]>;
  metricNames(): Promise<Set<string>>;
  /** What it says of each rule: `ok`, or why it could not be worked out. */
  ruleHealth(): Promise<Map<string, string>>;
  stop(): Promise<void>;
}

export async function startPrometheus(targets: {
  adminUrl: string;
  supervisorUrl: string;
}): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'bezant-prometheus-'));
  const port = await freePort();
  const hurried = readFileSync(join(rules, 'alerts.yaml'), 'utf8').replace(/^( +)for: .+$/gm, '$1for: 1s');
  writeFileSync(join(folder, 'alerts.yaml'), hurried);
  const scrape = (job_name: string, url: string) => ({
    job_name,
    static_configs: [{ targets: [new URL(url).host], labels: { instance: 'home' } }],
  });
  writeFileSync(
    join(folder, 'prometheus.yml'),
    stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [join(folder, 'alerts.yaml'), join(rules, 'recording.yaml')],
      scrape_configs: [
        scrape('bezant', targets.adminUrl),
        scrape('bezant-supervisor', targets.supervisorUrl),
      ],
    }),
  );
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let errors = '';
  let fault: string | null = null;
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.once('error', ({ message }) => (fault = `${message}: apt-get install prometheus`));
  child.once('exit', (code) => (fault = `it ended with ${String(code)}:\n${errors}`));
  const url = `http://127.0.0.1:${port}`;
  await until(
    'Prometheus',
    async () => {
      if (fault !== null) throw new Error(`Prometheus cannot be run: ${fault}`);
      return await fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    },
    60_000,
  );
  const startedAt = Date.now() / 1000;

  async function get<Data>(path: string, query: Readonly<Record<string, string>> = {}): Promise<Data> {
    const response = await fetch(`${url}/api/v1/${path}`, {
      method: path.startsWith('query') ? 'POST' : 'GET',
      ...(path.startsWith('query') ? { body: new URLSearchParams(query) } : {}),
    });
    const answer = (await response.json()) as { status: string; error?: string; data: Data };
    if (answer.status !== 'success') throw new Error(answer.error ?? answer.status);
    return answer.data;
  }

  return {
    query: async (expr) => (await get<{ result: Series[] }>('query', { query: expr })).result,
    queryWholeRun: async (expr) => {
      const query = { query: expr, start: String(startedAt), end: String(Date.now() / 1000), step: '1' };
      return (await get<{ result: Series[] }>('query_range', query)).result;
    },
    alerts: async () => (await get<{ alerts: FiringAlert[] }>('alerts')).alerts,
    metricNames: async () => new Set(await get<string[]>('label/__name__/values')),
    async ruleHealth() {
      const { groups } = await get<{
        groups: { rules: { name: string; health: string; lastError?: string }[] }[];
      }>('rules');
      const rules = groups.flatMap((group) => group.rules);
      return new Map(rules.map(({ name, health, lastError }) => [name, lastError ?? health]));
    },
    async stop() {
      const gone = child.exitCode === null ? once(child, 'exit') : null;
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
