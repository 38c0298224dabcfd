// A text that is read or made when somebody asks for it first. What stays in memory is its compressed form, a fraction of
// its size, as few ever ask; whoever has it already is told that it has not changed.

import { hash } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const compress = promisify(gzip);
const expand = promisify(gunzip);

interface Kept {
  compressed: Buffer;
  etag: string;
}

export type KeptText = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createKeptText(deps: {
  type: string;
  make: () => Promise<string>;
  headers?: OutgoingHttpHeaders;
}): KeptText {
  let kept: Promise<Kept> | null = null;

  const make = async (): Promise<Kept> => {
    const text = await deps.make();
    // Weak, as the same text goes out compressed and not.
    return {
      compressed: await compress(text),
      etag: `W/"${hash('sha256', text, 'base64url').slice(0, 22)}"`,
    };
  };

  return async (request, response) => {
    kept ??= make().catch((error: unknown) => {
      kept = null;
      throw error;
    });
    const { compressed, etag } = await kept;
    const headers = { ...deps.headers, etag, 'cache-control': 'no-cache', vary: 'Accept-Encoding' };
    if (isKnown(request.headers['if-none-match'], etag)) {
      response.writeHead(304, headers).end();
      return;
    }
    const takesGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(
      request.headers['accept-encoding']?.toString() ?? '',
    );
    const body = takesGzip ? compressed : await expand(compressed);
    response.writeHead(200, {
      ...headers,
      'content-type': deps.type,
      'content-length': body.length,
      'x-content-type-options': 'nosniff',
      ...(takesGzip ? { 'content-encoding': 'gzip' } : {}),
    });
    response.end(body);
  };
}

const isKnown = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  (header.trim() === '*' ||
    header.split(',').some((known) => known.trim().replace(/^W\//, '') === etag.slice(2)));
