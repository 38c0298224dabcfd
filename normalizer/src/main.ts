// The command line: import, refresh, generate, normalize. Exit 0 done, 1 it cannot be done (one line says why and what
// to do), 2 the command line is wrong.

import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { emitCli } from './emit/cli.ts';
import { emitClient } from './emit/client.ts';
import type { Files } from './emit/emitter.ts';
import { generateContract, normaliseDocument, type Generated } from './generate.ts';
import { importDocument } from './import.ts';
import { Problem } from './problem.ts';
import { readDocument, readText } from './read.ts';
import { PUBLISHED_URL, download } from './refresh.ts';
import { staleFiles, writeFiles } from './write.ts';

const USAGE = `Usage:
  bezant-normalizer import FILE                 IBKR's document (JSON or YAML) → spec/vendor
  bezant-normalizer refresh [--url URL]         the same with the document IBKR publishes now
  bezant-normalizer generate [--check]          spec/vendor + spec/overlay → spec/generated, the client's sources
                                                and the command line's table;
                                                --check only compares
  bezant-normalizer normalize --in FILE --out DIR   any document of IBKR's → openapi.json and findings.json in DIR
Options:
  --spec DIR   the spec folder to work on (default: this project's)
  --client DIR where generate writes the client's sources (default: this project's; with --spec, nowhere)
  --help       this text`;

const OWN_SPEC = resolve(import.meta.dirname, '../../spec');
const OWN_CLIENT = resolve(import.meta.dirname, '../../clients/typescript/src/generated');
const OWN_CLI = resolve(import.meta.dirname, '../../clients/cli/generated');

interface Call {
  readonly rest: readonly string[];
  readonly specDir: string | undefined;
  readonly flags: {
    readonly check?: boolean;
    readonly client?: string;
    readonly url?: string;
    readonly in?: string;
    readonly out?: string;
  };
}

type Command = (call: Call) => Promise<string>;

const COMMANDS: Readonly<
  Record<string, { readonly flags: readonly string[]; readonly files: number; readonly run: Command }>
> = {
  import: {
    flags: [],
    files: 1,
    async run({ rest, specDir = OWN_SPEC }) {
      const from = rest[0] ?? '';
      const { file, paths } = await importDocument(await readText(from), from, join(specDir, 'vendor'));
      return `spec/vendor/${file}: ${paths} paths. Next: npm run generate, and review the diff.`;
    },
  },
  refresh: {
    flags: ['url'],
    files: 0,
    async run({ specDir = OWN_SPEC, flags }) {
      const url = flags.url ?? PUBLISHED_URL;
      if (!URL.canParse(url)) throw new Problem(`--url ${url} is no URL`, 2);
      const { file, paths } = await importDocument(
        await download(url, { timeoutMs: 60_000 }),
        url,
        join(specDir, 'vendor'),
      );
      return `spec/vendor/${file}: ${paths} paths. Next: npm run generate, and review the diff.`;
    },
  },
  generate: {
    flags: ['check', 'client'],
    files: 0,
    async run({ specDir, flags }) {
      const clientDir = flags.client ?? (specDir === undefined ? OWN_CLIENT : undefined);
      const generated = await generateContract(specDir ?? OWN_SPEC);
      const outputs: Output[] = [{ dir: join(specDir ?? OWN_SPEC, 'generated'), files: generated.files }];
      if (clientDir !== undefined)
        outputs.push({ dir: clientDir, files: await emitClient(generated.normalised) });
      if (specDir === undefined) outputs.push({ dir: OWN_CLI, files: await emitCli(generated.normalised) });
      return flags.check === true ? checked(outputs) : written(outputs, generated);
    },
  },
  normalize: {
    flags: ['in', 'out'],
    files: 0,
    async run({ flags }) {
      if (flags.in === undefined || flags.out === undefined)
        throw new Problem('normalize needs --in FILE and --out DIR', 2);
      const generated = await normaliseDocument(await readDocument(flags.in));
      return written([{ dir: flags.out, files: generated.files }], generated);
    },
  },
};

interface Output {
  readonly dir: string;
  readonly files: Files;
}

async function checked(outputs: readonly Output[]): Promise<string> {
  const stale = await Promise.all(
    outputs.map(async ({ dir, files }) => ({ dir, names: await staleFiles(dir, files) })),
  );
  const faults = stale
    .filter(({ names }) => names.length > 0)
    .map(({ dir, names }) => `stale in ${dir}: ${names.join(', ')}`);
  if (faults.length > 0) throw new Problem(`${faults.join('; ')}; run npm run generate and commit`);
  return outputs.map(({ dir }) => `${dir} is up to date.`).join('\n');
}

async function written(outputs: readonly Output[], { findings }: Generated): Promise<string> {
  for (const { dir, files } of outputs) await writeFiles(dir, files);
  return outputs.map((output) => described(output, findings)).join('\n');
}

function described({ dir, files }: Output, findings: Generated['findings']): string {
  return `${dir}: ${Object.keys(files).join(', ')}; ${findings.length} repairs.`;
}

async function run(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args);
  const [name, ...rest] = positionals;
  if (values.help === true || name === 'help') return USAGE;
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined)
    throw new Problem(name === undefined ? 'no command given' : `no command ${name}`, 2);
  const { spec, ...flags } = values;
  const strange = Object.keys(flags).filter((flag) => !command.flags.includes(flag));
  if (strange.length > 0) throw new Problem(`${name} takes no --${strange.join(', --')}`, 2);
  if (rest.length !== command.files) {
    throw new Problem(
      command.files === 1 ? `${name} takes one FILE` : `${name} takes no ${rest.join(' ')}`,
      2,
    );
  }
  return command.run({ rest, specDir: spec, flags });
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        spec: { type: 'string' },
        help: { type: 'boolean' },
        check: { type: 'boolean' },
        client: { type: 'string' },
        url: { type: 'string' },
        in: { type: 'string' },
        out: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Problem(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error), 2);
  }
}

try {
  process.stdout.write(`${await run(process.argv.slice(2))}\n`);
} catch (error) {
  const exitCode = error instanceof Problem ? error.exitCode : 1;
  const message =
    error instanceof Problem ? error.message : `a fault of its own, please report it: ${where(error)}`;
  process.stderr.write(`bezant-normalizer: ${message}\n${exitCode === 2 ? `${USAGE}\n` : ''}`);
  process.exitCode = exitCode;
}

function where(error: unknown): string {
  const [message = '', ...frames] = (
    error instanceof Error ? (error.stack ?? error.message) : String(error)
  ).split('\n');
  return `${message} ${frames[0]?.trim() ?? ''}`;
}
