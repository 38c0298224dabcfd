import { expect, test } from '@jest/globals';
import { FrameReader, maxFrameBytes, type Broken, type Frame } from '../../../src/events/frame-reader.ts';

const frame = (text: string, json: Frame['json'] = JSON.parse(text) as Frame['json']): Frame => ({
  text,
  json,
});
const bytes = (text: string): Buffer => Buffer.from(text);
const cut = Buffer.from('{"text":"市場"}');

test.each<[name: string, given: Buffer[], want: (Frame | Broken)[]]>([
  ['an object', [bytes('{"topic":"sor"}')], [frame('{"topic":"sor"}')]],
  ['nothing', [Buffer.alloc(0)], []],
  ['a topic alone is no JSON, and no fault', [bytes('ech+hb')], [frame('ech+hb', null)]],
  ['JSON that is no object', [bytes('[1]'), bytes('7')], [frame('[1]', null), frame('7', null)]],
  [
    'bytes that are no UTF-8 inside a text',
    [Buffer.from('7b2261223a22ff227d', 'hex')],
    [frame('{"a":"\uFFFD"}')],
  ],
  ['two pieces', [bytes('{"a":'), bytes('1}')], [frame('{"a":1}')]],
  ['pieces that are JSON by themselves', [bytes('{"a":'), bytes('1'), bytes('}')], [frame('{"a":1}')]],
  ['pieces cut inside a character', [cut.subarray(0, 11), cut.subarray(11)], [frame('{"text":"市場"}')]],
  ['a piece without an end', [bytes('{"a":'), bytes('{"b":1}')], ['malformed', frame('{"b":1}')]],
  ['bytes of no kind', [Buffer.from([0, 255]), bytes('{"b":1}')], ['malformed', frame('{"b":1}')]],
  ['a piece before a topic', [bytes('{"a":'), bytes('ech+hb')], ['malformed', frame('ech+hb', null)]],
  ['too large', [Buffer.alloc(maxFrameBytes + 1, 0x20), bytes('{"b":1}')], ['oversized', frame('{"b":1}')]],
  [
    'pieces that never end',
    [Buffer.concat([bytes('{'), Buffer.alloc(maxFrameBytes - 1, 0x20)]), bytes('"a'), bytes('{"b":1}')],
    ['oversized', frame('{"b":1}')],
  ],
])('%s', (_name, given, want) => {
  const reader = new FrameReader();
  expect(given.flatMap((data) => reader.read(data))).toEqual(want);
});
