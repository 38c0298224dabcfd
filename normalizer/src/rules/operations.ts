// What the table of operations must satisfy before it is written. Each rule names the operations that break it, so that
// the build says what to add or correct in spec/overlay.

import { list } from '../document.ts';
import type { JsonObject } from '../json.ts';
import { keyOf, operations, parametersOf, placeholders, type Operation } from '../operation.ts';
import type { OperationFacts, Overlay, Route } from '../overlay.ts';
import { follow } from '../pointer.ts';
import type { Rule } from './rule.ts';

export const operationsDescribed: Rule = {
  name: 'operations-described',
  holdsFor: 'generate',
  faults: ({ document, overlay }) => operationFaults(document, overlay),
};

function operationFaults(document: JsonObject, overlay: Overlay): string[] {
  const known = new Map(operations(document).map((operation) => [keyOf(operation), operation]));
  return [
    ...[...known.keys()]
      .filter((key) => !overlay.operations.has(key))
      .map((key) => `${key} has no entry: add one`),
    ...[...overlay.schemas.keys()]
      .filter((name) => follow(document, { $ref: `#/components/schemas/${name}` }) === undefined)
      .map((name) => `schema ${name} is patched but does not exist: correct its name`),
    ...[...overlay.operations].flatMap(([key, facts]) => {
      const operation = known.get(key);
      if (operation === undefined)
        return [`${facts.file}: ${key} is not an operation: correct the key, or give it an id`];
      const parameters = parameterNames(document, operation);
      return [
        ...missing(facts),
        ...wrongId(operation, facts),
        ...wrongTag(operation, facts),
        ...facts.preflight.flatMap((id) => wrongPreflight(document, known, id)),
        ...facts.guards
          .filter(({ in: at, name }) => at !== 'body' && !parameters.has(name))
          .map(({ name }) => `guards ${name}, which is not a parameter`),
        ...facts.routes.flatMap((route) => wrongRoute(operation, parameters, route)),
      ].map((fault) => `${facts.file}: ${key} ${fault}`);
    }),
    ...collisions(overlay),
  ];
}

function missing(facts: OperationFacts): string[] {
  return (['summary', 'safety', 'servedBy', 'source'] as const)
    .filter((name) => facts[name] === undefined)
    .map((name) => `has no ${name}: add it`);
}

/** Only what IBKR's document leaves out has its name from us, and a name that is taken would be changed by a pass. */
function wrongId({ node }: Operation, { id }: OperationFacts): string[] {
  if (id === undefined) return [];
  if (node['x-bezant-origin'] === undefined)
    return [`has the id ${id}, but IBKR's document knows the operation: remove the id`];
  return node['operationId'] === id ? [] : [`has the id ${id}, which another operation has: choose another`];
}

function wrongTag({ node }: Operation, { tag }: OperationFacts): string[] {
  return list(node, 'tags').includes(tag)
    ? []
    : [`does not carry the tag ${tag}: move it to the file of its own tag`];
}

/** A preflight is made on nobody's behalf, so it can have no parameters to fill in. */
function wrongPreflight(document: JsonObject, known: ReadonlyMap<string, Operation>, id: string): string[] {
  const operation = [...known.values()].find(({ node }) => node['operationId'] === id);
  if (operation === undefined) return [`has the preflight ${id}, which is no operationId`];
  const asks = parametersOf(document, operation).some(({ node }) => node['required'] === true);
  const body = follow(document, operation.node['requestBody'])?.['required'] === true;
  return asks || body ? [`has the preflight ${id}, which cannot be called without parameters`] : [];
}

function wrongRoute({ node }: Operation, parameters: ReadonlyMap<string, string>, route: Route): string[] {
  const name = `${route.method} ${route.path}`;
  const places = placeholders(route.path);
  const renamed = new Map(
    Object.entries(route.params).map(([upstream, { path }]) => [path ?? upstream, upstream]),
  );
  const fed = new Set(places.map((placeholder) => renamed.get(placeholder) ?? placeholder));
  return [
    ...Object.keys(route.params)
      .filter((upstream) => !parameters.has(upstream))
      .map((upstream) => `route ${name} names ${upstream}, which is not a parameter`),
    ...Object.entries(route.params)
      .filter(([, { path }]) => path !== undefined && !places.includes(path))
      .map(([, { path = '' }]) => `route ${name} has no {${path}} in its path`),
    ...[...fed]
      .filter((upstream) => !parameters.has(upstream))
      .map((upstream) => `route ${name} has {${upstream}}, which feeds no parameter`),
    ...[...parameters]
      .filter(
        ([upstream, position]) =>
          position === 'path' && !fed.has(upstream) && route.params[upstream] === undefined,
      )
      .map(([upstream]) => `route ${name} leaves {${upstream}} empty`),
    ...(route.body !== undefined && node['requestBody'] === undefined
      ? [`route ${name} makes a body the operation does not take`]
      : []),
  ];
}

/** Two routes of one method whose paths differ at most in the names of their placeholders. */
function collisions(overlay: Overlay): string[] {
  const shapes = new Map<string, string>();
  const faults: string[] = [];
  for (const [key, { routes }] of overlay.operations) {
    for (const { method, path } of routes) {
      const shape = `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`;
      const other = shapes.get(shape);
      if (other !== undefined) faults.push(`${key} and ${other} both have the route ${method} ${path}`);
      shapes.set(shape, key);
    }
  }
  return faults;
}

/** Name → position */
function parameterNames(document: JsonObject, operation: Operation): Map<string, string> {
  return new Map(
    parametersOf(document, operation).flatMap(({ node: { name, in: position } }): [string, string][] => {
      return typeof name === 'string' && typeof position === 'string' ? [[name, position]] : [];
    }),
  );
}
