import { expect, test } from '@jest/globals';
import { applyAdditions, parseAdditions } from '../src/additions.ts';
import { cloneJson, type JsonObject } from '../src/json.ts';

const base: JsonObject = {
  info: { version: '2.28.0' },
  paths: { '/a': { get: {}, post: { operationId: 'own' } }, '/gone': { get: {} } },
  components: { schemas: { A: { enum: ['x'], properties: { 'a/b': {} } } } },
};

const additions = parseAdditions(
  `
operationIds: { GET /a: getA, POST /a: postA, GET /new: never }
remove: [GET /gone]
paths: { /a: { put: { operationId: putA } }, /new: { get: { operationId: getNew } } }
components: { schemas: { B: { type: string } }, examples: { E: { value: 1.0 } } }
changes:
  - { at: /components/schemas/A/enum/0, is: y }
  - { at: /components/schemas/A/type, is: string }
  - { at: /components/schemas/A/properties/a~1b }
`,
  'additions-2.29.0.yaml',
);

test('an older base gains, loses and changes', () => {
  const document = cloneJson(base);
  applyAdditions(document, additions);
  expect(JSON.stringify(document)).toBe(
    JSON.stringify({
      info: { version: '2.29.0' },
      paths: {
        '/a': { get: { operationId: 'getA' }, post: { operationId: 'own' }, put: { operationId: 'putA' } },
        '/new': { get: { operationId: 'getNew' } },
      },
      components: {
        schemas: { A: { enum: ['y'], properties: {}, type: 'string' }, B: { type: 'string' } },
        examples: { E: { value: JSON.rawJSON('1.0') } },
      },
    }),
  );
});

test.each(['2.29.0', '2.30.0', '10.0.0'])('a base of version %s only gets names', (version) => {
  const document = { ...cloneJson(base), info: { version } };
  applyAdditions(document, additions);
  expect(document).toEqual({
    ...base,
    info: { version },
    paths: { '/a': { get: { operationId: 'getA' }, post: { operationId: 'own' } }, '/gone': { get: {} } },
  });
});

test('a change in a place that is not there is named', () => {
  const lost = parseAdditions(
    'changes: [{ at: /components/schemas/Z/type, is: string }]',
    'additions-3.yaml',
  );
  expect(() => applyAdditions(cloneJson(base), lost)).toThrow(
    'additions-3.yaml: a change names /components/schemas/Z/type, which the document does not have; remove the entry',
  );
});
