// The folder that stands first on the Gateway's class path, written anew at every start.

import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { confYaml, logbackXml } from './conf.ts';
import { listenerClass, loopbackClass } from './loopback.ts';
import type { Say } from './say.ts';
import type { Settings } from './settings.ts';

type Wanted = Pick<Settings, 'port' | 'remoteHost'>;

export async function writeRoot(root: string, release: string, wanted: Wanted, say: Say): Promise<void> {
  const listener = await loopbackClass(release);
  if (listener === null)
    say(
      'Warning: this Gateway could not be bound to 127.0.0.1, it listens on every address. Its address filter is on, but ' +
        'WebSockets pass it: never publish its port, and keep it from others by a firewall.',
    );
  const next = `${root}.next`;
  await rm(next, { recursive: true, force: true });
  const files: [string, string | Buffer][] = [
    ['conf.yaml', confYaml({ ...wanted, keystore: join(release, 'root/vertx.jks') })],
    ['logback.xml', logbackXml],
    ...(listener === null ? [] : [[listenerClass, listener] satisfies [string, Buffer]]),
  ];
  for (const [name, content] of files) {
    await mkdir(dirname(join(next, name)), { recursive: true });
    await writeFile(join(next, name), content);
  }
  await rm(root, { recursive: true, force: true });
  await rename(next, root);
}
