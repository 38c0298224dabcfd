// Which problem a failed connection is.

import { expect, test } from '@jest/globals';
import { Problem } from '../src/errors.ts';
import { transportProblem } from '../src/transport-problem.ts';

test.each([
  { code: 'ECONNREFUSED', want: 'upstream_unreachable' },
  { code: 'ENOTFOUND', want: 'upstream_unreachable' },
  { code: 'EHOSTUNREACH', want: 'upstream_unreachable' },
  { code: 'EPROTO', want: 'upstream_unreachable' },
  { code: 'ERR_SSL_WRONG_VERSION_NUMBER', want: 'upstream_unreachable' },
  { code: 'ERR_TLS_CERT_ALTNAME_INVALID', want: 'upstream_unreachable' },
  { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', want: 'upstream_unreachable' },
  { code: 'CERT_HAS_EXPIRED', want: 'upstream_unreachable' },
  { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', want: 'upstream_unreachable' },
  { code: 'ETIMEDOUT', want: 'upstream_timeout' },
  { code: 'UND_ERR_CONNECT_TIMEOUT', want: 'upstream_timeout' },
  { code: 'ECONNRESET', want: 'upstream_http_error' },
  { code: 'UND_ERR_SOCKET', want: 'upstream_http_error' },
  { code: 'HPE_INVALID_CONSTANT', want: 'upstream_http_error' },
  { code: undefined, want: 'upstream_http_error' },
])('$code before an answer: $want', ({ code, want }) => {
  const error = Object.assign(new Error('connect 10.0.0.1:5000'), code === undefined ? {} : { code });
  expect(transportProblem(error, false)).toMatchObject({ code: want, cause: error });
  expect(transportProblem(error, false).message).not.toContain('10.0.0.1');
  expect(transportProblem(error, true)).toMatchObject({ code: 'upstream_truncated', cause: error });
});

test('a problem stays itself', () => {
  const problem = new Problem('upstream_timeout', 'late');
  expect(transportProblem(problem, true)).toBe(problem);
});
