// What the tools must satisfy: an operation may be named by one that exists, and every schema must be one that all clients
// and models take: no references, and no choice at the root.

import { isObject, type Json } from '../json.ts';
import type { Overlay } from '../overlay.ts';
import { toolsFile, type Tool } from '../tools.ts';
import type { Rule } from './rule.ts';

export const toolsFit: Rule = {
  name: 'tools-fit',
  holdsFor: 'generate',
  faults: ({ overlay }) => [...unknownTools(overlay), ...overlay.tools.flatMap(wrongSchemas)],
};

function unknownTools({ operations, tools }: Overlay): string[] {
  const known = new Set(tools.map(({ name }) => name));
  return [...operations].flatMap(([key, { file, tool }]) =>
    tool === null || known.has(tool)
      ? []
      : [`${file}: ${key} names the tool ${tool}, which ${toolsFile} does not have`],
  );
}

const CHOICES = ['oneOf', 'anyOf', 'allOf', 'not'] as const;

function wrongSchemas({ name, inputSchema, outputSchema }: Tool): string[] {
  const required = Array.isArray(inputSchema['required']) ? inputSchema['required'] : [];
  const properties = isObject(inputSchema['properties']) ? inputSchema['properties'] : {};
  const faults = [
    ...required
      .filter((member) => typeof member !== 'string' || !Object.hasOwn(properties, member))
      .map((member) => `requires ${JSON.stringify(member)}, which is no argument`),
    ...[inputSchema, outputSchema].flatMap((schema) =>
      schema === null
        ? []
        : [
            ...CHOICES.filter((choice) => choice in schema).map(
              (choice) => `has ${choice} at the root of a schema`,
            ),
            ...(hasReference(schema) ? ['has a $ref'] : []),
          ],
    ),
  ];
  return faults.map((fault) => `${toolsFile}: ${name} ${fault}`);
}

function hasReference(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasReference);
  return isObject(value) && ('$ref' in value || Object.values(value).some(hasReference));
}
