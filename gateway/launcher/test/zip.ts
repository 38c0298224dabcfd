// Zips of any content, uncompressed: also such as no honest program makes.

import { crc32 } from 'node:zlib';

export interface Content {
  name: string;
  text?: string;
  /** The Unix mode, with the kind of file. */
  mode?: number;
  /** What the zip claims, when it is not the truth. */
  size?: number;
  crc?: number;
}

/** The few files without which it is not taken for the Gateway. */
export const gatewayFiles: Content[] = [
  { name: 'dist/gateway.jar', text: 'a' },
  { name: 'build/lib/runtime/library.jar', text: 'b' },
  { name: 'root/vertx.jks', text: 'c' },
];

export function zipOf(contents: readonly Content[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, text = '', mode = 0o100644, size, crc } of contents) {
    const data = Buffer.from(text);
    const path = Buffer.from(name);
    // Version, flags, method, time and date; then sum and sizes (section 4.3 of the zip specification).
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc ?? crc32(data), 10);
    common.writeUInt32LE(size ?? data.length, 14);
    common.writeUInt32LE(size ?? data.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, path, data]);
    const central = Buffer.alloc(14);
    central.writeUInt32LE((mode << 16) >>> 0, 6);
    central.writeUInt32LE(offset, 10);
    const madeBy = Buffer.from([20, 3]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), madeBy, common, central, path]));
    locals.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(contents.length, 8);
  end.writeUInt16LE(contents.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, entries, end]);
}
