// What every error of this server looks like: RFC 9457 with the predecessor's `code` and `message`, and nothing in it that
// belongs to the Gateway's address or session.

import { expect } from '@jest/globals';
import type { Answer } from './wire.ts';

export interface WantedProblem {
  status: number;
  code: string;
  /** JSON pointers, in any order. */
  pointers?: readonly string[];
}

export function expectProblem(answer: Answer, want: WantedProblem): Record<string, unknown> {
  expect({
    status: answer.status,
    type: answer.get('content-type')?.split(';')[0],
    body: answer.text,
  }).toEqual({
    status: want.status,
    type: 'application/problem+json',
    body: expect.stringContaining('{') as unknown,
  });
  const problem = answer.json as Record<string, unknown>;
  expect(problem).toMatchObject({
    type: expect.any(String) as unknown,
    title: expect.stringMatching(/\S/) as unknown,
    status: want.status,
    detail: expect.stringMatching(/\S/) as unknown,
    code: want.code,
    message: expect.stringMatching(/\S/) as unknown,
    hint: expect.stringMatching(/\S/) as unknown,
    requestId: answer.get('x-request-id'),
  });
  expect(problem['requestId']).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
  if (want.pointers !== undefined) {
    const errors = problem['errors'] as { pointer: string; message: string }[];
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([...want.pointers].sort());
    for (const { message } of errors) expect(message).toMatch(/\S/);
  }
  expect(answer.get('x-content-type-options')).toBe('nosniff');
  return problem;
}
