// What may be shown of a body.

import { expect, test } from '@jest/globals';
import { redactBody } from '../src/redact-body.ts';

test.each([
  {
    name: 'members by name, at any depth',
    given: '{"a":[{"session":"x","SFT":1,"my_Token":{"b":2},"ok":true}]}',
    want: '{"a":[{"session":"<redacted>","SFT":"<redacted>","my_Token":"<redacted>","ok":true}]}',
  },
  {
    name: 'spellings',
    given: '{"USER_ID":1,"userId":2,"ssoConclusion":"x","MAC":"x","hardware_info":"x"}',
    want: '{"USER_ID":"<redacted>","userId":"<redacted>","ssoConclusion":"<redacted>","MAC":"<redacted>","hardware_info":"<redacted>"}',
  },
  {
    name: 'names that only look like them',
    given: '{"machine":1,"ssoExpires":2,"tip":3,"status":4}',
    want: '{"machine":1,"ssoExpires":2,"tip":3,"status":4}',
  },
  {
    name: 'cookie values inside other values',
    given: '{"echo":"a=0123456789"}',
    want: '{"echo":"a=<redacted>"}',
  },
  { name: 'a bare value', given: '"0123456789"', want: '"<redacted>"' },
  {
    name: 'plain text',
    given: 'session=topsecret 0123456789 fine',
    want: 'session=<masked> <redacted> fine',
  },
  { name: 'nothing', given: '', want: '' },
])('$name', ({ given, want }) => {
  expect(redactBody(Buffer.from(given), ['0123456789', '1'])).toBe(want);
});
