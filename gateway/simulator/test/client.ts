// A plain HTTPS client that trusts the simulator's certificate and hides nothing: raw headers, no redirects.
import { request, type RequestOptions } from 'node:https';
import { request as plainRequest } from 'node:http';
import { startSimulator, type Simulator, type SimulatorOptions } from '../src/simulator.ts';

export interface Received {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  rawHeaders: string[];
  text: string;
  json: unknown;
}

export interface CallOptions {
  headers?: Record<string, string>;
  body?: unknown;
  /** No Content-Length: what a streaming client sends. */
  chunked?: boolean;
  signal?: AbortSignal;
}

export interface Started extends Simulator {
  call(method: string, path: string, options?: CallOptions): Promise<Received>;
  /** Below /v1/api. */
  api(method: string, path: string, options?: CallOptions): Promise<Received>;
}

/** Time stands still; `clock.advance` moves it. */
export async function start(options: SimulatorOptions = {}): Promise<Started> {
  const simulator = await startSimulator({ timeScale: 0, ...options });
  const call = (method: string, path: string, callOptions?: CallOptions): Promise<Received> =>
    send(simulator, method, path, callOptions);
  return { ...simulator, call, api: (method, path, given) => call(method, `/v1/api${path}`, given) };
}

export function send(
  to: { url: string; port: number; cert: string | undefined },
  method: string,
  path: string,
  { headers = {}, body, chunked = false, signal }: CallOptions = {},
): Promise<Received> {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const length =
    text === undefined
      ? {}
      : chunked
        ? { 'transfer-encoding': 'chunked' }
        : { 'content-length': String(Buffer.byteLength(text)) };
  const type = text !== undefined && typeof body !== 'string' ? { 'content-type': 'application/json' } : {};
  const options: RequestOptions = {
    host: '127.0.0.1',
    port: to.port,
    path,
    method,
    headers: { ...type, ...length, ...headers },
    agent: false,
    ca: to.cert,
    servername: 'localhost',
    ...(signal === undefined ? {} : { signal }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = (to.cert === undefined ? plainRequest : request)(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const received = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          rawHeaders: response.rawHeaders,
          text: received,
          json: parse(received),
        });
      });
    });
    outgoing.on('error', reject);
    if (text === undefined) outgoing.useChunkedEncodingByDefault = false;
    outgoing.end(text);
  });
}

/** Runs a call that is expected never to be answered; true when it is still open after everything else was served. */
export async function staysOpen(simulator: Started, method: string, path: string): Promise<boolean> {
  const abort = new AbortController();
  const outcome = simulator.call(method, path, { signal: abort.signal }).then(
    () => 'answered',
    () => 'closed',
  );
  await until(() => simulator.capture.list({ path: path.split('?')[0] ?? '' }).length > 0);
  // One more exchange on the same server: an answer that was due would have come by now.
  await simulator.call('GET', '/simulator/state');
  const first = await Promise.race([outcome, Promise.resolve('open')]);
  abort.abort();
  return first === 'open';
}

/** Waits for a condition, looking again after every turn of the event loop. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The scripted login, as far as the success text. */
export async function logIn(simulator: Started, fields = 'USER=trader&LOGIN_TYPE=2'): Promise<Received> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  await simulator.call('POST', '/sso/Authenticator', { headers, body: `ACTION=INIT&${fields}` });
  await simulator.call('POST', '/sso/Authenticator', { headers, body: 'ACTION=COMPLETEAUTH&M1=00' });
  return simulator.call('POST', '/sso/Dispatcher', { headers, body: 'loginType=2&forwardTo=22' });
}
