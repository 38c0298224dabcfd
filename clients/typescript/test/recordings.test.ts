// Answers that a real Gateway or server gave, where a folder of them lies beside the project: the types of the methods must
// accept each. What they do not accept is listed in recorded-drift.json, so that it is seen, and seen to change.

import { expect, test } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { areas } from '../src/generated/areas.ts';

interface Row {
  readonly id: string;
  readonly method: string;
  readonly path: string;
}

interface Recording {
  readonly Request: { readonly Path: string; readonly Methods: readonly string[] };
  readonly Response: { readonly StatusCode: number; readonly Body: unknown };
}

interface Recorded {
  readonly id: string;
  readonly body: unknown;
}

const root = join(import.meta.dirname, '../../..');
const folder = join(root, '../shared/recordings');
const source = join(import.meta.dirname, '../src');
const rows = readJson(join(root, 'spec/generated/operations.json')) as Row[];

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8')) as unknown;
}

/** Successes, each under the operation it is an answer of. */
function recordings(): Recorded[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => readJson(join(folder, name)) as Recording)
    .filter(({ Response }) => Response.StatusCode === 200)
    .flatMap(({ Request, Response }) =>
      Request.Methods.map((method) => ({ id: idOf(method, Request.Path), body: Response.Body })),
    );
}

/** The template that fits with the most literal segments. */
function idOf(method: string, path: string): string {
  const given = path.replace('/v1/api', '').replace(/\?.*$/, '').split('/');
  const literals = (template: string): number =>
    template.split('/').filter((part) => !part.includes('{')).length;
  const fits = (template: readonly string[]): boolean =>
    template.length === given.length &&
    template.every((part, at) => part.includes('{') || part === given[at]);
  const [best] = rows
    .filter((row) => row.method === method && fits(row.path.split('/')))
    .sort((one, other) => literals(other.path) - literals(one.path));
  if (best === undefined) throw new Error(`${method} ${path} is no operation`);
  return best.id;
}

const areaOf = new Map(
  Object.entries(areas({ call: () => Promise.reject(new Error('not called')) })).flatMap(([area, methods]) =>
    Object.keys(methods).map((id) => [id, area] as const),
  ),
);

/** A module that is fine when the type of the method's answer takes the body. Members it does not name are no fault. */
function moduleFor({ id, body }: Recorded): string {
  return `import type { Areas } from '${source}/generated/areas.ts';
type Answer = Awaited<ReturnType<Areas['${areaOf.get(id) ?? ''}']['${id}']>>;
type Plain<T> = T extends object ? { -readonly [Key in keyof T]: Plain<T[Key]> } : T;
declare function given<const T>(value: T): Plain<T>;
const body = given(${JSON.stringify(body)});
export const taken: Answer = body;
`;
}

/** What the compiler has to say, one entry a module. */
function check(modules: readonly string[]): string[][] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  };
  const texts = new Map(modules.map((text, at) => [join(source, `recorded-${at}.ts`), text]));
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => texts.has(name) || disk.fileExists(name),
    readFile: (name) => texts.get(name) ?? disk.readFile(name),
    getSourceFile(name, languageVersion, ...rest) {
      const text = texts.get(name);
      return text === undefined
        ? disk.getSourceFile(name, languageVersion, ...rest)
        : ts.createSourceFile(name, text, languageVersion);
    },
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].map((name) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map(({ messageText }) => deepest(messageText)),
  );
}

/** The end of a chain of causes says what is at odds, and the way there says where. */
function deepest(message: string | ts.DiagnosticMessageChain): string {
  return ts
    .flattenDiagnosticMessageText(message, '\n')
    .split('\n')
    .map((line) => line.trim())
    .slice(-2)
    .join(' ');
}

test('the check finds what is at odds, and nothing else', () => {
  const body = [{ order_id: '17', order_status: 'Submitted', encrypt_message: '1', more: 1 }];
  const [fine, wrong] = check([
    moduleFor({ id: 'submitNewOrder', body }),
    moduleFor({ id: 'submitNewOrder', body: 'placed' }),
  ]);
  expect(fine).toEqual([]);
  expect(wrong?.join()).toMatch(/^Type 'string' is not assignable/);
});

test('the types accept every recorded answer, but for the drift that is listed', () => {
  if (!existsSync(folder)) {
    console.info('No folder of recordings lies beside the project: the types are not compared with it.');
    return;
  }
  const recorded = recordings();
  const found = check(recorded.map(moduleFor));
  const drift: Record<string, string[]> = {};
  for (const [at, faults] of found.entries()) {
    const id = recorded[at]?.id ?? '';
    if (faults.length > 0) drift[id] = [...new Set([...(drift[id] ?? []), ...faults])];
  }
  expect(recorded.length).toBeGreaterThan(40);
  expect(drift).toEqual(readJson(join(import.meta.dirname, 'recorded-drift.json')));
});
