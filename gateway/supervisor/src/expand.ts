// `${NAME}` and `${NAME:-default}` in the texts of a plan, with the meaning a shell gives them: empty counts as unset.
import { Faults } from './shape.ts';

export type Env = Record<string, string | undefined>;

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** Expands every text in a JSON value; all names without a value are reported together. */
export function expandAll(value: unknown, env: Env): unknown {
  const missing = new Set<string>();
  const expand = (node: unknown): unknown => {
    if (typeof node === 'string') {
      return node.replace(reference, (_match, name: string, fallback: string | undefined) => {
        const set = env[name];
        if (set !== undefined && set !== '') return set;
        if (fallback === undefined) missing.add(name);
        return fallback ?? '';
      });
    }
    if (Array.isArray(node)) return node.map(expand);
    if (typeof node === 'object' && node !== null) {
      return Object.fromEntries(Object.entries(node).map(([key, entry]) => [key, expand(entry)]));
    }
    return node;
  };
  const expanded = expand(value);
  if (missing.size > 0) {
    throw new Faults([...missing].map((name) => `needs the environment variable ${name}, which is not set`));
  }
  return expanded;
}
