// The tools as they are shipped: what they cost a model's context, and that every client and model takes them.

import { expect, test } from '@jest/globals';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { generatedFolder, loadContract } from '../../src/contract.ts';
import { loadTools, type ToolRow } from '../../src/mcp/tool.ts';
import { formerTools } from './client.ts';

const { tools, operations } = loadTools(generatedFolder);
const contract = loadContract();

/** As tools/list sends it. */
const listed = (rows: readonly ToolRow[]): string =>
  JSON.stringify({
    tools: rows.map(({ name, description, inputSchema, outputSchema, hints }) => ({
      name,
      description,
      inputSchema,
      ...(outputSchema === null ? {} : { outputSchema }),
      annotations: hints,
    })),
  });

test.each([
  ['what is offered by default', tools.filter(({ access }) => access === 'read'), 5000],
  ['all of it', tools, 6000],
])('%s fits into the budget of tokens', (_what, rows, most) => {
  expect(countTokens(listed(rows))).toBeLessThanOrEqual(most);
});

test('the predecessor’s tools are there', () => {
  expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining([...formerTools]));
});

test.each(tools.map((row) => [row.name, row] as const))('%s is one that all take', (name, row) => {
  expect(name).toMatch(/^[a-z][a-z0-9_]{0,39}$/);
  expect(row.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
  for (const schema of [row.inputSchema, row.outputSchema ?? {}]) {
    for (const word of ['oneOf', 'anyOf', 'allOf', 'not']) expect(schema).not.toHaveProperty(word);
    expect(JSON.stringify(schema)).not.toContain('"$ref"');
  }
  for (const member of Object.keys(row.inputSchema['properties'] ?? {}))
    expect(member).toMatch(/^[a-z][a-z0-9_]{0,63}$/);
  // A host may let a reading tool run without asking.
  expect(row.hints['readOnlyHint'] === true).toBe(row.access === 'read');
  if (row.access === 'read')
    expect(row.operations.map((id) => contract.byId.get(id)?.safety)).toEqual(
      row.operations.map(() => 'read'),
    );
});

test('every operation of the Gateway can be described', () => {
  const servable = contract.operations.filter(({ servedBy }) => servedBy !== 'cloud').map(({ id }) => id);
  expect(Object.keys(operations).toSorted()).toEqual(servable.toSorted());
  expect(JSON.stringify(operations)).not.toContain('"$ref"');
});

test('no description is longer than a model can hold', () => {
  const sizes = Object.values(operations).map((sketch) => countTokens(JSON.stringify(sketch)));
  expect(Math.max(...sizes)).toBeLessThan(8000);
});
