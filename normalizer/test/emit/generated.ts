// What stands in spec/generated, for tests that look at the contract as it is shipped.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseJson, type JsonObject } from '../../src/json.ts';
import { loadOverlay } from '../../src/overlay.ts';
import type { OperationRow } from '../../src/emit/operations.ts';

export interface Check {
  (value: unknown): boolean;
  errors:
    readonly { readonly instancePath: string; readonly keyword: string; readonly message: string }[] | null;
}
export type Validators = Readonly<
  Record<string, { readonly parameters: Check | null; readonly body: Check | null }>
>;
export type ResponseValidators = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, Check>>>>>
>;

const SPEC = new URL('../../../spec/', import.meta.url);
const file = (name: string): URL => new URL(`generated/${name}`, SPEC);

export async function loadGenerated() {
  const { default: validators } = (await import(file('validators.js').href)) as { default: Validators };
  return {
    document: parseJson(await readFile(file('openapi.json'), 'utf8')) as JsonObject,
    overlay: loadOverlay(fileURLToPath(new URL('overlay', SPEC))),
    rows: JSON.parse(await readFile(file('operations.json'), 'utf8')) as OperationRow[],
    validators,
  };
}

export async function loadResponseValidators(): Promise<ResponseValidators> {
  return ((await import(file('response-validators.js').href)) as { default: ResponseValidators }).default;
}
