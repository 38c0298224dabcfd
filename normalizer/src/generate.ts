// The pipeline: read → overlay → passes → rules → emit. `generateContract` makes this project's own contract out of
// spec/; `normaliseDocument` does the same to any document of IBKR's, without the overlay.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { applyAdditions, loadAdditions } from './additions.ts';
import type { Files, Normalised } from './emit/emitter.ts';
import { emitters, documentEmitters } from './emit/index.ts';
import { fillRequiredWords } from './prose.ts';
import type { JsonObject } from './json.ts';
import { applyOverlay } from './overlay-apply.ts';
import { loadOverlay, type Overlay } from './overlay.ts';
import { runPasses } from './passes/index.ts';
import type { Finding } from './passes/pass.ts';
import { Problem } from './problem.ts';
import { readDocument } from './read.ts';
import { checkRules } from './rules/index.ts';
import { compareVersions } from './version.ts';

export interface Generated {
  readonly normalised: Normalised;
  readonly files: Files;
  readonly findings: readonly Finding[];
}

export async function generateContract(specDir: string): Promise<Generated> {
  const overlayDir = join(specDir, 'overlay');
  const document = await readDocument(await newestVendorFile(join(specDir, 'vendor')));
  for (const additions of await loadAdditions(overlayDir)) applyAdditions(document, additions);
  const overlay = loadOverlay(overlayDir);
  applyOverlay(document, overlay);
  return finish(document, overlay, 'generate');
}

/** Changes the document in place. */
export async function normaliseDocument(document: JsonObject): Promise<Generated> {
  return finish(document, { operations: new Map(), schemas: new Map(), tools: [] }, 'any');
}

async function finish(document: JsonObject, overlay: Overlay, use: 'generate' | 'any'): Promise<Generated> {
  const findings = runPasses(document);
  fillRequiredWords(document);
  const normalised: Normalised = { document, overlay, findings };
  await checkRules(normalised, use);
  const outputs: Files[] = [];
  for (const emit of use === 'generate' ? emitters : documentEmitters) outputs.push(await emit(normalised));
  return { normalised, files: Object.assign({}, ...outputs) as Files, findings };
}

async function newestVendorFile(vendorDir: string): Promise<string> {
  const names = await readdir(vendorDir).catch(() => []);
  const versions = names.flatMap((name) => /^cpapi-(.+)\.json$/.exec(name)?.[1] ?? []);
  const newest = versions.sort(compareVersions).at(-1);
  if (newest === undefined) {
    throw new Problem(
      `${vendorDir} holds no cpapi-<version>.json: run npm run spec:import -- FILE with IBKR's document`,
    );
  }
  return join(vendorDir, `cpapi-${newest}.json`);
}
