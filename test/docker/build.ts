// Builds the images that the suite runs, as a user would: `node test/docker/build.ts`. NODE_IMAGE, JDK_IMAGE and RUNTIME_IMAGE
// name other bases than the Dockerfile's.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { images } from './images.ts';

const root = join(import.meta.dirname, '..', '..');
const bases = ['NODE_IMAGE', 'JDK_IMAGE', 'RUNTIME_IMAGE'].flatMap((name) =>
  (process.env[name] ?? '') === '' ? [] : ['--build-arg', `${name}=${process.env[name] ?? ''}`],
);
// The supply chain's own words, so that the suite sees them arrive.
const labels = ['--build-arg', 'REVISION=0123abc', '--build-arg', 'VERSION=0.0.0-test'];

for (const [target, image] of Object.entries(images)) {
  const args = ['build', '--file', 'Dockerfile.combined', '--target', target, '--tag', image];
  const { status } = spawnSync('docker', [...args, ...bases, ...labels, '.'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}
