// Which Gateway is in force: a folder that is there, a zip that is there, or IBKR's download. A release becomes a folder by
// one rename when it is whole, and the one before it goes when the new one is in place.

import { randomUUID } from 'node:crypto';
import { existsSync, globSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { checkZip, formatRecord, readRecord, sha256Of } from './checksum.ts';
import { Fault } from './fault.ts';
import { download } from './fetch.ts';
import type { Say } from './say.ts';
import type { Settings } from './settings.ts';
import { unpack } from './unpack.ts';

type Wanted = Pick<Settings, 'zip' | 'zipUrl' | 'sha256'>;

/** Beside the releases: the sum that was accepted. In a release: its own. */
const record = 'clientportal.gw.sha256';
const releaseName = (sha256: string): string => `release-${sha256.slice(0, 16)}`;
/** What a stopped start left behind begins so. */
const unfinished = '.unfinished-';

/** The folder with the Gateway's files, put below `home` if need be. */
export async function ensureRelease(wanted: Wanted, home: string, say: Say): Promise<string> {
  const given = wanted.zip === null ? null : resolve(wanted.zip);
  if (given !== null && isFolder(given)) return givenFolder(given, wanted.sha256);

  // The data folder holds secrets of the server's, whoever makes it first.
  await mkdir(home, { recursive: true, mode: 0o700 });
  await clear(home, (name) => name.startsWith(unfinished));
  const accepted = await readRecord(join(home, record));
  const asked = given === null ? (wanted.sha256 ?? accepted) : await sumOfGiven(given);
  if (given !== null && asked !== null)
    checkZip({ sha256: asked, from: given, pinned: wanted.sha256, accepted });
  const inPlace = asked === null ? null : join(home, releaseName(asked));
  if (asked !== null && inPlace !== null && existsSync(inPlace)) {
    if (asked !== accepted) await accept(asked, home);
    return inPlace;
  }

  const { sha256, tree, work } = await obtain(wanted, accepted, home, say);
  const folder = join(home, releaseName(sha256));
  // Nothing is there unless another start was as fast, and then it is the same.
  if (!existsSync(folder)) await rename(tree, folder);
  await rm(work, { recursive: true, force: true });
  await accept(sha256, home);
  say(`The Gateway is in ${folder}`);
  return folder;
}

/** For images: the files in exactly this folder, and nothing else left behind. */
export async function unpackInto(folder: string, wanted: Wanted, say: Say): Promise<void> {
  const target = resolve(folder);
  if (existsSync(target) && (await readdir(target)).length > 0)
    throw new Fault(`${target} is there already and not empty. Name a new folder.`, 2);
  await mkdir(dirname(target), { recursive: true });
  const { tree, work } = await obtain(wanted, null, dirname(target), say);
  await rm(target, { recursive: true, force: true });
  await rename(tree, target);
  await rm(work, { recursive: true, force: true });
  say(`The Gateway is in ${target}; BEZANT_GATEWAY_ZIP=${target} runs it from there`);
}

interface Obtained {
  sha256: string;
  tree: string;
  work: string;
}

async function obtain(wanted: Wanted, accepted: string | null, home: string, say: Say): Promise<Obtained> {
  const work = join(home, `${unfinished}${randomUUID()}`);
  await mkdir(work);
  try {
    const zip = wanted.zip === null ? join(work, 'clientportal.gw.zip') : resolve(wanted.zip);
    const from = wanted.zip === null ? wanted.zipUrl.host : zip;
    if (wanted.zip === null) {
      say(`Fetching IBKR’s Client Portal Gateway from ${from}: it is IBKR’s program, under IBKR’s terms`);
      await download(wanted.zipUrl, zip, say);
    }
    const sha256 = await sumOfGiven(zip);
    checkZip({ sha256, from, pinned: wanted.sha256, accepted });
    say(`sha256 ${sha256}${wanted.sha256 === null ? '' : ', as BEZANT_GATEWAY_SHA256 asks for'}`);
    const tree = await unpack(zip, join(work, 'files'), from);
    checkTree(tree, `The zip from ${from}`);
    await writeFile(join(tree, record), formatRecord(sha256), { flush: true });
    return { sha256, tree, work };
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  }
}

/** A folder of an image is as trusted as the image; with a pin it must say what it was unpacked from. */
async function givenFolder(folder: string, pinned: string | null): Promise<string> {
  checkTree(folder, `The folder ${folder}`);
  if (pinned === null) return folder;
  const sha256 = await readRecord(join(folder, record));
  if (sha256 === null)
    throw new Fault(
      `The folder ${folder} does not say which zip it comes from, so BEZANT_GATEWAY_SHA256 cannot be compared.\n` +
        'Name the zip itself in BEZANT_GATEWAY_ZIP, or unpack it with bezant-gateway fetch FOLDER.',
      2,
    );
  checkZip({ sha256, from: folder, pinned, accepted: null });
  return folder;
}

function checkTree(folder: string, what: string): void {
  const missing = ['dist/*.jar', 'build/lib/runtime/*.jar', 'root/vertx.jks'].find(
    (files) => globSync(files, { cwd: folder }).length === 0,
  );
  if (missing !== undefined)
    throw new Fault(`${what} is not IBKR’s Client Portal Gateway: it has no ${missing}.`);
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

async function sumOfGiven(zip: string): Promise<string> {
  return sha256Of(zip).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code ?? 'unknown'})`;
    throw new Fault(`BEZANT_GATEWAY_ZIP names ${zip}: ${why}.`, 2);
  });
}

/** The sum is in force, and no other release is kept. */
async function accept(sha256: string, home: string): Promise<void> {
  const next = join(home, `${unfinished}${randomUUID()}`);
  await writeFile(next, formatRecord(sha256), { flush: true });
  await rename(next, join(home, record));
  await clear(home, (name) => name.startsWith('release-') && name !== basename(releaseName(sha256)));
}

async function clear(home: string, unwanted: (name: string) => boolean): Promise<void> {
  const names = (await readdir(home)).filter(unwanted);
  await Promise.all(names.map((name) => rm(join(home, name), { recursive: true, force: true })));
}
