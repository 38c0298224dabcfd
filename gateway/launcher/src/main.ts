// bezant-gateway: settings → release → configuration → become the Java process. `fetch` stops after the release.

import { mkdir, rm } from 'node:fs/promises';
import { setGlobalProxyFromEnv } from 'node:http';
import { join, resolve } from 'node:path';
import { asDiskFault } from './disk.ts';
import { Fault } from './fault.ts';
import { findJava, javaArguments, javaEnvironment } from './java.ts';
import { boundLogs } from './logs.ts';
import { ensureRelease, unpackInto } from './release.ts';
import { writeRoot } from './root.ts';
import { sayTo, type Say } from './say.ts';
import { loadSettings, type Settings } from './settings.ts';

const usage = `\
usage: bezant-gateway                 start IBKR’s Client Portal Gateway, fetching it if need be
       bezant-gateway fetch           fetch and check it into the data folder, and stop
       bezant-gateway fetch FOLDER    into that folder, to be named in BEZANT_GATEWAY_ZIP (for images)
docs/gateway.md has the settings.`;

async function main(args: readonly string[], say: Say): Promise<void> {
  const [command, folder, ...more] = args;
  const known = command === undefined || command === 'fetch';
  if (!known || more.length > 0 || folder?.startsWith('-')) throw new Fault(usage, 2);
  const settings = loadSettings(process.env);
  useProxy();
  if (folder !== undefined) return guarded(resolve(folder), unpackInto(folder, settings, say));

  const dataDir = resolve(settings.dataDir);
  const home = join(dataDir, 'gateway');
  // Before anything is downloaded: without Java it is of no use.
  const java = command === 'fetch' ? null : findJava(settings.java, process.env['PATH']);
  const release = await guarded(dataDir, ensureRelease(settings, home, say));
  if (java !== null) await guarded(dataDir, start({ java, release, home, settings, dataDir, say }));
}

interface Start {
  java: string;
  release: string;
  home: string;
  settings: Settings;
  dataDir: string;
  say: Say;
}

async function start({ java, release, home, settings, dataDir, say }: Start): Promise<void> {
  const root = join(home, 'root');
  const tmp = join(dataDir, 'tmp', 'gateway');
  await mkdir(home, { recursive: true, mode: 0o700 });
  await writeRoot(root, release, settings, say);
  await boundLogs(join(home, 'logs'));
  // What a killed Gateway left there.
  await rm(tmp, { recursive: true, force: true });
  await mkdir(tmp, { recursive: true });
  process.chdir(home);
  const { heapMb, javaOptions: extra } = settings;
  const args = javaArguments({ release, root, home, tmp, heapMb, extra });
  if (process.execve === undefined) throw new Fault('bezant-gateway runs on Linux and macOS.', 2);
  // Not a child: SIGTERM reaches the Gateway itself, and no Node stays in memory beside it.
  process.execve(java, [java, ...args], javaEnvironment(process.env));
}

/** HTTPS_PROXY and NO_PROXY hold for the download. */
function useProxy(): void {
  try {
    setGlobalProxyFromEnv();
  } catch {
    throw new Fault('HTTPS_PROXY must be an address such as http://proxy.example:3128', 2);
  }
}

async function guarded<Value>(folder: string, work: Promise<Value>): Promise<Value> {
  return work.catch((error: unknown) => {
    throw asDiskFault(error, folder);
  });
}

await main(process.argv.slice(2), sayTo(1)).catch((error: unknown) => {
  if (!(error instanceof Fault)) throw error;
  sayTo(2)(error.message);
  process.exit(error.exitCode);
});
