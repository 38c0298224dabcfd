// One container and its database, on the simulator: what `docker compose up -d` gives a user, until `down -v`.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createAccount } from './account.ts';
import { createProject, until, type Project } from './project.ts';

const project: Project = await createProject(['compose.yaml', 'simulator.yaml']);
const account = createAccount(project.url);

beforeAll(async () => {
  await project.compose('up', '-d', '--no-build');
  await project.healthy('postgres', 'bezant');
});

afterAll(() => project.down());

const sql = async (query: string): Promise<string> =>
  (await project.compose('exec', '-T', 'postgres', 'psql', '-U', 'bezant', '-Atc', query)).trim();

async function head(): Promise<number> {
  return ((await account.call('GET', '/events/_status')) as { head_cursor: number }).head_cursor;
}

test('answers on the published port, of this machine alone', async () => {
  expect(await account.call('GET', '/accounts')).toEqual([expect.objectContaining({ id: 'DU1234567' })]);
  const bindings = await project.inspect('bezant', '{{json .HostConfig.PortBindings}}');
  expect(JSON.parse(bindings)).toEqual({
    '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: new URL(project.url).port }],
  });
});

test('events are in Postgres, and are still there after a restart of both', async () => {
  const event = await account.order();
  await until('the event is in Postgres', async () => {
    const row = await sql(`SELECT order_id FROM bezant_events WHERE cursor = ${event.cursor}`);
    return row === event.order_id;
  });
  await project.compose('restart', '-t', '60');
  await project.healthy('postgres', 'bezant');
  expect(await account.orderEvents()).toEqual(expect.arrayContaining([expect.objectContaining(event)]));
});

// The folder remembers cursors that the dump does not have: readers are told so (412), and what there is is read by time.
test('a dump is put back as docs/deploy/backup.md says, and cursors go on above', async () => {
  const inPostgres = (command: string): Promise<string> =>
    project.compose('exec', '-T', 'postgres', 'sh', '-c', command);
  const before = await account.order(await head());
  await inPostgres('pg_dump -U bezant -Fc bezant > /tmp/events.dump');
  const lost = await account.order(before.cursor);
  await project.compose('stop', '-t', '60', 'bezant');
  await inPostgres('pg_restore -U bezant -d bezant --clean --if-exists --exit-on-error < /tmp/events.dump');
  await project.compose('start', 'bezant');
  await project.healthy('bezant');
  const since = new Date(0).toISOString();
  const history = (await account.call('GET', `/events/orders/history?since_ts=${since}`)) as {
    events: unknown[];
  };
  expect(history.events).toEqual(expect.arrayContaining([expect.objectContaining(before)]));
  await expect(account.call('GET', `/events/orders?since=${before.cursor}`)).rejects.toThrow(
    /cursor_expired/,
  );
  expect(history.events).not.toEqual(expect.arrayContaining([expect.objectContaining(lost)]));
  const { cursor } = await account.order(await head());
  expect(cursor).toBeGreaterThan(lost.cursor);
});

test('the containers can do little', async () => {
  expect(await project.compose('exec', '-T', 'bezant', 'id', '-u')).toBe('10001\n');
  await expect(project.compose('exec', '-T', 'bezant', 'touch', '/etc/written')).rejects.toThrow(/Read-only/);
  await expect(project.compose('exec', '-T', 'postgres', 'touch', '/etc/written')).rejects.toThrow(
    /Read-only/,
  );
  expect(await project.compose('exec', '-T', 'bezant', 'grep', '-h', 'CapEff', '/proc/1/status')).toMatch(
    /0{16}/,
  );
  expect(await project.inspect('postgres', '{{.HostConfig.NetworkMode}}')).toBe('none');
});

test('down keeps the volumes, down -v leaves nothing', async () => {
  await project.compose('down', '--timeout', '60');
  expect(await project.left()).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/_bezant-simulator-data$/),
      expect.stringMatching(/_postgres-simulator-data$/),
    ]),
  );
  await project.down();
  expect(await project.left()).toEqual([]);
});
