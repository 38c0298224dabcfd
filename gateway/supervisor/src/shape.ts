// Readers that turn unknown JSON into typed values and report every fault of a document at once, each with its place.

export class Faults extends Error {
  readonly lines: string[];

  constructor(lines: string[]) {
    super(lines.join('\n'));
    this.name = 'Faults';
    this.lines = lines;
  }
}

export type Reader<T> = (value: unknown, at: string) => T;

type Shape = Record<string, Reader<unknown>>;
type Read<S extends Shape> = { [K in keyof S]: ReturnType<S[K]> };

const fault = (at: string, want: string): Faults => new Faults([`${at}: ${want}`]);

/** Runs all parts and throws the faults of all of them together. */
function all<T>(parts: (() => T)[]): T[] {
  const lines: string[] = [];
  const values: T[] = [];
  for (const part of parts) {
    try {
      values.push(part());
    } catch (error) {
      if (!(error instanceof Faults)) throw error;
      lines.push(...error.lines);
    }
  }
  if (lines.length > 0) throw new Faults(lines);
  return values;
}

export const text: Reader<string> = (value, at) => {
  if (typeof value !== 'string' || value === '') throw fault(at, 'must be a non-empty text');
  return value;
};

export const anyText: Reader<string> = (value, at) => {
  if (typeof value !== 'string') throw fault(at, 'must be a text');
  return value;
};

export const flag: Reader<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw fault(at, 'must be true or false');
  return value;
};

export const whole =
  (least: number): Reader<number> =>
  (value, at) => {
    if (!Number.isSafeInteger(value) || (value as number) < least) {
      throw fault(at, `must be a whole number of at least ${least}`);
    }
    return value as number;
  };

/** A whole number that a setting wrote. */
export const wholeText: Reader<number> = (value, at) => {
  if (typeof value !== 'string' || !/^\s*\d{1,9}\s*$/.test(value)) throw fault(at, 'must be a whole number');
  return Number(value);
};

export const list =
  <T>(item: Reader<T>): Reader<T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) throw fault(at, 'must be a list');
    return all(value.map((entry: unknown, index) => () => item(entry, `${at}[${index}]`)));
  };

export const optional =
  <T, F>(reader: Reader<T>, fallback: F): Reader<T | F> =>
  (value, at) =>
    value === undefined ? fallback : reader(value, at);

export const nullable =
  <T>(reader: Reader<T>): Reader<T | null> =>
  (value, at) =>
    value === null ? null : reader(value, at);

export const checked =
  <T>(reader: Reader<T>, wrong: (value: T) => string | null): Reader<T> =>
  (value, at) => {
    const read = reader(value, at);
    const want = wrong(read);
    if (want !== null) throw fault(at, want);
    return read;
  };

/** What `parse` makes of it; `null` is a fault. */
export const parsed =
  <T, R>(reader: Reader<T>, parse: (value: T) => R | null, want: (value: T) => string): Reader<R> =>
  (value, at) => {
    const read = reader(value, at);
    const made = parse(read);
    if (made === null) throw fault(at, want(read));
    return made;
  };

function entriesOf(value: unknown, at: string): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw fault(at, 'must be an object');
  return new Map(Object.entries(value));
}

/** An object whose keys are free. */
export const dictionary =
  <T>(item: Reader<T>): Reader<Record<string, T>> =>
  (value, at) =>
    Object.fromEntries(
      all(
        [...entriesOf(value, at)].map(
          ([key, entry]) =>
            () =>
              [key, item(entry, `${at}.${key}`)] as const,
        ),
      ),
    );

/** An object with exactly these keys; an unknown key is a fault, since it is most likely a misspelt one. */
export const record =
  <S extends Shape>(shape: S): Reader<Read<S>> =>
  (value, at) => {
    const given = entriesOf(value, at);
    const place = (key: string): string => (at === '' ? key : `${at}.${key}`);
    const known = Object.entries(shape).map(
      ([key, reader]) =>
        () =>
          [key, reader(given.get(key), place(key))] as const,
    );
    const unknown = [...given.keys()]
      .filter((key) => !(key in shape))
      .map((key) => () => {
        throw fault(place(key), `is not known here (known: ${Object.keys(shape).join(', ')})`);
      });
    return Object.fromEntries(all([...known, ...unknown])) as Read<S>;
  };
