// What is said on IBKR's WebSocket, and what is heard.

import { expect, test } from '@jest/globals';
import {
  belongs,
  mergeArguments,
  parseFrame,
  subscribeText,
  unsubscribeText,
  type Frame,
} from '../src/live-topics.ts';

const frame = (topic: string, more: object = {}): Frame => ({ topic, ...more });

test.each<[string, Record<string, unknown>, string]>([
  ['sor', {}, 'sor+{}'],
  ['smd+265598', { fields: ['31', '84'] }, 'smd+265598+{"fields":["31","84"]}'],
  ['sbd+DU1+265598', {}, 'sbd+DU1+265598'],
])('%s with %j begins by %s', (topic, args, want) => {
  expect(subscribeText(topic, args)).toBe(want);
});

test.each<[string, Frame | undefined, string | null]>([
  ['sor', undefined, 'uor+{}'],
  ['spl', frame('spl'), 'upl+{}'],
  ['smd+265598', undefined, 'umd+265598+{}'],
  ['smd+265598@ARCA', undefined, 'umd+265598@ARCA+{}'],
  ['sbd+DU1+265598', undefined, 'ubd+DU1'],
  ['ssd+DU1', undefined, 'usd+DU1+{}'],
  ['smh+265598', frame('smh+265598', { serverId: 'a7' }), 'umh+a7'],
  ['smh+265598', undefined, null],
])('%s after %j ends by %s', (topic, last, want) => {
  expect(unsubscribeText(topic, last)).toBe(want);
});

test.each<[Record<string, unknown>[], Record<string, unknown>]>([
  [[], {}],
  [[{ fields: ['31'] }], { fields: ['31'] }],
  [[{ fields: ['31', '84'] }, { fields: ['84', '86'] }], { fields: ['31', '84', '86'] }],
  [[{ days: 1 }, { days: 2, realtimeUpdatesOnly: true }], { days: 2, realtimeUpdatesOnly: true }],
])('%j together are %j', (each, want) => {
  expect(mergeArguments(each)).toEqual(want);
});

test.each([
  ['smd+265598', 'smd+265598', true],
  ['smd+265598', 'smd+265598@ARCA', true],
  ['smd+2655', 'smd+265598', false],
  ['sor', 'sor', true],
  ['system', 'sor', false],
])('a frame of %s and the topic %s: %s', (topic, of, want) => {
  expect(belongs(frame(topic), of)).toBe(want);
});

test.each<[string, unknown, Frame | null]>([
  ['text', '{"topic":"sor","args":[]}', frame('sor', { args: [] })],
  ['bytes', new TextEncoder().encode('{"topic":"sor"}'), frame('sor')],
  ['an ArrayBuffer', new TextEncoder().encode('{"topic":"sor"}').buffer, frame('sor')],
  ['no topic', '{"message":"waiting for session"}', frame('', { message: 'waiting for session' })],
  ['text that is no JSON', 'ech+hb', null],
  ['bytes that are no UTF-8', new Uint8Array([0xff, 0xfe]), null],
  ['a list', '[1]', null],
  ['nothing', undefined, null],
])('%s', (_, data, want) => {
  expect(parseFrame(data)).toEqual(want);
});
