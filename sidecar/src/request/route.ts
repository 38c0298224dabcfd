// From method and path to the operation: one tree over every template, literals before placeholders, so that
// `/portfolio/positions/{conid}` never shadows `/portfolio/{accountId}/summary`.

import type { Contract, FriendlyRoute, Operation } from '../contract.ts';
import { Problem } from '../errors.ts';

export interface Target {
  operation: Operation;
  /** Null for IBKR's own path under /v1/api. */
  friendly: FriendlyRoute | null;
}

export interface Match extends Target {
  params: Record<string, string>;
}

interface Leaf extends Target {
  names: readonly string[];
}

interface Node {
  literals: Map<string, Node>;
  placeholder: Node | null;
  leaves: Map<string, Leaf>;
}

export interface Routes {
  match(method: string, segments: readonly string[]): Match | null;
  /** The methods that a path has, for 405; empty when the path is unknown. */
  methods(segments: readonly string[]): string[];
  /** Whether these segments, all in lower case, are a path of the table in other letters. */
  knows(lowerCase: readonly string[]): boolean;
}

export function createRoutes(targets: Iterable<Target>): Routes {
  const root = newNode();
  const lowerCaseRoot = newNode();
  for (const target of targets) {
    const { path } = target.friendly ?? target.operation;
    insert(root, path, target);
    insert(lowerCaseRoot, path.toLowerCase(), target);
  }
  return {
    match(method, segments) {
      const values: string[] = [];
      const leaf = find(root, segments, 0, values, (node) => node.leaves.get(method));
      if (leaf === undefined) return null;
      const params: Record<string, string> = {};
      leaf.names.forEach((name, index) => {
        params[name] = values[index] ?? '';
      });
      return { operation: leaf.operation, friendly: leaf.friendly, params };
    },
    methods(segments) {
      const found = new Set<string>();
      find(root, segments, 0, [], (node) => {
        for (const method of node.leaves.keys()) found.add(method);
        return undefined;
      });
      return [...found].sort();
    },
    knows(lowerCase) {
      return find(lowerCaseRoot, lowerCase, 0, [], (node) => node.leaves.values().next().value) !== undefined;
    },
  };
}

export function contractTargets(contract: Contract): Target[] {
  return contract.operations.map((operation) => ({ operation, friendly: null }));
}

export function friendlyTargets(contract: Contract): Target[] {
  return contract.operations.flatMap((operation) =>
    operation.routes.map((friendly): Target => ({ operation, friendly })),
  );
}

export const wrongMethod = (method: string, allowed: readonly string[]): Problem =>
  new Problem('method_not_allowed', `${method} is not among the methods of this path.`, {
    headers: { allow: (allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed).join(', ') },
  });

const newNode = (): Node => ({ literals: new Map(), placeholder: null, leaves: new Map() });

function insert(root: Node, path: string, target: Target): void {
  const { method } = target.friendly ?? target.operation;
  const names: string[] = [];
  let node = root;
  for (const segment of path.split('/').slice(1)) {
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name === undefined) {
      const next = node.literals.get(segment) ?? newNode();
      node.literals.set(segment, next);
      node = next;
    } else {
      names.push(name);
      node.placeholder ??= newNode();
      node = node.placeholder;
    }
  }
  node.leaves.set(method, { ...target, names });
}

function find(
  node: Node,
  segments: readonly string[],
  depth: number,
  values: string[],
  leafOf: (node: Node) => Leaf | undefined,
): Leaf | undefined {
  const segment = segments[depth];
  if (segment === undefined) return leafOf(node);
  const literal = node.literals.get(segment);
  if (literal !== undefined) {
    const leaf = find(literal, segments, depth + 1, values, leafOf);
    if (leaf !== undefined) return leaf;
  }
  if (node.placeholder === null) return undefined;
  values.push(segment);
  const leaf = find(node.placeholder, segments, depth + 1, values, leafOf);
  if (leaf === undefined) values.pop();
  return leaf;
}
