// What a tool is: a row of spec/generated/tools.json, and the function that answers it.

import { readFileSync } from 'node:fs';
import type { Caller } from './calls.ts';
import type { Json } from './reading.ts';

export interface ToolRow {
  readonly name: string;
  readonly description: string;
  /** `orders`: offered only to a caller who may trade here */
  readonly access: 'read' | 'orders';
  readonly hints: Readonly<Record<string, boolean>>;
  readonly inputSchema: Json;
  readonly outputSchema: Json | null;
  readonly operations: readonly string[];
}

/** What must be known of an operation to call it by name. */
export interface OperationSketch {
  readonly params: Json;
  readonly body?: Json;
  readonly answer?: unknown;
}

export interface ToolTable {
  readonly tools: readonly ToolRow[];
  readonly operations: Readonly<Record<string, OperationSketch | undefined>>;
}

export const loadTools = (folder: URL): ToolTable =>
  JSON.parse(readFileSync(new URL('tools.json', folder), 'utf8')) as ToolTable;

/** A question for the person behind the client, to be answered with yes or no. */
export interface Asked {
  readonly key: string;
  readonly message: string;
}

export interface ToolCaller extends Caller {
  /** Where a browser reaches this server. */
  readonly address: string;
  readonly mayOrder: boolean;
  /** Whether the client can put a question to its user. */
  readonly canAsk: boolean;
  /** What the user said to a question; null when it was not asked. */
  said(key: string): 'yes' | 'no' | null;
}

export type ToolAnswer = { readonly json: unknown } | { readonly ask: Asked };

/** The arguments have passed the tool's schema. Throws a Problem or a ToolFault. */
export type Run = (args: Json, caller: ToolCaller) => Promise<ToolAnswer>;

export type Tools = Readonly<Record<string, Run>>;
