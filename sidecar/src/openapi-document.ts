// The document of this server: IBKR's operations that the Gateway serves, where they are served; the short paths, described
// by the operation behind them; and our own endpoints.

import type { Operation, Parameter } from './contract.ts';
import {
  describeShortPath,
  namesIn,
  type Components,
  type DocumentedOperation,
  type Json,
} from './openapi-short-path.ts';
import { ownPaths, problemSchema, securitySchemes } from './own-paths.ts';

export interface ContractDocument {
  openapi: string;
  info: { title: string; version: string };
  tags: readonly { name: string }[];
  paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  components: Components;
}

/** A route of ours over several operations. */
export interface ComposedRoute {
  path: string;
  operation: string;
  summary: string;
  parameters: readonly Parameter[];
}

type Entry = readonly [path: string, method: string, operation: Described];
type Described = Json & { readonly tags?: readonly string[]; readonly responses: Json };

export function createOpenapiDocument(deps: {
  contract: ContractDocument;
  operations: readonly Operation[];
  composed: readonly ComposedRoute[];
  version: string;
  /** Whether callers need a key. */
  asksForKeys: boolean;
}): Json {
  const { contract } = deps;
  const served = deps.operations.filter(({ servedBy }) => servedBy !== 'cloud');
  const entries = [
    ...ibkrPaths(contract, served),
    ...shortPaths(contract, served),
    ...composedPaths(deps.composed),
    ...Object.entries(ownPaths).map(([path, { get }]): Entry => [path, 'get', get]),
  ];
  const paths: Record<string, Record<string, Json>> = {};
  for (const [path, method, operation] of entries) {
    const responses = { ...operation.responses, default: { $ref: '#/components/responses/BezantProblem' } };
    (paths[path] ??= {})[method] = { ...operation, responses };
  }

  const keys = ['bearerKey', 'basicKey', 'headerKey'].map((name) => ({ [name]: [] }));
  const tags = new Set(entries.flatMap(([, , operation]) => operation.tags ?? []));
  const document = {
    openapi: contract.openapi,
    info: {
      title: 'bezant',
      version: deps.version,
      description: `IBKR’s Web API ${contract.info.version} as the Client Portal Gateway serves it, with the short paths and endpoints of this server.`,
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'Server' },
      { name: 'Short paths' },
      ...contract.tags.filter(({ name }) => tags.has(name)),
    ],
    security: deps.asksForKeys ? keys : [],
    paths,
  };
  const components = {
    ...contract.components,
    securitySchemes,
    responses: { ...contract.components['responses'], BezantProblem: problemResponse },
    schemas: { ...contract.components['schemas'], BezantProblem: problemSchema },
  };
  return { ...document, components: reachable(document, components) };
}

const problemResponse = {
  description: 'What went wrong, and the next step.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/BezantProblem' } } },
};

function ibkrPaths({ paths }: ContractDocument, served: readonly Operation[]): Entry[] {
  const rows = new Map(served.map((row) => [row.id, row]));
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]): Entry[] => {
      const row = rows.get(operation.operationId);
      if (row === undefined) return [];
      // Security is about IBKR's own hosts there; here it is about ours.
      const members = Object.entries(operation).filter(([member]) => member !== 'security');
      const { responses } = operation;
      return [
        [
          `/v1/api${path}`,
          method,
          { ...Object.fromEntries(members), 'x-bezant-safety': row.safety, responses },
        ],
      ];
    }),
  );
}

function shortPaths({ paths, components }: ContractDocument, served: readonly Operation[]): Entry[] {
  const documented = new Map(
    Object.values(paths).flatMap((item) =>
      Object.values(item).map((operation) => [operation.operationId, operation]),
    ),
  );
  return served.flatMap((row) => {
    const operation = documented.get(row.id);
    if (operation === undefined) return [];
    return row.routes.map((route, index): Entry => {
      const number = index === 0 ? '' : String(index + 1);
      const operationId = `short${row.id.charAt(0).toUpperCase()}${row.id.slice(1)}${number}`;
      const described = describeShortPath(row, route, operation, components);
      return [route.path, route.method.toLowerCase(), { operationId, tags: ['Short paths'], ...described }];
    });
  });
}

const composedPaths = (composed: readonly ComposedRoute[]): Entry[] =>
  composed.map(({ path, operation, summary, parameters }) => [
    path,
    'get',
    {
      operationId: operation,
      tags: ['Short paths'],
      'x-bezant-safety': 'read',
      summary,
      parameters: composedParameters(path, parameters),
      responses: { '200': { description: 'OK', content: { 'application/json': {} } } },
    },
  ]);

function composedParameters(path: string, parameters: readonly Parameter[]): Json[] {
  const fromPath = namesIn(path).map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const fromQuery = parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, required, type }) => ({
      name,
      in: 'query',
      required,
      schema: type === 'array' ? { type, items: { type: 'string' } } : { type },
    }));
  return [...fromPath, ...fromQuery];
}

/** The components that something refers to, directly or through another; security schemes are named, not referred to. */
function reachable(document: unknown, components: Components): Json {
  const kept: Record<string, Record<string, unknown>> = {
    securitySchemes: { ...components['securitySchemes'] },
  };
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const value of Object.values(node)) {
      // A reference stands under `$ref` and in the mappings of discriminators.
      const [, kind = '', name = ''] =
        typeof value === 'string' ? (/^#\/components\/([^/]+)\/([^/]+)$/.exec(value) ?? []) : [];
      if (kind === '') visit(value);
      else if (kept[kind]?.[name] === undefined) {
        const component = components[kind]?.[name];
        (kept[kind] ??= {})[name] = component;
        visit(component);
      }
    }
  };
  visit(document);
  return kept;
}
