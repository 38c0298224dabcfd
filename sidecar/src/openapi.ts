// GET /openapi.json. The document is made when somebody asks for it first; what stays in memory is its compressed text, a
// fifteenth of its size, as few ever ask.

import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Operation } from './contract.ts';
import { createOpenapiDocument, type ComposedRoute, type ContractDocument } from './openapi-document.ts';

const compress = promisify(gzip);
const expand = promisify(gunzip);

interface Made {
  compressed: Buffer;
  etag: string;
}

export function createOpenapi(deps: {
  folder: URL;
  operations: readonly Operation[];
  composed: readonly ComposedRoute[];
  version: string;
  asksForKeys: boolean;
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let made: Promise<Made> | null = null;

  const make = async (): Promise<Made> => {
    const contract = JSON.parse(
      await readFile(new URL('openapi.json', deps.folder), 'utf8'),
    ) as ContractDocument;
    const text = JSON.stringify(createOpenapiDocument({ ...deps, contract }));
    // Weak, as the same document goes out compressed and not.
    return {
      compressed: await compress(text),
      etag: `W/"${hash('sha256', text, 'base64url').slice(0, 22)}"`,
    };
  };

  return async (request, response) => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    const { compressed, etag } = await made;
    const headers = { etag, 'cache-control': 'no-cache', vary: 'Accept-Encoding' };
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
      'content-type': 'application/json; charset=utf-8',
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
