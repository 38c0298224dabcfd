// Answers that a real Gateway or server gave, where a folder of them lies beside the project: every path must be an operation
// of the contract. Where an answer departs from its schema is printed: that is IBKR's document being wrong, not a failure.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import type { OperationRow } from '../src/emit/operations.ts';
import { loadGenerated, loadResponseValidators } from './emit/generated.ts';

interface Recording {
  readonly Request: { readonly Path: string; readonly Methods: readonly string[] };
  readonly Response: { readonly StatusCode: number; readonly Body: unknown };
}

const FOLDER = fileURLToPath(new URL('../../../shared/recordings', import.meta.url));

function recordings(): [string, Recording][] {
  if (!existsSync(FOLDER)) {
    console.info('No folder of recordings lies beside the project: nothing is compared with it.');
    return [];
  }
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Recording]);
}

/** The operation whose template fits with the most literal segments. */
function operationOf(rows: readonly OperationRow[], method: string, path: string): OperationRow | undefined {
  const given = path.replace('/v1/api', '').replace(/\?.*$/, '').split('/');
  const literals = ({ path: template }: OperationRow): number =>
    template.split('/').filter((part) => !part.startsWith('{')).length;
  return rows
    .filter((row) => row.method === method && fits(row.path.split('/'), given))
    .sort((one, other) => literals(other) - literals(one))[0];
}

function fits(template: readonly string[], given: readonly string[]): boolean {
  return (
    template.length === given.length &&
    template.every((part, index) => part.startsWith('{') || part === given[index])
  );
}

const recorded = recordings();
const { rows } = await loadGenerated();
const validators = await loadResponseValidators();

test('every recorded call is an operation of the contract', () => {
  const unknown = recorded.flatMap(
    ([
      name,
      {
        Request: { Path, Methods },
      },
    ]) =>
      Methods.filter((method) => operationOf(rows, method, Path) === undefined).map(
        (method) => `${name}: ${method} ${Path}`,
      ),
  );
  expect(unknown).toEqual([]);
});

test('every recorded answer has a schema to compare it with', () => {
  const without: string[] = [];
  const drift: string[] = [];
  for (const [name, { Request, Response }] of recorded) {
    const row = operationOf(rows, Request.Methods[0] ?? '', Request.Path);
    const check = Object.values(validators[row?.id ?? '']?.[Response.StatusCode] ?? {})[0];
    if (check === undefined) without.push(name);
    else if (!check(Response.Body))
      drift.push(
        ...(check.errors ?? []).map(({ instancePath, message }) => `${name}: ${instancePath} ${message}`),
      );
  }
  if (drift.length > 0)
    console.info(`Recorded answers that depart from IBKR's document:\n${drift.join('\n')}`);
  expect(without).toEqual([]);
});
