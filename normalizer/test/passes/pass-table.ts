// given → want for one pass, and that a second run changes nothing.

import { expect, test } from '@jest/globals';
import { cloneJson, parseJson, type Json, type JsonObject } from '../../src/json.ts';
import type { Pass } from '../../src/passes/pass.ts';

export interface Row {
  readonly name: string;
  readonly given: JsonObject;
  /** absent: nothing changes */
  readonly want?: JsonObject;
  /** JSON pointers of what is reported */
  readonly at?: readonly string[];
}

export function passTable(pass: Pass, rows: readonly Row[]): void {
  test.each(rows.map((row) => ({ ...row, name: row.name })))('$name', ({ given, want = given, at }) => {
    const document = cloneJson(given);
    const found = run(pass, document);
    expect(JSON.parse(JSON.stringify(document))).toEqual(JSON.parse(JSON.stringify(want)));
    if (at) expect(found).toEqual(at);
    expect(found.length === 0).toBe(JSON.stringify(given) === JSON.stringify(want));
    expect(run(pass, document)).toEqual([]);
    expect(JSON.parse(JSON.stringify(document))).toEqual(JSON.parse(JSON.stringify(want)));
  });
}

function run(pass: Pass, document: JsonObject): string[] {
  const found: string[] = [];
  pass.run(document, (at) => found.push(at));
  return found;
}

export const schemas = (members: JsonObject): JsonObject => ({ components: { schemas: members } });
export const get = (operation: JsonObject, path = '/a'): JsonObject => ({
  paths: { [path]: { get: operation } },
});
export const parameters = (list: Json[], path = '/a'): JsonObject => get({ parameters: list }, path);
/** A response body with its examples. */
export const body = (media: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...get({ responses: { 200: { content: { 'application/json': media } } } }),
  ...more,
});
export const MEDIA = '/paths/~1a/get/responses/200/content/application~1json';
/** Keeps `1.0` as it is written. */
export const json = (text: string): JsonObject => parseJson(text) as JsonObject;
