import { expect, test } from '@jest/globals';
import type { JsonObject } from '../src/json.ts';
import { follow, join, locate, valueAt } from '../src/pointer.ts';

test.each<[string, string | undefined]>([
  ['#/components/schemas/A', '/components/schemas/A'],
  ['#/components/schemas/Chain', '/components/schemas/A'],
  ['#/components/schemas/with~1slash%20and%20space', '/components/schemas/with~1slash and space'],
  ['#/components/schemas/Nowhere', undefined],
  ['#/components/schemas/Round', undefined],
  ['#/components/schemas/toString', undefined],
  ['other.yaml#/A', undefined],
])('%s leads to %s', (ref, at) => {
  const schemas = {
    A: { type: 'string' },
    Chain: { $ref: '#/components/schemas/Link' },
    Link: { $ref: '#/components/schemas/A' },
    Round: { $ref: '#/components/schemas/Trip' },
    Trip: { $ref: '#/components/schemas/Round' },
    'with/slash and space': {},
  };
  const linked: JsonObject = { components: { schemas } };
  expect(locate(linked, { $ref: ref }, '/here')?.at).toBe(at);
  expect(follow(linked, { $ref: ref })).toBe(at === undefined ? undefined : valueAt(linked, at));
});

test('keys are escaped in pointers', () => {
  expect(join('/paths', '/a~b/{c}', 0)).toBe('/paths/~1a~0b~1{c}/0');
});
