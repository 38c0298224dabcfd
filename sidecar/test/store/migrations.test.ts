import { describe, expect, test } from '@jest/globals';
import { loadMigrations, pendingMigrations } from '../../src/store/migrations.ts';

const file = (name: string, sql = name) => ({ name, sql, checksum: `sum of ${sql}` });
const [one, two, three] = [file('0001-a.sql'), file('0002-b.sql'), file('0003-c.sql')];

describe('what is still to be applied', () => {
  test.each([
    ['to a new database everything', [], [one, two, three]],
    ['to an older one the rest', [one, two], [three]],
    ['to a current one nothing', [one, two, three], []],
  ])('%s', (_name, applied, want) => {
    expect(pendingMigrations([one, two, three], applied)).toEqual(want);
  });

  test.each([
    ['a newer database', [one, two, three, file('0004-d.sql')], /0004-d.sql.*newer version/],
    ['a file that was changed', [one, file('0002-b.sql', 'other')], /0002-b.sql is not the one/],
    ['a file that was put between', [one, three], /0003-c.sql/],
  ])('%s is refused', (_name, applied, want) => {
    expect(() => pendingMigrations([one, two, three], applied)).toThrow(want);
  });
});

test.each(['sqlite', 'postgres'] as const)('the files of %s are numbered without a hole', (database) => {
  const numbers = loadMigrations(database).map(({ name }) =>
    Number(/^(\d{4})-[a-z-]+\.sql$/.exec(name)?.[1]),
  );
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(numbers.length).toBeGreaterThan(0);
});
