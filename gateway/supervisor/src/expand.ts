// `${NAME}` and `${NAME:-default}` in the texts of a plan, with the meaning a shell gives them: empty counts as unset, and a
// default may hold references of its own. What a variable holds is taken as it is.
import { Faults } from './shape.ts';

export type Env = Readonly<Record<string, string | undefined>>;

const opening = /\$\{([A-Za-z_][A-Za-z0-9_]*)(:-|\})/g;

/** Expands every text in a JSON value; all names without a value are reported together. */
export function expandAll(value: unknown, env: Env): unknown {
  const missing = new Set<string>();

  /** The value of a reference; `fallback` is expanded only where it counts. */
  const valueOf = (name: string, fallback: string | null): string => {
    const set = env[name];
    if (set !== undefined && set !== '') return set;
    if (fallback === null) missing.add(name);
    return fallback === null ? '' : expandText(fallback);
  };

  const expandText = (text: string): string => {
    let expanded = '';
    let at = 0;
    for (const match of text.matchAll(opening)) {
      const [whole, name = '', ending] = match;
      // Inside the default of the reference before it.
      if (match.index < at) continue;
      const from = match.index + whole.length;
      const end = ending === '}' ? from - 1 : closing(text, from);
      if (end === -1) continue;
      expanded += text.slice(at, match.index) + valueOf(name, ending === '}' ? null : text.slice(from, end));
      at = end + 1;
    }
    return expanded + text.slice(at);
  };

  const expand = (node: unknown): unknown => {
    if (typeof node === 'string') return expandText(node);
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

/** Where the default that begins at `from` ends; -1 when it does not. */
function closing(text: string, from: number): number {
  let open = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith('${', at)) open += 1;
    else if (text[at] === '}') open -= 1;
    if (open === 0) return at;
  }
  return -1;
}
