// JSON that is text already: whole, and never kept by a cache on the way.

import type { ServerResponse } from 'node:http';

export function answerJson(response: ServerResponse, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
