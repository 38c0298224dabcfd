// The chart as Helm renders it: real Helm, manifests read back.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { helmProgram } from './helm-program.ts';

export const chart = join(import.meta.dirname, '..', 'bezant');
const project = join(import.meta.dirname, '..', '..', 'package.json');
export const { version } = JSON.parse(readFileSync(project, 'utf8')) as { version: string };
export const ciFiles = readdirSync(join(chart, 'ci')).map((file) => join(chart, 'ci', file));

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: unknown;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

export type Values = Readonly<Record<string, unknown>>;

interface Outcome {
  exitCode: number;
  output: string;
  errors: string;
}

/** Ends with its exit code, whatever that is; nothing of the machine's own Helm or cluster is seen. */
export async function helm(args: readonly string[]): Promise<Outcome> {
  const program = await helmProgram();
  const home = mkdtempSync(join(tmpdir(), 'bezant-helm-'));
  try {
    return await new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], HOME: home, KUBECONFIG: join(home, 'none') };
      execFile(program, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, output, errors) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), output, errors });
      });
    });
  } finally {
    rmSync(home, { recursive: true });
  }
}

interface Request {
  values?: Values;
  files?: readonly string[];
  release?: string;
  namespace?: string;
  chart?: string;
  args?: readonly string[];
}

export async function template(request: Request): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'bezant-values-'));
  try {
    const file = join(folder, 'values.json');
    writeFileSync(file, JSON.stringify(request.values ?? {}));
    return await helm([
      'template',
      request.release ?? 'home',
      request.chart ?? chart,
      '--namespace',
      request.namespace ?? 'trading',
      ...(request.files ?? []).flatMap((path) => ['--values', path]),
      '--values',
      file,
      ...(request.args ?? []),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The manifests; throws with Helm's message when it refuses. */
export async function render(request: Request = {}): Promise<Manifest[]> {
  const { exitCode, output, errors } = await template(request);
  if (exitCode !== 0) throw new Error(errors);
  return manifestsOf(output);
}

/** As Kubernetes reads YAML: 1.1, where 0440 is octal. */
export const manifestsOf = (yaml: string): Manifest[] =>
  parseAllDocuments(yaml, { version: '1.1', merge: false })
    .map((document) => {
      if (document.errors.length > 0) throw new Error(document.errors.join('\n'));
      return document.toJS() as Manifest | null;
    })
    .filter((manifest) => manifest !== null);

export function only(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter(
    (manifest) => manifest.kind === kind && (name === undefined || manifest.metadata.name === name),
  );
  const [first] = found;
  if (first === undefined || found.length > 1)
    throw new Error(`${found.length} of kind ${kind}${name === undefined ? '' : ` named ${name}`}`);
  return first;
}
