// What an MCP client's model is offered: spec/overlay/tools.yaml, checked before anything is read from it. Each tool has the
// schema of its arguments, closed, and most have one of their answers.

import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonObject } from './json.ts';
import { Problem } from './problem.ts';
import { parseAny } from './read.ts';

export const toolsFile = 'tools.yaml';

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** `orders`: offered only where the model may trade */
  readonly access: 'read' | 'orders';
  readonly hints: Readonly<Record<string, boolean>>;
  readonly inputSchema: JsonObject;
  /** null: the answer is whatever IBKR says */
  readonly outputSchema: JsonObject | null;
}

interface Written {
  readonly description: string;
  readonly access?: 'read' | 'orders';
  /** takes over the arguments of another tool */
  readonly like?: string;
  readonly arguments?: JsonObject;
  readonly required?: string[];
  readonly answer?: JsonObject;
  readonly hints?: Readonly<Record<string, boolean>>;
}

interface ToolsFile {
  readonly tools: Readonly<Record<string, Written>>;
}

const text = { type: 'string', minLength: 1 } as const;
const schemas = { type: 'object', additionalProperties: { type: 'object' } } as const;

const fileSchema = {
  type: 'object',
  required: ['tools'],
  properties: {
    // Anchors for the rest of the file.
    pieces: { type: 'object' },
    tools: {
      type: 'object',
      // Clients put a prefix before the name, and models take 64 characters in all.
      propertyNames: { pattern: '^[a-z][a-z0-9_]{0,39}$' },
      additionalProperties: {
        type: 'object',
        required: ['description'],
        properties: {
          description: { type: 'string', pattern: '^[A-Z].*\\.$' },
          access: { enum: ['read', 'orders'] },
          like: text,
          arguments: schemas,
          required: { type: 'array', items: text, uniqueItems: true },
          answer: schemas,
          hints: { type: 'object', additionalProperties: { type: 'boolean' } },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

export function parseTools(content: string): Tool[] {
  const parsed = parseAny(content, toolsFile);
  const isToolsFile = new Ajv2020({ allErrors: true }).compile<ToolsFile>(fileSchema);
  if (!isToolsFile(parsed)) {
    const faults = (isToolsFile.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${toolsFile}: ${instancePath.slice(1)} ${message ?? 'is wrong'} ${JSON.stringify(params)}`,
    );
    throw new Problem(`The tools do not read:\n${faults.join('\n')}`);
  }
  return Object.entries(parsed.tools).map(([name, written]) => tool(name, written, parsed.tools));
}

function tool(name: string, written: Written, all: ToolsFile['tools']): Tool {
  const { description, access = 'read', answer, like } = written;
  const model = like === undefined ? undefined : all[like];
  if (like !== undefined && model === undefined)
    throw new Problem(`${toolsFile}: ${name} is like ${like}, which is no tool`);
  const required = [...(model?.required ?? []), ...(written.required ?? [])];
  return {
    name,
    description,
    access,
    hints: access === 'read' ? { readOnlyHint: true } : (written.hints ?? {}),
    inputSchema: {
      type: 'object',
      properties: { ...model?.arguments, ...written.arguments },
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    },
    outputSchema: answer === undefined ? null : { type: 'object', properties: answer },
  };
}
