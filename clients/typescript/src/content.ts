// A successful answer → its value: JSON, else text, else bytes; nothing where there is nothing.

import type { ApiRequest } from './call.ts';
import { BezantError } from './errors.ts';

export async function contentOf(response: Response, request: ApiRequest): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  if (!/json|text\/|^$/.test(type)) return await response.blob();
  const text = await response.text();
  if (text === '') return undefined;
  // Some of IBKR's JSON has no content type
  if (/json|^$/.test(type)) {
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      if (type !== '') throw badAnswer('The answer is no JSON, or broke off.', response, request, cause);
    }
  }
  if (/html/.test(type)) throw badAnswer('A web page came where data is due.', response, request);
  return text;
}

function badAnswer(message: string, { status }: Response, { method, path }: ApiRequest, cause?: unknown) {
  return new BezantError('bad-answer', message, { status, operation: `${method} ${path}`, cause });
}
