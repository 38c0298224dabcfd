// The contract as the simulator needs it: the operation table, the OpenAPI document, and which row a path means.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Operation {
  id: string;
  method: string;
  path: string;
  tag: string;
  summary: string;
  origin: 'ibkr' | 'overlay';
  parameters: { name: string; in: 'path' | 'query' | 'header'; required: boolean; type: string }[];
  body: { required: boolean; mediaTypes: string[] } | null;
  responses: Record<string, string[]>;
  servedBy: 'gateway' | 'cloud' | 'unknown';
  safety: 'read' | 'write' | 'order' | 'session' | 'destructive' | 'costs-money';
  pacing: { limit: number; windowMs: number } | { concurrent: number } | null;
  preflight: string[];
  cacheMs: number;
}

export interface Contract {
  operations: Operation[];
  /** The OpenAPI document, as parsed. */
  document: Record<string, unknown>;
}

export interface Match {
  operation: Operation;
  params: Record<string, string>;
}

const generated = fileURLToPath(new URL('../../../spec/generated/', import.meta.url));

export function loadContract(folder = generated): Contract {
  const read = (name: string): unknown => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'));
  return {
    operations: read('operations.json') as Operation[],
    document: read('openapi.json') as Record<string, unknown>,
  };
}

interface Pattern {
  operation: Operation;
  expression: RegExp;
  names: string[];
  /** One character per segment, so that a plain comparison puts literals before placeholders, leftmost first. */
  rank: string;
}

/** The row for a method and a path below /v1/api; a trailing slash is ignored, case is not. */
export function createMatcher(operations: Operation[]): (method: string, path: string) => Match | undefined {
  const patterns = operations.map(toPattern).sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  return (method, path) => {
    const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    for (const { operation, expression, names } of patterns) {
      if (operation.method !== method) continue;
      const found = expression.exec(plain);
      if (found === null) continue;
      return { operation, params: toParams(names, found.slice(1)) };
    }
    return undefined;
  };
}

function toPattern(operation: Operation): Pattern {
  const names: string[] = [];
  const source = operation.path
    .split(/(\{[^}]+\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      names.push(part.slice(1, -1));
      return '([^/]+)';
    })
    .join('');
  const rank = operation.path
    .split('/')
    .map((segment) => (segment.includes('{') ? '1' : '0'))
    .join('');
  return { operation, expression: new RegExp(`^${source}$`), names, rank };
}

function toParams(names: string[], values: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, index) => [name, decode(values[index] ?? '')]));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
