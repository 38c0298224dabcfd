// The software bill of materials of an image, CycloneDX 1.6, to stdout: the installed npm packages, Debian's packages, Node
// and Java. `sbom.ts NAME VERSION CREATED`; reads what lies where the image's build has put it.

import { existsSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';

interface Component {
  type: 'library' | 'application' | 'platform';
  'bom-ref': string;
  group?: string;
  name: string;
  version: string;
  purl: string;
  cpe?: string;
  licenses?: [{ license: { id: string } } | { expression: string }];
  hashes?: { alg: 'SHA-512'; content: string }[];
}

interface Installed {
  version?: string;
  license?: string;
  integrity?: string;
  link?: boolean;
}

const [name = '', version = '', created = ''] = process.argv.slice(2);

/** What npm wrote down of what it installed. Links are the workspaces, which are this image's own. */
function npmPackages(file: string): Component[] {
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Installed> };
  return Object.entries(packages)
    .filter(
      ([path, { link, version }]) => path.includes('node_modules/') && link !== true && version !== undefined,
    )
    .map(([path, installed]) => npmPackage(path.slice(path.lastIndexOf('node_modules/') + 13), installed));
}

function npmPackage(fullName: string, { version = '', license, integrity }: Installed): Component {
  const [, group, name = fullName] = /^(@[^/]+)\/(.+)$/.exec(fullName) ?? [];
  const purl = `pkg:npm/${fullName.replace('@', '%40')}@${version}`;
  const sha512 = integrity?.startsWith('sha512-') === true ? integrity.slice(7) : null;
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group === undefined ? {} : { group }),
    name,
    version,
    purl,
    ...(license === undefined
      ? {}
      : { licenses: [/[ (]/.test(license) ? { expression: license } : { license: { id: license } }] }),
    ...(sha512 === null
      ? {}
      : { hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }] }),
  };
}

/** Of dpkg's status file, which is what the package manager itself goes by. */
function debianPackages(file: string): Component[] {
  return readFileSync(file, 'utf8')
    .split('\n\n')
    .map(
      (paragraph) =>
        new Map([...paragraph.matchAll(/^([A-Za-z-]+): (.*)$/gm)].map(([, key, value]) => [key, value])),
    )
    .filter((fields) => fields.get('Status') === 'install ok installed')
    .map((fields) => {
      const name = fields.get('Package') ?? '';
      const version = fields.get('Version') ?? '';
      const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${fields.get('Architecture') ?? ''}`;
      return { type: 'library', 'bom-ref': purl, name, version, purl };
    });
}

const platform = (name: string, version: string, cpe: string): Component => {
  const purl = `pkg:generic/${name}@${encodeURIComponent(version)}`;
  return {
    type: 'platform',
    'bom-ref': purl,
    name,
    version,
    purl,
    cpe: `cpe:2.3:a:${cpe}:${version}:*:*:*:*:*:*:*`,
  };
};

/** Java says in its own file what it is. */
function java(file: string): Component[] {
  if (!existsSync(file)) return [];
  const version = /^JAVA_VERSION="(.+)"$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 'unknown';
  return [platform('openjdk', version, 'oracle:openjdk')];
}

const components = [
  platform('node', process.versions.node, 'nodejs:node.js'),
  ...java('/opt/java/release'),
  ...npmPackages('/app/node_modules/.package-lock.json'),
  ...debianPackages('/var/lib/dpkg/status'),
];
// The same packages twice under one reference would make the document invalid.
const unique = [...new Map(components.map((component) => [component['bom-ref'], component])).values()];
const digest = createHash('sha256')
  .update(JSON.stringify([name, version, unique]))
  .digest('hex');
const uuid = digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');

process.stdout.write(
  `${JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid}`,
    version: 1,
    metadata: {
      ...(created === '' ? {} : { timestamp: created }),
      component: { type: 'container', 'bom-ref': name, name, version },
    },
    components: unique,
  })}\n`,
);
