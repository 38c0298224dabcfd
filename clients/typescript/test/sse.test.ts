// Server-Sent Events, however they are cut into pieces.

import { expect, test } from '@jest/globals';
import { createSseParser, type SseMessage } from '../src/sse.ts';

const message = (data: string, id = '', event = 'message'): SseMessage => ({ event, data, id });

const texts: [string, string, SseMessage[]][] = [
  ['an event', 'id: 7\nevent: orders\ndata: {"a":1}\n\n', [message('{"a":1}', '7', 'orders')]],
  ['an id alone', 'retry: 2000\nid: 41\n\n', [message('', '41')]],
  ['a comment with an id', ': heartbeat\nid: 42\n\n', [message('', '42')]],
  ['a comment alone', ': shutting down\n\n', []],
  ['an id that stays', 'id: 1\ndata: a\n\ndata: b\n\n', [message('a', '1'), message('b', '1')]],
  ['several lines of data', 'data: a\ndata:b\ndata\n\n', [message('a\nb\n')]],
  ['one space at most is left out', 'data:  a\n\n', [message(' a')]],
  ['colons within', 'data: a:b\n\n', [message('a:b')]],
  [
    'other ends of lines',
    'data: a\r\rdata: b\r\n\r\ndata: c\n\n',
    [message('a'), message('b'), message('c')],
  ],
  ['a byte order mark', '\uFEFFdata: a\n\n', [message('a')]],
  ['a name that does not stay', 'event: x\ndata: a\n\ndata: b\n\n', [message('a', '', 'x'), message('b')]],
  ['an unknown field', 'colour: red\n\n', []],
  ['half an event', 'data: a\n', []],
];

test.each(texts)('%s', (_, text, want) => {
  expect(createSseParser().push(text)).toEqual(want);
});

test.each(texts)('%s, in two pieces and in single characters', (_, text, want) => {
  for (let cut = 1; cut < text.length; cut += 1) {
    const parser = createSseParser();
    expect([...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))]).toEqual(want);
  }
  const parser = createSseParser();
  expect(Array.from(text, (character) => parser.push(character)).flat()).toEqual(want);
});
