import { expect, test } from '@jest/globals';
import { Problem } from '../../src/errors.ts';
import { readJson } from '../../src/request/media-type.ts';
import { operation } from './operations.ts';

const order = operation({
  method: 'POST',
  safety: 'order',
  body: { required: true, mediaTypes: ['application/json'] },
});
const form = operation({
  method: 'POST',
  safety: 'write',
  body: { required: true, mediaTypes: ['application/x-www-form-urlencoded; charset=utf-8'] },
});
const read = operation({ method: 'POST', body: { required: true, mediaTypes: ['application/json'] } });

test.each([
  { to: order, type: 'application/json', want: { a: 1 } },
  { to: order, type: 'Application/JSON; charset=utf-8', want: { a: 1 } },
  { to: order, type: 'application/problem+json', want: { a: 1 } },
  { to: order, type: undefined, want: 'unsupported_media_type' },
  { to: order, type: 'text/plain', want: 'unsupported_media_type' },
  // A start of the right type is not the right type: the body would go on unchecked.
  { to: order, type: 'application', want: 'unsupported_media_type' },
  { to: order, type: 'application/js', want: 'unsupported_media_type' },
  { to: form, type: 'application/x-www-form-urlencoded', want: undefined },
  { to: read, type: 'text/plain', want: undefined },
])('a body of type $type to a call that is $to.safety', ({ to, type, want }) => {
  const reading = (): unknown => readJson(to, Buffer.from('{"a":1}'), type);
  if (typeof want === 'string') expect(codeOf(reading)).toBe(want);
  else expect(reading()).toEqual(want);
});

function codeOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}
