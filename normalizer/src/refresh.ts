// Downloads the document IBKR publishes now. A deadline and a size limit, because it comes from outside; what is no
// OpenAPI document is refused before anything under spec/vendor is touched.

import { Problem, reasonOf } from './problem.ts';
import { MAX_BYTES } from './read.ts';

// IBKR Web API reference: the page's own source of the document.
export const PUBLISHED_URL = 'https://api.ibkr.com/gw/api/v3/api-docs';

/** `url` as in the message; resolves with the text of the document. */
export async function download(
  url: string,
  { timeoutMs, maxBytes = MAX_BYTES }: { timeoutMs: number; maxBytes?: number },
): Promise<string> {
  const hint = 'try again, or download it in a browser and run npm run spec:import -- FILE';
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/json' },
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Problem(`${url} answered ${response.status}: ${hint}`);
    }
    return await limitedText(response, url, maxBytes);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(`cannot download ${url} (${reason(error, timeoutMs)}): ${hint}`);
  }
}

async function limitedText(response: Response, url: string, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  if (response.body === null) return text;
  const chunks: AsyncIterable<Uint8Array> = response.body;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > maxBytes)
      throw new Problem(`${url} sent more than ${maxBytes} bytes: this is not IBKR's document`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function reason(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as { name?: string; cause?: unknown };
  if (name === 'TimeoutError') return `no complete answer within ${timeoutMs / 1000} s`;
  return reasonOf(cause ?? error);
}
