// IBKR's published document → spec/vendor/cpapi-<version>.json, the interface facts of it (see prose.ts).

import { object } from './document.ts';
import { dropProse } from './prose.ts';
import { normaliseDocument } from './generate.ts';
import { cloneJson, writeJson, type JsonObject } from './json.ts';
import { Problem } from './problem.ts';
import { parseOpenapi } from './read.ts';
import { writeFiles } from './write.ts';

export interface Imported {
  readonly file: string;
  readonly paths: number;
}

export async function importDocument(text: string, name: string, vendorDir: string): Promise<Imported> {
  const document = parseOpenapi(text, name);
  const version = versionOf(document);
  if (version === undefined) {
    throw new Problem(
      `${name} has no info.version like 2.28.0: the file under spec/vendor is named after it`,
    );
  }
  dropProse(document);
  // a document that cannot be normalised must not become the newest
  await normaliseDocument(cloneJson(document));
  const file = `cpapi-${version}.json`;
  await writeFiles(vendorDir, { [file]: writeJson(document) });
  return { file, paths: Object.keys(object(document, 'paths') ?? {}).length };
}

function versionOf(document: JsonObject): string | undefined {
  const version = object(document, 'info')?.['version'];
  return typeof version === 'string' && /^\d+(\.\d+)*$/.test(version) ? version : undefined;
}
