// The tables in a Postgres: made or brought up to date, and told how they are laid out.

import type pg from 'pg';
import { loadMigrations, pendingMigrations, type Applied } from './migrations.ts';
import { openHypertables } from './postgres-hypertables.ts';
import type { Layout } from './postgres-layout.ts';
import { openPartitions } from './postgres-partitions.ts';

/** Partitioned tables behave as they are used here from this version on. */
const oldestVersion = 14;

/** `mayUseHypertables` counts when the tables are made; what they are then, they stay. */
export async function openTables(
  writer: pg.ClientBase,
  options: { readonly mayUseHypertables: boolean },
): Promise<Layout> {
  await refuseOldVersions(writer);
  await migrate(writer, options.mayUseHypertables);
  const { rows } = await writer.query<{ relkind: string }>(
    `SELECT relkind FROM pg_class WHERE oid = 'bezant_events'::regclass`,
  );
  const isView = rows[0]?.relkind === 'v';
  return isView ? openHypertables(writer) : openPartitions(writer);
}

async function refuseOldVersions(writer: pg.ClientBase): Promise<void> {
  const { rows } = await writer.query<{ server_version_num: string }>('SHOW server_version_num');
  const version = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  if (version < oldestVersion)
    throw new Error(`Postgres ${version} is too old: ${oldestVersion} is the oldest that will do`);
}

async function migrate(writer: pg.ClientBase, mayUseHypertables: boolean): Promise<void> {
  await writer.query('BEGIN');
  try {
    await writer.query(`SELECT pg_advisory_xact_lock(hashtextextended('bezant migrations', 0))`);
    // Asked by 0002-hypertables.sql.
    await writer.query(`SELECT set_config('bezant.hypertables', $1, true)`, [
      mayUseHypertables ? 'on' : 'off',
    ]);
    await writer.query(
      'CREATE TABLE IF NOT EXISTS bezant_migrations (name text PRIMARY KEY, checksum text NOT NULL)',
    );
    const applied = await writer.query<Applied>('SELECT name, checksum FROM bezant_migrations ORDER BY name');
    for (const { name, sql, checksum } of pendingMigrations(loadMigrations('postgres'), applied.rows)) {
      await writer.query(sql);
      await writer.query('INSERT INTO bezant_migrations VALUES ($1, $2)', [name, checksum]);
    }
    await writer.query('COMMIT');
  } catch (error) {
    await writer.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
