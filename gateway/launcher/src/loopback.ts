// The Gateway on 127.0.0.1 alone. It has no setting for this: it gives Vert.x a port, and Vert.x takes every address. So the
// one class of Vert.x that says so is put before the jar's on the class path, with "127.0.0.1" for "0.0.0.0". IBKR's own
// classes and the jars stay as they are. It matters because the Gateway's address filter lets every WebSocket pass.

import { globSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import yauzl from 'yauzl';

export const listenerClass = 'io/vertx/core/http/impl/HttpServerImpl.class';

// A text in a class file: tag 1, its length in two bytes, itself (JVM specification, 4.4.7).
const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([1, value.length >> 8, value.length & 0xff]), Buffer.from(value, 'latin1')]);
const everywhere = text('0.0.0.0');
const loopback = text('127.0.0.1');

/** The class as it has to be, or null when this Gateway's Vert.x is not as it was in the build of 2023-04-24. */
export async function loopbackClass(release: string): Promise<Buffer | null> {
  const [jar] = globSync(join(release, 'build/lib/runtime/vertx-core-*.jar'));
  const bytes = jar === undefined ? null : await readFromZip(jar, listenerClass);
  return bytes === null ? null : withLoopback(bytes);
}

export function withLoopback(bytes: Buffer): Buffer | null {
  const at = bytes.indexOf(everywhere);
  if (at < 0 || bytes.includes(everywhere, at + 1)) return null;
  return Buffer.concat([bytes.subarray(0, at), loopback, bytes.subarray(at + everywhere.length)]);
}

async function readFromZip(zip: string, name: string): Promise<Buffer | null> {
  const file = await yauzl.openPromise(zip, { lazyEntries: true, autoClose: false });
  try {
    for await (const entry of file.eachEntry())
      if (entry.fileName === name) return await buffer(await file.openReadStreamPromise(entry));
    return null;
  } finally {
    file.close();
  }
}
