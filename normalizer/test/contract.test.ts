// The committed contract: what IBKR's document of spec/vendor becomes, counted, and that nothing of it is lost.

import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { list, object, walk } from '../src/document.ts';
import { generateContract, type Generated } from '../src/generate.ts';
import { cloneJson, parseJson, writeJson, type JsonObject } from '../src/json.ts';
import { operations } from '../src/operation.ts';
import { runPasses } from '../src/passes/index.ts';
import type { Finding } from '../src/passes/pass.ts';
import { follow } from '../src/pointer.ts';
import { readDocument } from '../src/read.ts';

const SPEC = join(import.meta.dirname, '../../spec');

/** Status and media type of every answer, media type of every request, by operation. */
function bodies(document: JsonObject): Map<string, string[]> {
  return new Map(
    operations(document).map(({ method, path, node }) => {
      const answers = Object.entries(object(node, 'responses') ?? {}).flatMap(([status, response]) => {
        const types = Object.keys(object(follow(document, response) ?? {}, 'content') ?? {});
        return types.length === 0 ? [status] : types.map((type) => `${status} ${type}`);
      });
      const content = object(follow(document, node['requestBody']) ?? {}, 'content') ?? {};
      return [`${method} ${path}`, [...answers, ...Object.keys(content)]];
    }),
  );
}

function count(findings: readonly Finding[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { pass } of findings) counts[pass] = (counts[pass] ?? 0) + 1;
  return counts;
}

describe('version 2.28.0 as IBKR published it', () => {
  let before: JsonObject;
  let after: JsonObject;
  let findings: Finding[];
  beforeAll(async () => {
    before = await readDocument(join(SPEC, 'vendor', 'cpapi-2.28.0.json'));
    after = cloneJson(before);
    findings = runPasses(after);
  });

  // 152 paths and 162 operations. Where a figure may surprise, the reason stands beside it.
  test.each<[string, number, string]>([
    [
      'openapi-3-1',
      434,
      'the version, 415 examples of schemas, 15 nullable, 3 references with something beside them',
    ],
    ['unknown-components', 1, 'components.extensions'],
    ['null-scopes', 2, 'POST restrictions and restrictions/verify'],
    ['security-schemes', 1, 'bearerAuth'],
    ['switching-operations', 1, 'GET /ws; the cookie parameter and the missing name go with it'],
    ['operation-ids', 156, '157 lack a name, one of them GET /ws'],
    ['path-parameters', 24, 'client-id 21, two spelt differently, one called differently'],
    ['servers', 113, '63 operations of their own beside GET /ws, 49 hosted paths, the top level'],
    ['enum-values', 4, '"true" twice, "0" "1" "2" and the type they are of'],
    ['formats', 2, 'jwt becomes a media type: one goes, one comes'],
    ['list-parameters', 3, 'conids, fields, filters; form numbers are a list already'],
    ['array-items', 53, 'four of them with the members of the items on the list'],
    ['object-types', 60, ''],
    ['required-names', 3, 'reqId and reqID'],
    ['wrapped-examples', 4, 'tickle, sso/validate, ssodh/init, auth/status'],
    ['decimal-integers', 31, 'ten have a real fraction, the others are written 0.0'],
    ['lone-examples', 2, 'one alert, one signatory'],
    ['integer-range', 15, 'milliseconds, and ids of alerts'],
    ['example-types', 65, ''],
    ['overlapping-choices', 8, 'among them every answer to an order'],
    ['contradicting-examples', 7, ''],
  ])('%s: %i', (pass, want) => {
    expect(count(findings)[pass]).toBe(want);
  });

  test('passes that find nothing here', () => {
    expect(count(findings)['cookie-parameters']).toBeUndefined();
    expect(Object.keys(count(findings))).toHaveLength(21);
  });

  test('a second run changes nothing', () => {
    const again = cloneJson(after);
    expect(runPasses(again)).toEqual([]);
    expect(writeJson(again)).toBe(writeJson(after));
  });

  test('no answer, no media type and no operation is lost', () => {
    const kept = bodies(after);
    const given = bodies(before);
    given.delete('get /ws');
    expect([...kept]).toEqual([...given]);
  });

  test('error bodies, further successes and shared answers are all there', () => {
    const answers = operations(after).flatMap(({ node }) => Object.entries(object(node, 'responses') ?? {}));
    const withBody = (status: RegExp) =>
      answers.filter(([code, answer]) => status.test(code) && JSON.stringify(answer).includes('"content"'))
        .length;
    expect(withBody(/^[45]/)).toBe(202);
    const successes = operations(after).map(({ node }) =>
      Object.keys(object(node, 'responses') ?? {}).filter((code) => code.startsWith('2')),
    );
    expect(successes.reduce((sum, codes) => sum + codes.length - 1, 0)).toBe(13);
    const shared = object(object(after, 'components') ?? {}, 'responses') ?? {};
    expect(
      Object.values(shared).filter((answer) => JSON.stringify(answer).includes('"content"')),
    ).toHaveLength(7);
  });

  test('media types are what goes over the wire', () => {
    const counts: Record<string, number> = {};
    for (const { node } of walk(after, 'requestBody', 'response')) {
      for (const type of Object.keys(object(node, 'content') ?? {})) counts[type] = (counts[type] ?? 0) + 1;
    }
    expect(counts).toEqual({
      '*/*': 17,
      'application/json': 246,
      'application/json; charset=utf-8': 6,
      'application/jwt': 6,
      'application/pdf': 3,
      'application/problem+json': 169,
      'application/x-www-form-urlencoded': 1,
      'text/plain': 1,
    });
  });
});

describe('the contract', () => {
  let generated: Generated;
  let document: JsonObject;
  beforeAll(async () => {
    generated = await generateContract(SPEC);
    document = parseJson(generated.files['openapi.json'] ?? '') as JsonObject;
  });

  test('the committed files are what the sources say, to the byte', async () => {
    for (const [name, text] of Object.entries(generated.files)) {
      expect([name, (await readFile(join(SPEC, 'generated', name), 'utf8')) === text]).toEqual([name, true]);
    }
  });

  test("154 paths and 167 operations of IBKR's, all named, and ours marked", () => {
    const all = operations(document);
    const theirs = all.filter(({ node }) => node['x-bezant-origin'] === undefined);
    expect(new Set(theirs.map(({ path }) => path)).size).toBe(154);
    expect(theirs).toHaveLength(167);
    expect(all.length).toBeGreaterThan(167);
    expect(new Set(all.map(({ node }) => node['operationId'])).size).toBe(all.length);
    expect(new Set(all.map(({ node }) => node['x-bezant-origin']))).toEqual(new Set([undefined, 'overlay']));
  });

  test('what 2.29.0 added is there', () => {
    const keys = operations(document).map(({ method, path, node }) => [
      `${method} ${path}`,
      node['operationId'],
    ]);
    expect(keys).toEqual(
      expect.arrayContaining([
        ['get /portfolio/subaccounts2', 'getManySubaccounts'],
        ['get /portfolio/{accountId}/combo/positions', 'getComboPositions'],
        ['get /portfolio2/{accountId}/positions', 'getUncachedPositions'],
        ['patch /gw/api/v1/requests/{requestId}/status', 'patch_gw_api_v1_requests_requestid_status'],
        ['get /contract/trading-schedule', 'getTradingSchedule'],
        ['get /trsrv/secdef/schedule', 'getTradingScheduleBySymbol'],
      ]),
    );
    expect(keys.map(([key]) => key)).not.toContain('get /gw/api/v1/requests/{requestId}/status');
  });

  test("no sentence of IBKR's: descriptions are reason phrases, component names or our own", () => {
    const wordy = [...walk(document, 'schema', 'mediaType', 'parameter', 'tag', 'server', 'example')].filter(
      ({ node }) => typeof node['description'] === 'string' || typeof node['title'] === 'string',
    );
    expect(wordy.map(({ at }) => at)).toEqual([]);
    for (const { node } of walk(document, 'response')) {
      if (!('$ref' in node)) expect(node['description']).toMatch(/^[A-Z][A-Za-z -]{1,40}$/);
    }
  });

  test('one base for the Client Portal, their own for the hosted operations', () => {
    expect(document['servers']).toEqual([{ url: '/v1/api' }]);
    for (const { path, item, node } of operations(document)) {
      expect([path, list(item, 'servers').length > 0, 'servers' in node]).toEqual([
        path,
        /^\/(gw|oauth2)\//.test(path),
        false,
      ]);
    }
  });

  test('findings are one to a line', () => {
    const lines = (generated.files['findings.json'] ?? '').trimEnd().split('\n');
    expect(lines).toHaveLength(generated.findings.length + 2);
    expect(parseJson(lines[1]?.replace(/,$/, '') ?? '')).toEqual({
      pass: 'openapi-3-1',
      at: '/openapi',
      was: '3.0.0',
      is: '3.1.0',
    });
  });
});
