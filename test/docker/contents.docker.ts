// What is in the images, and what is not.

import { expect, test } from '@jest/globals';
import { must } from './docker.ts';
import { images } from './images.ts';

const targets = Object.entries(images);

const inside = (image: string, ...command: string[]): Promise<string> => {
  const [entrypoint = '', ...args] = command;
  return must('run', '--rm', '--user', '0', '--entrypoint', entrypoint, image, ...args);
};

const inspected = async (image: string): Promise<Record<string, unknown>> =>
  JSON.parse(await must('inspect', '--format', '{{json .Config}}', image)) as Record<string, unknown>;

test.each(targets)('%s has nothing that only builders and developers need', async (_target, image) => {
  const names = [
    '*.map',
    '*.ts',
    '*.tsbuildinfo',
    '.git',
    '.npm',
    '.npmrc',
    '_cacache',
    '*.orig',
    '.env*',
    'npm',
    'npx',
    '.bezant',
    '*.zip',
  ].flatMap((name) => ['-o', '-name', name]);
  const found = await inside(
    image,
    'find',
    '/',
    ...['(', '-path', '/proc', '-o', '-path', '/sys', ')', '-prune', '-o', '('],
    ...names.slice(1),
    ...[')', '-print'],
  );
  expect(found).toBe('');
  // Lists and caches of packages, and anything left to write to.
  expect(
    await inside(
      image,
      'find',
      '/var/lib/apt/lists',
      '/var/cache',
      '/tmp',
      '/root',
      '-type',
      'f',
      '-size',
      '+4k',
    ),
  ).toBe('');
});

test.each(targets)('%s: what belongs to its user is /data and nothing else', async (_target, image) => {
  const owned = await inside(
    image,
    'find',
    '/',
    ...[
      '-path',
      '/proc',
      '-prune',
      '-o',
      '(',
      '-uid',
      '10001',
      '-o',
      '-perm',
      '-o+w',
      '!',
      '-type',
      'l',
      ')',
      '-print',
    ],
  );
  const beyondSystem = owned
    .split('\n')
    .filter((path) => !/^\/(dev|sys|tmp|run|var\/tmp|run\/lock)(\/|$)/.test(path));
  expect(beyondSystem).toEqual(['/data']);
  expect(await inside(image, 'find', '/', '-xdev', '-perm', '/6000', '-path', '/app/*')).toBe('');
});

test.each(targets)('%s says what it is and how to ask it', async (target, image) => {
  const config = await inspected(image);
  expect(config).toMatchObject({
    User: '10001:10001',
    Volumes: { '/data': {} },
    StopSignal: 'SIGTERM',
    Entrypoint: ['tini', '-g', '--', 'bezant-supervisor'],
    Cmd: [target],
    Healthcheck: { Test: ['CMD', 'bezant-probe', expect.stringContaining('/readyz')] },
    Labels: {
      'org.opencontainers.image.title': `bezant-${target}`,
      'org.opencontainers.image.licenses': 'MIT OR Apache-2.0',
      'org.opencontainers.image.revision': '0123abc',
      'org.opencontainers.image.version': '0.0.0-test',
    },
  });
  const ports = { server: ['8080', '9090', '9091'], gateway: ['9091'], combined: ['8080', '9090', '9091'] }[
    target
  ];
  expect(Object.keys(config['ExposedPorts'] as object)).toEqual(ports?.map((port) => `${port}/tcp`));
});

interface Bom {
  bomFormat: string;
  specVersion: string;
  serialNumber: string;
  metadata: { component: { name: string; version: string } };
  components: { 'bom-ref': string; name: string; group?: string; version: string; purl: string }[];
}

test.each(targets)('%s lists all that is in it', async (target, image) => {
  const bom = JSON.parse(await inside(image, 'cat', '/app/sbom.cdx.json')) as Bom;
  expect(bom).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { component: { name: `bezant-${target}`, version: '0.0.0-test' } },
  });
  const listed = new Set(bom.components.map(({ 'bom-ref': reference }) => reference));
  expect(listed.size).toBe(bom.components.length);

  const purls = bom.components.map(({ purl }) => purl);
  const node = await inside(image, 'node', '--version');
  expect(purls).toContain(`pkg:generic/node@${node.slice(1)}`);
  const debian = (
    await inside(image, 'dpkg-query', '--show', '--showformat', '${Package} ${Version}\n')
  ).split('\n');
  expect(debian.length).toBeGreaterThan(50);
  for (const line of debian) {
    const [name = '', version = ''] = line.split(' ');
    expect(purls).toContainEqual(
      expect.stringContaining(`pkg:deb/debian/${name}@${encodeURIComponent(version)}?`),
    );
  }
  // Every package.json that has a name and a version is one of the packages, or of their inner parts without a version.
  const found = await inside(image, 'node', '--eval', everyPackage);
  const packages = JSON.parse(found) as string[];
  expect(packages.length).toBeGreaterThan(target === 'gateway' ? 3 : 100);
  expect(packages.filter((purl) => !purls.includes(purl))).toEqual([]);
  expect(purls.some((purl) => purl.startsWith('pkg:generic/openjdk@17'))).toBe(target !== 'server');
});

/** Of the folders directly in a node_modules, which is what is installed. */
const everyPackage = `
  const { globSync, readFileSync, lstatSync } = require('node:fs');
  const { dirname } = require('node:path');
  const files = globSync(['/app/**/node_modules/*/package.json', '/app/**/node_modules/@*/*/package.json']);
  const installed = files.filter((file) => !lstatSync(dirname(file)).isSymbolicLink());
  console.log(JSON.stringify(installed.map((file) => {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8'));
    return 'pkg:npm/' + name.replace('@', '%40') + '@' + version;
  })));
`;

test.each(targets)('%s carries the licences of what it is made of', async (_target, image) => {
  const files = await inside(image, 'ls', '/app');
  expect(files.split('\n')).toEqual(expect.arrayContaining(['LICENSE-APACHE', 'LICENSE-MIT', 'NOTICE']));
});
