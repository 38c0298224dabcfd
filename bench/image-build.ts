// Images as the suite in test/docker builds them, and what they weigh on the way to a registry.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { images } from '../test/docker/images.ts';

export function build(): typeof images {
  const script = join(import.meta.dirname, '../test/docker/build.ts');
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('the images could not be built');
  return images;
}

export async function compressedMegabytes(image: string): Promise<number> {
  const save = spawn('docker', ['save', image], { stdio: ['ignore', 'pipe', 'inherit'] });
  let bytes = 0;
  const packed = save.stdout.pipe(createGzip({ level: 6 })).on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await once(packed, 'end');
  return bytes / 1e6;
}
