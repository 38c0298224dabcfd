// Tools as the overlay says them, the rule they must satisfy, and what is written of them.

import { describe, expect, test } from '@jest/globals';
import { emitTools } from '../src/emit/tools.ts';
import type { JsonObject } from '../src/json.ts';
import { parseOverlay } from '../src/overlay.ts';
import { toolsFit } from '../src/rules/tools.ts';
import { parseTools } from '../src/tools.ts';

const TOOLS = `
pieces: { id: &id { type: integer } }
tools:
  thing:
    description: One thing.
    arguments: { id: *id, deep: { type: boolean } }
    required: [id]
    answer: { name: { type: string } }
  set_thing:
    access: orders
    description: Set it.
    like: thing
    arguments: { value: { type: string } }
    required: [value]
    hints: { destructiveHint: true }
`;

const OPERATIONS = `
tag: Things
operations:
  GET /things/{id}: { summary: Do it., safety: read, servedBy: gateway, source: s, tool: thing }
  POST /things/{id}: { summary: Do it., safety: write, servedBy: gateway, source: s }
  GET /cloud: { summary: Do it., safety: read, servedBy: cloud, source: s }
`;

const DOCUMENT: JsonObject = {
  paths: {
    '/things/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer', title: 'An id' } }],
      get: {
        operationId: 'getThing',
        parameters: [{ name: 'sort', in: 'query', schema: { $ref: '#/components/schemas/sort' } }],
        responses: {
          200: { content: { 'application/json': { example: { rows: [1, 2, 3], text: 'x'.repeat(500) } } } },
        },
      },
      post: {
        operationId: 'setThing',
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/tree' } } } },
        responses: {},
      },
    },
    '/cloud': { get: { operationId: 'getCloud', responses: {} } },
  },
  components: {
    schemas: {
      sort: { type: 'string', enum: ['up', 'down'] },
      tree: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', description: 'Its name' },
          children: { type: 'array', items: { $ref: '#/components/schemas/tree' } },
          either: { oneOf: [{ type: 'string' }, { $ref: '#/components/schemas/sort' }] },
        },
      },
    },
  },
};

const overlay = parseOverlay({ 'things.yaml': OPERATIONS, 'tools.yaml': TOOLS });
const normalised = { document: DOCUMENT, overlay, findings: [] };

test('arguments are closed, and a tool may be like another', () => {
  expect(parseTools(TOOLS)).toEqual([
    {
      name: 'thing',
      description: 'One thing.',
      access: 'read',
      hints: { readOnlyHint: true },
      inputSchema: {
        type: 'object',
        properties: { id: { type: 'integer' }, deep: { type: 'boolean' } },
        required: ['id'],
        additionalProperties: false,
      },
      outputSchema: { type: 'object', properties: { name: { type: 'string' } } },
    },
    {
      name: 'set_thing',
      description: 'Set it.',
      access: 'orders',
      hints: { destructiveHint: true },
      inputSchema: {
        type: 'object',
        properties: { id: { type: 'integer' }, deep: { type: 'boolean' }, value: { type: 'string' } },
        required: ['id', 'value'],
        additionalProperties: false,
      },
      outputSchema: null,
    },
  ]);
});

test.each([
  ['a name that is too long', `tools: { ${'a'.repeat(41)}: { description: A. } }`, 'must match pattern'],
  ['a misspelt member', 'tools: { a: { description: A., argument: {} } }', 'must NOT have additional'],
  ['no description', 'tools: { a: {} }', 'description'],
  ['being like nothing', 'tools: { a: { description: A., like: b } }', 'a is like b, which is no tool'],
])('%s stops the build', (_what, text, says) => {
  expect(() => parseTools(text)).toThrow(says);
});

describe('the rule', () => {
  const faults = (tools: string, operations = OPERATIONS) =>
    toolsFit.faults({
      ...normalised,
      overlay: parseOverlay({ 'things.yaml': operations, 'tools.yaml': tools }),
    });

  test('is satisfied by these', () => {
    expect(toolsFit.faults(normalised)).toEqual([]);
  });

  test.each([
    [
      'an operation of a tool that there is not',
      'tools: { a: { description: A. } }',
      'things.yaml: GET /things/{id} names the tool thing, which tools.yaml does not have',
    ],
    [
      'an argument that there is not',
      'tools: { thing: { description: A., required: [b] } }',
      'tools.yaml: thing requires "b", which is no argument',
    ],
    [
      'a reference',
      "tools: { thing: { description: A., arguments: { b: { items: { $ref: '#/c' } } } } }",
      'tools.yaml: thing has a $ref',
    ],
  ])('%s breaks it', (_what, tools, says) => {
    expect(faults(tools)).toContain(says);
  });
});

describe('tools.json', () => {
  const written = async () => {
    const files = await emitTools(normalised);
    return JSON.parse(files['tools.json'] ?? '') as {
      tools: { name: string; operations: string[] }[];
      operations: Record<
        string,
        { params: unknown; body?: unknown; answer?: { rows: unknown; text: string } }
      >;
    };
  };

  test('names the operations that a tool is made of', async () => {
    const { tools } = await written();
    expect(tools.map(({ name, operations }) => [name, operations])).toEqual([
      ['thing', ['getThing']],
      ['set_thing', []],
    ]);
  });

  test('describes what the Gateway serves, without references and without an end', async () => {
    const { operations } = await written();
    expect(Object.keys(operations)).toEqual(['getThing', 'setThing']);
    expect(operations['getThing']?.params).toEqual({
      type: 'object',
      properties: { id: { type: 'integer' }, sort: { type: 'string', enum: ['up', 'down'] } },
      required: ['id'],
    });
    expect(operations['setThing']?.body).toEqual({
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string' },
        children: { type: 'array', items: {} },
        either: { oneOf: [{ type: 'string' }, { type: 'string', enum: ['up', 'down'] }] },
      },
    });
  });

  test('shows one short answer', async () => {
    const { answer } = (await written()).operations['getThing'] ?? {};
    expect(answer?.rows).toEqual([1]);
    expect(answer?.text.length).toBeLessThan(130);
  });
});
