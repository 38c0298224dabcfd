import { expect, test } from '@jest/globals';
import {
  cloneJson,
  isFractional,
  isNumber,
  isObject,
  number,
  parseJson,
  plainJson,
  renameMember,
  sameJson,
  writeJson,
} from '../src/json.ts';

test.each([
  '1.0',
  '0.10',
  '1e5',
  '12345678901234567890',
  '-0',
  '7',
  '1.5',
  '"1.0"',
  '{"a":[1.0,{"__proto__":2.0}]}',
])('%s is written as it was read, copied or not', (text) => {
  expect(JSON.stringify(parseJson(text))).toBe(text);
  expect(JSON.stringify(cloneJson(parseJson(text)))).toBe(text);
});

test.each([
  ['1.0', true],
  ['1.5', true],
  ['1e5', true],
  ['1', false],
  ['12345678901234567890', false],
  ['"1.0"', false],
  ['null', false],
])('%s was written with a fraction: %s', (text, want) => {
  expect(isFractional(parseJson(text))).toBe(want);
});

test('a number text is a number and no object', () => {
  expect(isNumber(number('1.0'))).toBe(true);
  expect(isObject(number('1.0'))).toBe(false);
  expect(plainJson({ a: [number('1.0')] })).toEqual({ a: [1] });
  expect(sameJson(number('1.0'), 1)).toBe(false);
});

test('a renamed member keeps its place', () => {
  const object = { a: 1, b: 2, c: 3 };
  renameMember(object, 'b', 'x');
  expect(writeJson(object)).toBe('{\n  "a": 1,\n  "x": 2,\n  "c": 3\n}\n');
});
