// Files that name other files without anything compiling them: workflows, compose, Railway, Prometheus, Grafana. What they name
// is there.
import { describe, expect, test } from '@jest/globals';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join, normalize } from 'node:path';
import { parse } from 'yaml';
import { ownPaths } from '../sidecar/src/own-paths.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readYaml = (path: string): unknown => parse(read(path), { merge: true });
const missing = (paths: readonly string[]): string[] =>
  paths.filter((path) =>
    path.includes('*') ? globSync(path, { cwd: root }).length === 0 : !existsSync(join(root, path)),
  );

const dockerfile = read('Dockerfile.combined');
const targets = [...dockerfile.matchAll(/^FROM .* AS (\S+)$/gm)].map(([, name]) => name);

describe('workflows', () => {
  const tops = globSync('{*,.ci}', { cwd: root, exclude: ['node_modules'] });
  /** Written by what runs before. */
  const made = ['docs/.vitepress/dist'];
  const scripts = (path: string) => (JSON.parse(read(path)) as { scripts: Record<string, string> }).scripts;

  test.each(globSync('.github/workflows/*.yml', { cwd: root }).toSorted())('%s', (path) => {
    const text = read(path).replaceAll(/^ *#.*$/gm, '');
    const words = text.split(/[\s'",;=()[\]{}]+/).map((word) => word.replace(/^\.\/(?=\w)/, ''));
    const named = words
      .filter((word) => word.includes('/') || word.includes('.'))
      .filter((word) => tops.includes(word.split('/')[0] ?? ''));
    expect(named.length).toBeGreaterThan(0);
    expect(missing(named.filter((word) => !made.includes(word)))).toEqual([]);
  });

  test('npm scripts that they run', () => {
    const text = globSync('.github/workflows/*.yml', { cwd: root }).map(read).join('\n');
    const run = [...text.matchAll(/npm run ([\w:]+)(?: --prefix (\S+))?/g)];
    expect(run.length).toBeGreaterThan(2);
    for (const [, script = '', folder = '.'] of run)
      expect(scripts(join(folder, 'package.json'))).toHaveProperty([script]);
  });

  test('images that they build', () => {
    const { jobs } = readYaml('.github/workflows/images.yml') as {
      jobs: Record<string, { strategy: { matrix: { target: string[] } } }>;
    };
    for (const { strategy } of Object.values(jobs))
      expect(targets).toEqual(expect.arrayContaining(strategy.matrix.target));
  });

  test('arguments that they build with', () => {
    const [, block = ''] =
      /build-args: \|\n((?: {12}.*\n)+)/.exec(read('.github/workflows/images.yml')) ?? [];
    const given = [...block.matchAll(/^ *([A-Z_]+)=/gm)].map(([, name = '']) => name);
    expect(given.length).toBeGreaterThan(2);
    expect(given.filter((name) => !dockerfile.includes(`ARG ${name}`))).toEqual([]);
  });
});

interface Service {
  ports?: string[];
  volumes?: (string | object)[];
  build?: { context: string; dockerfile: string; target?: string; args: Record<string, string> };
}

const composeFiles = globSync('compose/*.yaml', { cwd: root }).toSorted();
const servicesOf = (path: string): [string, Service][] =>
  Object.entries((readYaml(path) as { services: Record<string, Service> }).services);
/** `source` of this repository, and where it is in the container. */
const mounts = composeFiles.flatMap((path) =>
  servicesOf(path).flatMap(([service, { volumes = [] }]) =>
    volumes.flatMap((volume) => {
      const [source = '', inside = ''] = typeof volume === 'string' ? volume.split(':') : [];
      return source.startsWith('.') ? [{ service, source: normalize(join('compose', source)), inside }] : [];
    }),
  ),
);

describe('compose', () => {
  test('what is mounted', () => {
    expect(mounts.length).toBeGreaterThan(3);
    expect(missing(mounts.map(({ source }) => source))).toEqual([]);
  });

  test('what is built', () => {
    const builds = composeFiles.flatMap((path) => servicesOf(path).flatMap(([, { build }]) => build ?? []));
    expect(builds.length).toBeGreaterThan(3);
    for (const { context, dockerfile: file, target = 'combined', args } of builds) {
      expect(missing([normalize(join('compose', context, file))])).toEqual([]);
      expect(targets).toContain(target);
      for (const [name, value] of Object.entries(args))
        // The default stands in both, so that compose builds what the Dockerfile alone would.
        expect(dockerfile).toContain(`ARG ${name}=${value.replace(/^\$\{\w+:-(.*)\}$/, '$1')}\n`);
    }
  });

  test('services that Prometheus asks, and rules that it reads', () => {
    const { rule_files: rules, scrape_configs: jobs } = readYaml('compose/prometheus/prometheus.yaml') as {
      rule_files: string[];
      scrape_configs: { static_configs: { targets: string[] }[] }[];
    };
    const asked = jobs.flatMap((job) => job.static_configs.flatMap((config) => config.targets));
    expect(asked).toEqual(['bezant:9090', 'bezant:9091']);
    expect(servicesOf('compose/compose.yaml').map(([name]) => name)).toContain('bezant');
    const files = rules.map((rule) => inRepository('prometheus', rule));
    expect(missing(files)).toEqual([]);
  });

  test('what Grafana is provisioned with', () => {
    const provisioned = 'compose/grafana/provisioning';
    expect(inRepository('grafana', '/etc/grafana/provisioning')).toBe(provisioned);
    const { providers } = readYaml(join(provisioned, 'dashboards/bezant.yaml')) as {
      providers: { options: { path: string } }[];
    };
    for (const { options } of providers)
      expect(missing([join(inRepository('grafana', options.path), '*.json')])).toEqual([]);
    const { datasources } = readYaml(join(provisioned, 'datasources/prometheus.yaml')) as {
      datasources: { type: string; url: string; isDefault: boolean }[];
    };
    expect(datasources.map(({ type, isDefault }) => ({ type, isDefault }))).toEqual([
      { type: 'prometheus', isDefault: true },
    ]);
    const services = new Map(servicesOf('compose/observability.yaml'));
    for (const { url } of datasources) {
      const { hostname, port } = new URL(url);
      expect(services.get(hostname)?.ports?.map((published) => published.split(':').at(-1))).toEqual([port]);
    }
  });

  test('dashboards find their data source: the variable of that type, or the one that is provisioned', () => {
    const files = globSync('helm/bezant/dashboards/*.json', { cwd: root });
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const dashboard = read(file);
      const { templating } = JSON.parse(dashboard) as {
        templating: { list: { name: string; type: string; query?: unknown }[] };
      };
      expect(templating.list).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ name: 'datasource', type: 'datasource', query: 'prometheus' }),
        ]),
      );
      const used = [...dashboard.matchAll(/"datasource": \{[^}]*"uid": "([^"]*)"/g)].map(([, uid]) => uid);
      expect(new Set(used)).toEqual(new Set(['${datasource}']));
    }
  });

  /** Where a path of a container comes from. */
  function inRepository(service: string, path: string): string {
    const mount = mounts.find((one) => one.service === service && path.startsWith(one.inside));
    if (mount === undefined) throw new Error(`${basename(path)}: ${path} is not mounted into ${service}`);
    return `${mount.source}${path.slice(mount.inside.length)}`;
  }
});

test('railway.json', () => {
  const { build, deploy } = JSON.parse(read('railway.json')) as {
    build: { dockerfilePath: string };
    deploy: { healthcheckPath: string };
  };
  expect(missing([build.dockerfilePath])).toEqual([]);
  expect(Object.keys(ownPaths)).toContain(deploy.healthcheckPath);
});
