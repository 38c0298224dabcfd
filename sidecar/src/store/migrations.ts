// The steps that a database's tables are made in. Files are only ever added: one that has been applied and reads otherwise
// now, or is unknown here, means that program and database do not belong together.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Migration {
  /** The file's name: `0001-events.sql`. */
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export type Applied = Pick<Migration, 'name' | 'checksum'>;

const root = join(import.meta.dirname, '..', '..', 'migrations');

export function loadMigrations(database: 'sqlite' | 'postgres', folder = root): Migration[] {
  const path = join(folder, database);
  return readdirSync(path)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      // A checkout may have changed the line ends, and the meaning is the same.
      const sql = readFileSync(join(path, name), 'utf8').replaceAll('\r\n', '\n');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/** What is still to be applied, in order. To be asked and carried out in one transaction, under a lock. */
export function pendingMigrations(
  migrations: readonly Migration[],
  applied: readonly Applied[],
): Migration[] {
  for (const [index, { name, checksum }] of applied.entries()) {
    const known = migrations[index];
    if (known?.name !== name)
      throw new Error(
        `the database knows a migration ${name} that this version does not: it was used by a newer version, which must be used again`,
      );
    if (known.checksum !== checksum)
      throw new Error(
        `the migration ${name} is not the one that was applied to the database: reinstall this version`,
      );
  }
  return migrations.slice(applied.length);
}
