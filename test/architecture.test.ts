// Who may import whom (docs/architecture.md). The compiler's project references refuse a relative import into a package
// that is not referenced; this table refuses the rest: packages by name, folders inside the sidecar, undeclared libraries.
import { expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { importsOf, type Import } from './imports.ts';

const root = join(import.meta.dirname, '..');

const workspaces = [
  'normalizer',
  'gateway/supervisor',
  'gateway/launcher',
  'gateway/simulator',
  'sidecar',
  'clients/typescript',
  'clients/cli',
  'observability',
];

// Starts before anything is installed and outlives everything else, so it has Node's own modules and nothing more.
const builtinsOnly = new Set(['gateway/supervisor']);

// Runs in browsers, workers, Deno and Bun too.
const runsAnywhere = new Set(['clients/typescript']);

// Folders of sidecar/src that may import another folder. Everything else goes through the top files.
const folderEdges = new Set([
  'request→orders',
  'mcp→request',
  'routes→request',
  'events→request',
  'events→store',
]);
// Top files that put the folders together; for the others the folders do not exist.
const topFilesOverFolders = new Set(['main.ts', 'mcp-main.ts', 'app.ts', 'server.ts']);

// Tests that drive another package's running parts, or use what its tests have.
const testEdges = new Set([
  'gateway/launcher→gateway/simulator',
  'gateway/launcher→gateway/supervisor',
  'sidecar→gateway/launcher',
  'sidecar→gateway/simulator',
  'sidecar→gateway/supervisor',
  'clients/typescript→gateway/simulator',
  'clients/typescript→sidecar',
  'clients/cli→gateway/simulator',
  'clients/cli→sidecar',
  'observability→gateway/simulator',
  'observability→gateway/supervisor',
  'observability→sidecar',
]);

interface Place {
  workspace: string;
  /** `src`, `test`, … */
  part: string;
  /** Folder below the part, empty for a top file. */
  folder: string;
  file: string;
}

function placeOf(path: string): Place {
  const workspace = workspaces.find((name) => path.startsWith(`${name}/`)) ?? '';
  const [part = '', ...rest] = path.slice(workspace.length + 1).split('/');
  return { workspace, part, folder: rest.length > 1 ? (rest[0] ?? '') : '', file: rest.at(-1) ?? '' };
}

function refuseRelative(from: Place, to: Place): string | null {
  if (from.workspace !== to.workspace) {
    const allowed = from.part === 'test' && testEdges.has(`${from.workspace}→${to.workspace}`);
    return allowed
      ? null
      : `${from.workspace} must not import ${to.workspace || 'files outside a workspace'}`;
  }
  if (from.part === 'src' && to.part !== 'src') return `src must not import ${to.part}`;
  if (from.workspace !== 'sidecar' || from.part !== 'src' || to.folder === '' || from.folder === to.folder)
    return null;
  if (from.folder === '')
    return topFilesOverFolders.has(from.file) ? null : `top file must not import ${to.folder}/`;
  return folderEdges.has(`${from.folder}→${to.folder}`)
    ? null
    : `${from.folder}/ must not import ${to.folder}/`;
}

function refusePackage(
  from: Place,
  specifier: string,
  declared: (workspace: string) => string[],
): string | null {
  if (from.part !== 'src') return null;
  if (specifier.startsWith('node:'))
    return runsAnywhere.has(from.workspace) ? `${from.workspace} must run without Node` : null;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const allowed = builtinsOnly.has(from.workspace) ? [] : declared(from.workspace);
  return allowed.includes(name) ? null : `${name} is not a library of ${from.workspace}`;
}

function refuse(
  path: string,
  { specifier, typeOnly }: Import,
  declared: (workspace: string) => string[],
): string | null {
  const from = placeOf(path);
  if (specifier.startsWith('.')) {
    const target = join(dirname(path), specifier);
    return target.startsWith('spec/generated/') ? null : refuseRelative(from, placeOf(target));
  }
  // Types are gone once it is built; the compiler knows where they come from.
  return typeOnly ? null : refusePackage(from, specifier, declared);
}

test.each<{ from: string; imports: string; typeOnly?: true; want: string | null }>([
  { from: 'sidecar/src/main.ts', imports: './session/keeper.ts', want: null },
  { from: 'sidecar/src/app.ts', imports: './request/edge.ts', want: null },
  { from: 'sidecar/src/observe.ts', imports: './log.ts', want: null },
  {
    from: 'sidecar/src/observe.ts',
    imports: './session/keeper.ts',
    want: 'top file must not import session/',
  },
  { from: 'sidecar/src/server.ts', imports: './session/keeper.ts', want: null },
  { from: 'sidecar/src/drift.ts', imports: '../../spec/generated/validators.js', want: null },
  {
    from: 'sidecar/src/drift.ts',
    imports: '../../spec/overlay/a.js',
    want: 'sidecar must not import files outside a workspace',
  },
  { from: 'sidecar/src/events/socket.ts', imports: '../gateway.ts', want: null },
  { from: 'sidecar/src/events/socket.ts', imports: './frames.ts', want: null },
  {
    from: 'sidecar/src/events/socket.ts',
    imports: '../session/state.ts',
    want: 'events/ must not import session/',
  },
  { from: 'sidecar/src/request/pipeline.ts', imports: '../orders/policy.ts', want: null },
  {
    from: 'sidecar/src/orders/policy.ts',
    imports: '../request/edge.ts',
    want: 'orders/ must not import request/',
  },
  { from: 'sidecar/src/app.ts', imports: '../test/help.ts', want: 'src must not import test' },
  { from: 'sidecar/src/app.ts', imports: 'express', want: null },
  { from: 'sidecar/src/app.ts', imports: 'leftpad', want: 'leftpad is not a library of sidecar' },
  { from: 'sidecar/src/app.ts', imports: 'leftpad', typeOnly: true, want: null },
  {
    from: 'sidecar/src/app.ts',
    imports: '@scope/name/deep',
    want: '@scope/name is not a library of sidecar',
  },
  {
    from: 'sidecar/src/app.ts',
    imports: '../../normalizer/src/a.ts',
    want: 'sidecar must not import normalizer',
  },
  {
    from: 'sidecar/src/app.ts',
    imports: '../../gateway/simulator/src/start.ts',
    want: 'sidecar must not import gateway/simulator',
  },
  { from: 'sidecar/test/io/a.test.ts', imports: '../../../gateway/simulator/src/start.ts', want: null },
  { from: 'clients/typescript/test/a.test.ts', imports: '../../../sidecar/test/io/wire.ts', want: null },
  {
    from: 'clients/typescript/src/call.ts',
    imports: '../../../sidecar/src/event.ts',
    want: 'clients/typescript must not import sidecar',
  },
  {
    from: 'clients/typescript/src/call.ts',
    imports: 'node:fs',
    want: 'clients/typescript must run without Node',
  },
  {
    from: 'normalizer/test/a.test.ts',
    imports: '../../sidecar/src/app.ts',
    want: 'normalizer must not import sidecar',
  },
  { from: 'gateway/supervisor/src/main.ts', imports: 'node:fs', want: null },
  {
    from: 'gateway/supervisor/src/main.ts',
    imports: 'undici',
    want: 'undici is not a library of gateway/supervisor',
  },
])('$from importing $imports', ({ from, imports, typeOnly = false, want }) => {
  expect(refuse(from, { specifier: imports, typeOnly }, () => ['express'])).toBe(want);
});

test('finds imports of every form', () => {
  const source = `import a from './a.ts'; import type { B } from './b.ts'; import { type C } from './c.ts'; import './d.ts';
    export { e } from './e.ts'; export type { F } from './f.ts'; const g = await import('./g.ts'); const h = "./h.ts";`;
  expect(importsOf(source)).toEqual([
    { specifier: './a.ts', typeOnly: false },
    { specifier: './b.ts', typeOnly: true },
    { specifier: './c.ts', typeOnly: false },
    { specifier: './d.ts', typeOnly: false },
    { specifier: './e.ts', typeOnly: false },
    { specifier: './f.ts', typeOnly: true },
    { specifier: './g.ts', typeOnly: false },
  ]);
});

test('every import of the tree is allowed', () => {
  const declared = (workspace: string) => {
    const manifest = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    return Object.keys(manifest.dependencies ?? {});
  };
  const files = workspaces.flatMap((workspace) => globSync(`${workspace}/{src,test}/**/*.ts`, { cwd: root }));
  const faults = files.flatMap((path) =>
    importsOf(readFileSync(join(root, path), 'utf8'))
      .map((found) => ({ path, imports: found.specifier, fault: refuse(path, found, declared) }))
      .filter(({ fault }) => fault !== null),
  );
  expect(files.length).toBeGreaterThan(0);
  expect(faults).toEqual([]);
});
