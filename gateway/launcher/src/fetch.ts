// The download: https only, with a deadline and a limit of size, into a file that nobody takes for the whole before it is.

import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { Fault } from './fault.ts';
import type { Say } from './say.ts';
import { mayDownload } from './settings.ts';

export interface Limits {
  /** For all of it. */
  deadlineMs: number;
  /** Without a single byte. */
  stallMs: number;
  maxBytes: number;
  progressMs: number;
}

// IBKR's zip has about 11 MB, and the slowest line that is still of use about 30 kB a second.
export const limits: Limits = {
  deadlineMs: 600_000,
  stallMs: 30_000,
  maxBytes: 200 * 1024 * 1024,
  progressMs: 3000,
};

const offline = 'Without a way to the internet, fetch the zip elsewhere and name it in BEZANT_GATEWAY_ZIP.';
const elsewhere =
  'Look whether BEZANT_GATEWAY_ZIP_URL is right, or fetch the zip by hand and name it in BEZANT_GATEWAY_ZIP.';

export async function download(url: URL, file: string, say: Say, within: Limits = limits): Promise<void> {
  const host = url.host;
  const stopped = new AbortController();
  const stop = (why: string): void => stopped.abort(new Fault(`${why} ${offline}`));
  const deadline = setTimeout(
    () => stop(`The download from ${host} was not done after ${Math.round(within.deadlineMs / 1000)} s.`),
    within.deadlineMs,
  );
  const stalled = `Nothing has come from ${host} for ${Math.round(within.stallMs / 1000)} s.`;
  const stall = setTimeout(() => stop(stalled), within.stallMs);
  try {
    const response = await follow(url, stopped.signal);
    const total = Number(response.headers.get('content-length')) || null;
    refuse(response, host, total, within.maxBytes);
    const body = response.body as ReadableStream<Uint8Array> | null;
    if (body === null) throw new Fault(`${host} answered with nothing. ${elsewhere}`);
    await pipeline(
      Readable.fromWeb(body),
      watch({ host, total, say, within, onBytes: () => stall.refresh() }),
      createWriteStream(file, { flags: 'wx', flush: true }),
      { signal: stopped.signal },
    );
  } catch (error) {
    if (stopped.signal.aborted) throw stopped.signal.reason;
    throw asFault(error, host);
  } finally {
    clearTimeout(deadline);
    clearTimeout(stall);
  }
}

/** Redirects are followed by hand: none may lead away from https. */
async function follow(url: URL, signal: AbortSignal, left = 5): Promise<Response> {
  const response = await fetch(url, { redirect: 'manual', signal });
  const location = response.headers.get('location');
  if (response.status < 300 || response.status > 399 || location === null) return response;
  await response.body?.cancel();
  const next = URL.parse(location, url.href);
  if (next === null || !mayDownload(next))
    throw new Fault(`${url.host} redirects to an address that is not https://. ${elsewhere}`);
  if (left === 0) throw new Fault(`${url.host} redirects in circles. ${elsewhere}`);
  return follow(next, signal, left - 1);
}

function refuse(response: Response, host: string, total: number | null, maxBytes: number): void {
  if (response.status !== 200)
    throw new Fault(`${host} answered ${response.status} instead of a zip. ${elsewhere}`);
  if (/^(text\/html|application\/xhtml)/.test(response.headers.get('content-type') ?? ''))
    throw new Fault(
      `${host} answered with a web page instead of a zip, as login pages of networks and proxies do. ${elsewhere}`,
    );
  if (total !== null && total > maxBytes) throw tooBig(host, maxBytes);
}

const inMb = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
const tooBig = (host: string, maxBytes: number): Fault =>
  new Fault(`${host} sends more than ${inMb(maxBytes)} MB, which is not IBKR’s Gateway. ${elsewhere}`);

interface Watch {
  host: string;
  total: number | null;
  say: Say;
  within: Limits;
  onBytes: () => void;
}

function watch({ host, total, say, within, onBytes }: Watch): Transform {
  let bytes = 0;
  let begins = Buffer.alloc(0);
  let saidAt = performance.now();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes();
      bytes += chunk.length;
      if (begins.length < 2) begins = Buffer.concat([begins, chunk]).subarray(0, 2);
      if (bytes > within.maxBytes) return done(tooBig(host, within.maxBytes));
      if (performance.now() - saidAt >= within.progressMs) {
        saidAt = performance.now();
        say(`${inMb(bytes)}${total === null ? '' : ` of ${inMb(total)}`} MB`);
      }
      done(null, chunk);
    },
    flush(done) {
      if (begins.toString('latin1') !== 'PK') done(new Fault(`What ${host} sent is not a zip. ${elsewhere}`));
      else if (total !== null && bytes < total) done(new Error('cut short'));
      else done();
    },
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'the name server does not answer',
  ECONNREFUSED: 'the connection is refused',
  ECONNRESET: 'the connection broke',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_SOCKET: 'the connection broke',
  CERT_HAS_EXPIRED: 'its certificate has expired; look at this machine’s clock',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; look at this machine’s clock',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is self-signed; a proxy’s is made known with NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is a proxy’s; make that known with NODE_EXTRA_CA_CERTS',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate’s authority is not known; see NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate’s authority is not known; see NODE_EXTRA_CA_CERTS',
};

/** Faults of the disk are not for here: they go on as they are. */
function asFault(error: unknown, host: string): unknown {
  if (error instanceof Fault || (error as NodeJS.ErrnoException).syscall !== undefined) return error;
  const causes = causesOf(error);
  const proxyStatus = causes
    .map(({ message }) => /^Proxy response \((\d+)\)/.exec(message)?.[1])
    .find(Boolean);
  const reason =
    proxyStatus === '407'
      ? 'the proxy wants a user and a password: HTTPS_PROXY=http://user:password@proxy.example:3128'
      : proxyStatus !== undefined
        ? `the proxy answers ${proxyStatus}`
        : causes.map(({ code }) => reasons[code ?? '']).find(Boolean);
  return new Fault(
    `The Gateway could not be downloaded from ${host}: ${reason ?? 'the connection broke'}. ${offline}`,
  );
}

function causesOf(error: unknown): NodeJS.ErrnoException[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
