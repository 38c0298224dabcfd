// The appliance with its events in a Postgres of its own container, as the compose file has it.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import type { Appliance } from './appliance.ts';
import { must } from './docker.ts';
import { Stage, startupMs } from './stage.ts';
import { until } from './until.ts';

const image = process.env['BEZANT_TEST_POSTGRES_IMAGE'] ?? 'postgres:17';
const stage = new Stage();
let database: StartedTestContainer;
let bezant: Appliance;

beforeAll(async () => {
  database = await new GenericContainer(image)
    .withNetwork(await stage.network())
    .withNetworkAliases('database')
    .withEnvironment({ POSTGRES_USER: 'bezant', POSTGRES_PASSWORD: 'not-for-logs', POSTGRES_DB: 'events' })
    .withHealthCheck({
      test: ['CMD', 'pg_isready', '--host=127.0.0.1', '--username=bezant', '--dbname=events'],
      interval: 1000,
      timeout: 5000,
      retries: 100,
    })
    .withWaitStrategy(Wait.forHealthCheck())
    .withStartupTimeout(startupMs)
    .start();
  stage.later(() => must('rm', '--force', '--volumes', database.getId()));
  bezant = await stage.run({
    env: { BEZANT_DEMO: '1', BEZANT_DATABASE_URL: 'postgres://bezant:not-for-logs@database:5432/events' },
    host: { ReadonlyRootfs: true },
  });
}, 2 * startupMs);
afterAll(() => stage.clear(), startupMs);

const rows = async (): Promise<number> => {
  const sql = "select coalesce(sum(n_live_tup), 0) from pg_stat_user_tables where relname like '%event%'";
  const psql = ['psql', '--username=bezant', '--dbname=events', '--tuples-only', '--no-align', '--command'];
  return Number(await must('exec', database.getId(), ...psql, sql));
};

test('events are written to it, none to the data folder, and the password to no log', async () => {
  await until('events in Postgres', async () => (await rows()) > 0);
  const { status, body } = await bezant.ask('/events/orders?since=0');
  expect([200, 204]).toContain(status);
  expect(body).not.toMatchObject({ code: expect.anything() });
  const files = await bezant.exec('find', '/data', '-name', '*.db*');
  expect(files).toBe('');
  expect(await bezant.log()).not.toContain('not-for-logs');
});

test('it goes away and comes back: events resume where they were', async () => {
  await must('stop', '--time', '10', database.getId());
  await until('the outage is told', async () => /database|store/i.test((await bezant.log()).slice(-4000)));
  await must('start', database.getId());
  const before = await until('its rows again', rows);
  await until('more events', async () => (await rows()) > before);
  await bezant.process('sidecar');
});
