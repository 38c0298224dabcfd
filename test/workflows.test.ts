// What GitHub is told to do: others' actions are pinned to their content, and a job gets no right that it does not need.
import { describe, expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, { permissions?: Record<string, string>; 'timeout-minutes'?: number; steps: Step[] }>;
}

const workflows = globSync('.github/workflows/*.yml', { cwd: root })
  .toSorted()
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { name: basename(path), text, workflow: parse(text) as Workflow };
  });

/** By version alone, as their content is not known to us; they run in jobs that can only read. */
const byVersion = ['anchore/scan-action@v6'];

/** What a job may write, and why it must. Everything else reads at most. */
const writes: Record<string, Record<string, string>> = {
  'images.yml: build': { packages: 'pushes the images' },
  'images.yml: publish': { packages: 'gives them their tags', 'id-token': 'signs them' },
  'chart.yml: push': { packages: 'pushes the chart', 'id-token': 'signs it' },
  'site.yml: deploy': { pages: 'puts the site there', 'id-token': 'shows Pages who it is' },
};

test('there are workflows', () => {
  expect(workflows.map(({ name }) => name)).toEqual(['chart.yml', 'ci.yml', 'images.yml', 'site.yml']);
});

describe.each(workflows)('$name', ({ name, text, workflow }) => {
  const jobs = Object.entries(workflow.jobs);
  const written = (permissions: Record<string, string> = {}): string[] =>
    Object.keys(permissions).filter((scope) => permissions[scope] === 'write');

  test('pins every action to a commit, and says which version that is', () => {
    const uses = [...text.matchAll(/uses: (.+)$/gm)].map(([, action = '']) => action);
    expect(uses.length).toBeGreaterThan(0);
    const loose = uses.filter((action) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action));
    expect(loose.filter((action) => !byVersion.includes(action))).toEqual([]);
  });

  test('may write nothing as a whole, and its jobs only what they are known for', () => {
    expect(workflow.permissions).toBeDefined();
    expect(written(workflow.permissions)).toEqual([]);
    for (const [job, { permissions }] of jobs)
      expect({ job, scopes: written(permissions) }).toEqual({
        job,
        scopes: Object.keys(writes[`${name}: ${job}`] ?? {}),
      });
  });

  test('actions pinned by version alone are in jobs that write nothing', () => {
    for (const [, { permissions, steps }] of jobs)
      if (steps.some(({ uses }) => byVersion.includes(uses ?? ''))) expect(written(permissions)).toEqual([]);
  });

  test('every job ends some time', () => {
    for (const [, job] of jobs) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  test('leaves no token in a checkout', () => {
    for (const [, { steps }] of jobs)
      for (const { uses, with: given } of steps)
        if (uses?.startsWith('actions/checkout@') === true)
          expect(given).toMatchObject({ 'persist-credentials': false });
  });

  test('runs no text of a stranger as shell', () => {
    const expressions = jobs.flatMap(([, { steps }]) =>
      steps.flatMap(({ run = '' }) =>
        [...run.matchAll(/\$\{\{ ([^}]*?) \}\}/g)].map(([, inner = '']) => inner),
      ),
    );
    expect(expressions.filter((inner) => !inner.startsWith('matrix.'))).toEqual([]);
  });
});
