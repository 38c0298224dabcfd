// Requests for one operation: good ones from its schemas and examples, and ones that are wrong in one place each.

import { list, object } from '../../src/document.ts';
import { isObject, type Json, type JsonObject } from '../../src/json.ts';
import type { Operation } from '../../src/operation.ts';
import { follow } from '../../src/pointer.ts';
import { mutations } from './mutate.ts';
import { sample, type Fill } from './sample.ts';

export interface Asked {
  readonly operation: Operation;
  readonly name: string;
  readonly good: boolean;
  readonly path: Readonly<Record<string, Text>>;
  readonly query: Readonly<Record<string, Text>>;
  /** undefined: the operation takes no JSON body */
  readonly body: Json | undefined;
}
type Text = string | readonly string[];

// An account application has thousands of members; those of an order all fit.
const BAD_BODIES = 150;
const WORD = 'no such word';

export function requestsFor(document: JsonObject, operation: Operation): Asked[] {
  const media = jsonMedia(document, operation);
  const filled = (fill: Fill): Omit<Asked, 'name' | 'good'> => ({
    operation,
    path: texts(document, operation, 'path', fill),
    query: texts(document, operation, 'query', fill),
    body: media && sample(document, media['schema'], fill),
  });
  const all = filled('every member');
  return [
    { ...all, good: true, name: 'everything given' },
    { ...filled('required members'), good: true, name: 'only what is required' },
    ...examplesOf(document, media).map((body, index) => ({
      ...all,
      good: true,
      name: `example ${index}`,
      body,
    })),
    ...wrongTexts(all).map((wrong) => ({ ...all, good: false, ...wrong })),
    ...(all.body === undefined ? [] : mutations(all.body, BAD_BODIES)).map(({ what, at, value }) => ({
      ...all,
      good: false,
      name: `body${at} ${what}`,
      body: value,
    })),
  ];
}

export function jsonMedia(document: JsonObject, { node }: Operation): JsonObject | undefined {
  const content = object(follow(document, node['requestBody']) ?? {}, 'content');
  return content && object(content, 'application/json');
}

/** Path and query members, each a word where the operation may want a number, and each of the query's left out. */
function wrongTexts({
  path,
  query,
}: Pick<Asked, 'path' | 'query'>): (Pick<Asked, 'name'> & Partial<Asked>)[] {
  return [
    ...Object.keys(path).map((name) => ({ name: `path ${name} is a word`, path: { ...path, [name]: WORD } })),
    ...Object.keys(query).flatMap((name) => {
      const rest = Object.fromEntries(Object.entries(query).filter(([other]) => other !== name));
      return [
        { name: `query ${name} is a word`, query: { ...query, [name]: WORD } },
        { name: `query ${name} left out`, query: rest },
      ];
    }),
  ];
}

function texts(
  document: JsonObject,
  { item, node }: Operation,
  position: string,
  fill: Fill,
): Record<string, Text> {
  const parameters = [...list(item, 'parameters'), ...list(node, 'parameters')];
  return Object.fromEntries(
    parameters.flatMap((parameter): [string, Text][] => {
      const { name, in: where, required, schema } = follow(document, parameter) ?? {};
      if (typeof name !== 'string' || where !== position) return [];
      if (fill === 'required members' && required !== true) return [];
      const value = sample(document, schema, fill);
      // an object is spread over several query members, which nobody checks
      if (isObject(value)) return [];
      return [[name, Array.isArray(value) ? value.map((item) => text(item)) : text(value)]];
    }),
  );
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? WORD);
}

function examplesOf(document: JsonObject, media: JsonObject | undefined): Json[] {
  if (media === undefined) return [];
  const named = Object.values(object(media, 'examples') ?? {}).map(
    (example) => follow(document, example)?.['value'],
  );
  return [...named, media['example']].filter((value) => value !== undefined);
}
