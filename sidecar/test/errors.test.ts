import { describe, expect, test } from '@jest/globals';
import { STATUS_CODES } from 'node:http';
import { Problem, problemKinds, type ProblemCode } from '../src/errors.ts';

const codes = Object.keys(problemKinds) as ProblemCode[];

describe('the table of problems', () => {
  test.each(codes)('%s has a status of HTTP, a title and a next step for people', (code) => {
    const { status, title, hint } = problemKinds[code];
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(STATUS_CODES[status]).toBeDefined();
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(hint).toMatch(/^[A-Z].*[.?…]$/);
    expect(`${title} ${hint}`).not.toMatch(/https?:\/\//);
  });

  test('is in the order of the statuses', () => {
    const statuses = codes.map((code) => problemKinds[code].status);
    expect(statuses).toEqual(statuses.toSorted((a, b) => a - b));
  });

  // Clients of the predecessor tell these apart by their code (its error envelope).
  test.each<[code: ProblemCode, status: number]>([
    ['bad_request', 400],
    ['missing_query_param', 400],
    ['not_authenticated', 401],
    ['debug_unauthorized', 401],
    ['no_session', 503],
    ['symbol_not_found', 404],
    ['upstream_http_error', 502],
    ['upstream_status', 502],
    ['upstream_client_error', 502],
    ['upstream_decode_error', 502],
    ['upstream_unreachable', 503],
    ['upstream_timeout', 504],
  ])('keeps %s %i', (code, status) => {
    expect(problemKinds[code].status).toBe(status);
  });
});

describe('a problem', () => {
  test('has the status of its kind, and its message', () => {
    const problem = new Problem('read_only', 'This server is read-only.');
    expect(problem).toMatchObject({
      name: 'Problem',
      code: 'read_only',
      status: 403,
      message: 'This server is read-only.',
    });
    expect('cause' in problem).toBe(false);
  });

  test("may carry IBKR's own status, and its cause", () => {
    const cause = new Error('inner');
    const problem = new Problem('upstream_status', 'IBKR answers with status 500.', { status: 500, cause });
    expect(problem.status).toBe(500);
    expect(problem.cause).toBe(cause);
  });
});
