// Which keys count: none, the configured ones, or one that is made at first start and kept in the data folder.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createApiKeys, parseApiKeys, type ApiKey, type ApiKeys } from './api-keys.ts';
import { ConfigError, type Config } from './config.ts';
import { isLoopback } from './host-check.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/** Null when anyone may call: told so, or reachable from this machine alone and no key given. */
export function loadApiKeys(deps: {
  config: Pick<Config, 'auth' | 'apiKeys' | 'bind' | 'dataDir'>;
  /** Told the key that was made, once, because nothing else shows it. */
  announce: (key: string, file: string) => void;
}): ApiKeys | null {
  const { auth, apiKeys, bind, dataDir } = deps.config;
  const wanted = auth ?? (apiKeys.length === 0 && isLoopback(bind.host) ? 'none' : 'keys');
  if (wanted === 'none') return null;
  return createApiKeys(apiKeys.length > 0 ? apiKeys : loadOrMake(join(dataDir, 'api-key'), deps.announce));
}

function loadOrMake(file: string, announce: (key: string, file: string) => void): ApiKey[] {
  try {
    const stored = readPrivateFile(file)?.trim();
    if (stored !== undefined) return parseApiKeys([stored]);
    const key = randomBytes(32).toString('base64url');
    writePrivateFile(file, `${key}\n`);
    announce(key, file);
    return parseApiKeys([key]);
  } catch (error) {
    const reason = (error as Error).message;
    throw new ConfigError([
      `The key in ${file} cannot be used (${reason}): set BEZANT_API_KEYS, or make the folder writable and delete the file`,
    ]);
  }
}
