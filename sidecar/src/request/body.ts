// A request body, whole and bounded: IBKR needs its length, and nothing here needs more than a few kilobytes.

import type { Request } from 'express';
import { Problem } from '../errors.ts';

export const maxBodyBytes = 10 * 1024 * 1024;

/** The body, or null when the request has none. */
export async function readBody(request: Request, signal: AbortSignal): Promise<Buffer | null> {
  const declared = request.headers['content-length'];
  const chunked = request.headers['transfer-encoding'] !== undefined;
  if (!chunked && (declared === undefined || declared === '0')) return null;
  if (Number(declared) > maxBodyBytes) throw tooLarge();
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Problem(
      'unsupported_media_type',
      `A body with Content-Encoding ${encoding} cannot be checked: send it plain.`,
    );
  }
  const body = await collect(request, signal);
  return body.length === 0 ? null : body;
}

function collect(request: Request, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const stop = (settle: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('error', onError);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > maxBodyBytes) stop(() => reject(tooLarge()));
    };
    const onEnd = (): void => stop(() => resolve(Buffer.concat(chunks, bytes)));
    const onError = (cause: Error): void =>
      stop(() =>
        reject(new Problem('bad_request', 'The request broke off in the middle of its body.', { cause })),
      );
    const onAbort = (): void => stop(() => reject(signal.reason as Error));
    request.on('data', onData).on('end', onEnd).on('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

const tooLarge = (): Problem =>
  new Problem('payload_too_large', `The body exceeds ${maxBodyBytes / 1024 / 1024} MiB.`, {
    headers: { connection: 'close' },
  });
