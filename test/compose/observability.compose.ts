// Prometheus on top: it scrapes both ports, and has every rule. Grafana too, where its image can be had; elsewhere
// test/compose-files.test.ts still compares what its files name.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { folder } from './compose-command.ts';
import { createProject, until, type Project } from './project.ts';
import { freePort } from '../../gateway/supervisor/test/free-port.ts';

const chart = join(folder, '..', 'helm', 'bezant');
const rules = globSync('rules/*.yaml', { cwd: chart }).map(
  (file) =>
    parse(readFileSync(join(chart, file), 'utf8')) as {
      groups: { name: string; rules: { alert?: string; record?: string }[] }[];
    },
);
const names = rules.flatMap(({ groups }) =>
  groups.flatMap((group) => group.rules.map(({ alert, record }) => alert ?? record)),
);

const dashboards = globSync('dashboards/*.json', { cwd: chart }).map(
  (file) => JSON.parse(readFileSync(join(chart, file), 'utf8')) as { uid: string },
);

const withGrafana = process.env['BEZANT_TEST_GRAFANA'] === '1';
if (!withGrafana) console.log('Grafana is not run: BEZANT_TEST_GRAFANA=1 does, where its image can be had');
const services = ['postgres', 'bezant', 'prometheus', ...(withGrafana ? ['grafana'] : [])];

const password = 'of-a-test';
const [prometheusPort, grafanaPort] = [await freePort(), await freePort()];
const project: Project = await createProject(['compose.yaml', 'simulator.yaml', 'observability.yaml'], {
  GRAFANA_PASSWORD: password,
  PROMETHEUS_PORT: String(prometheusPort),
  GRAFANA_PORT: String(grafanaPort),
});

async function ask(path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${prometheusPort}/api/v1/${path}`);
  return ((await response.json()) as { data: unknown }).data;
}

beforeAll(async () => {
  await project.compose('up', '-d', '--no-build', ...services);
  await project.healthy(...services);
});

afterAll(async () => {
  await project.down();
  expect(await project.left()).toEqual([]);
});

test('both ports are scraped', async () => {
  await until('both targets are up', async () => {
    const { activeTargets } = (await ask('targets')) as {
      activeTargets: { labels: Record<string, string>; health: string }[];
    };
    const up = activeTargets.filter(({ health }) => health === 'up').map(({ labels }) => labels['job']);
    return up.toSorted().join() === 'bezant,bezant-supervisor';
  });
});

test('every rule is there and can be worked out', async () => {
  expect(names.length).toBeGreaterThan(10);
  await until('every rule was worked out', async () => {
    const { groups } = (await ask('rules')) as { groups: { rules: { name: string; health: string }[] }[] };
    const well = groups.flatMap((group) =>
      group.rules.filter(({ health }) => health === 'ok').map(({ name }) => name),
    );
    return well.toSorted().join() === names.toSorted().join();
  });
});

test('the session that the simulator has is what is measured', async () => {
  await until('the session is live', async () => {
    const { result } = (await ask(`query?query=${encodeURIComponent('bezant_session_authenticated')}`)) as {
      result: { value: [number, string] }[];
    };
    return result[0]?.value[1] === '1';
  });
});

const testGrafana = withGrafana ? test : test.skip;
testGrafana(
  'Grafana has the dashboards (run with BEZANT_TEST_GRAFANA=1 where its image can be had)',
  async () => {
    const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
    const get = async (path: string, headers: Record<string, string>): Promise<Response> =>
      fetch(`http://127.0.0.1:${grafanaPort}/api/${path}`, { headers });
    expect((await get('search?type=dash-db', {})).status).toBe(401);
    const found = (await (await get('search?type=dash-db', { authorization })).json()) as { uid: string }[];
    expect(found.map(({ uid }) => uid).toSorted()).toEqual(dashboards.map(({ uid }) => uid).toSorted());
    const health = await get('datasources/uid/prometheus/health', { authorization });
    expect(await health.json()).toMatchObject({ status: 'OK' });
  },
);
