// An HTTP caller that sends exactly the bytes a test asks for (paths that a client library would tidy up, doubled or broken
// headers, bodies without a length) and shows the answer's headers as they came.

import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Pairs } from './capturing-gateway.ts';

export interface Sent {
  method?: string;
  /** As it stands in the request line. */
  path: string;
  headers?: Pairs;
  body?: string | Buffer;
  /** Sends the body with `Transfer-Encoding: chunked` instead of a length. */
  chunked?: boolean;
  /** Looks at the answer only when everything is sent, as many a client library does. */
  sendsFirst?: boolean;
  /** Sends no `Host` of its own accord. */
  withoutHost?: boolean;
}

export interface Answer {
  status: number;
  headers: Pairs;
  /** The values of a header, one by one. */
  all(name: string): string[];
  /** The only value of a header. */
  get(name: string): string | undefined;
  body: Buffer;
  text: string;
  /** The body read as JSON. */
  json: unknown;
}

/** Sends one request on a connection of its own. */
export function send(baseUrl: string, sent: Sent): Promise<Answer> {
  const { protocol, hostname, port, host } = new URL(baseUrl);
  const method = sent.method ?? 'GET';
  return new Promise((resolve, reject) => {
    const socket: Socket =
      protocol === 'https:'
        ? connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false })
        : connectTcp({ host: hostname, port: Number(port) });
    const chunks: Buffer[] = [];
    const finish = (error?: Error): void => {
      const whole = parse(Buffer.concat(chunks), method);
      socket.destroy();
      if (whole !== null) resolve(whole);
      else reject(error ?? new Error(`${method} ${sent.path}: the connection closed without a whole answer`));
    };
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (chunks.length === 1 && parse(chunk, method)?.isWhole === true) finish();
    });
    socket.on('end', () => finish());
    socket.on('close', () => finish());
    socket.on('error', finish);
    if (sent.sendsFirst === true) socket.pause();
    for (const part of requestBytes(method, host, sent)) socket.write(part);
    if (sent.sendsFirst === true) socket.write('', () => socket.resume());
  });
}

function requestBytes(method: string, host: string, sent: Sent): Buffer[] {
  const headers: [string, string][] = (sent.headers ?? []).map(([name, value]) => [name, value]);
  const has = (name: string): boolean => headers.some(([key]) => key.toLowerCase() === name);
  if (sent.withoutHost !== true && !has('host')) headers.unshift(['Host', host]);
  if (!has('connection')) headers.push(['Connection', 'close']);
  const body = Buffer.from(sent.body ?? '');
  if (sent.chunked === true) headers.push(['Transfer-Encoding', 'chunked']);
  else if (sent.body !== undefined && !has('content-length'))
    headers.push(['Content-Length', String(body.length)]);
  const head = [
    `${method} ${sent.path} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ];
  const start = Buffer.from(head.join('\r\n'), 'latin1');
  if (sent.chunked !== true) return [start, body];
  const frame =
    body.length === 0 ? [] : [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')];
  return [start, ...frame, Buffer.from('0\r\n\r\n')];
}

interface Parsed extends Answer {
  /** Whether the length says that nothing more can come. */
  isWhole: boolean;
}

function parse(bytes: Buffer, method: string): Parsed | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  const rest = bytes.subarray(end + 4);
  if (status < 200) return parse(rest, method);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const all = (name: string): string[] => headers.filter(([key]) => key === name).map(([, value]) => value);
  const get = (name: string): string | undefined => {
    const values = all(name);
    if (values.length > 1) throw new Error(`${name} came ${values.length} times`);
    return values[0];
  };
  const bodyless = method === 'HEAD' || status === 204 || status === 304;
  const length = bodyless ? '0' : get('content-length');
  const body =
    length !== undefined
      ? rest.subarray(0, Number(length))
      : get('transfer-encoding') === 'chunked'
        ? dechunk(rest)
        : rest;
  if (body === null || (length !== undefined && rest.length < Number(length))) return null;
  return {
    status,
    headers,
    all,
    get,
    body,
    text: body.toString('utf8'),
    get json(): unknown {
      return JSON.parse(body.toString('utf8')) as unknown;
    },
    isWhole: length !== undefined,
  };
}

function dechunk(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (size === 0) return Buffer.concat(parts);
    if (bytes.length < lineEnd + 2 + size) return null;
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
