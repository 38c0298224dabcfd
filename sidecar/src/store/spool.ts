// Batches on disk while the database cannot take them, in their order. Files of lines, one batch a line, each on disk before
// it counts; a file is removed when all of it has been taken. In memory there is only where each batch stands.

import { mkdir, open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewEvent } from '../event.ts';

/** What has been taken keeps its room on the disk until its file is full and taken as a whole. */
const fileBytes = 4 * 1024 * 1024;

export interface Batch {
  /** Told to the store, which does not take the same batch twice. */
  readonly name: string;
  readonly events: readonly NewEvent[];
}

export interface Spool {
  readonly bytes: number;
  /** What it may take: prices up to half of it. */
  readonly capBytes: number;
  readonly isEmpty: boolean;
  /** Behind all others. Rejects when the disk does not take it: then it is not there. */
  append(batch: Batch): Promise<void>;
  /** Before all others. */
  prepend(batch: Batch): Promise<void>;
  first(): Promise<Batch | null>;
  /** Removes the first. */
  shift(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * `lastTaken`: the batch that the store has taken last. Found here, it and all before it were taken, and only their removal
 * was cut off by a crash.
 */
export async function openSpool(deps: {
  folder: string;
  capBytes: number;
  lastTaken: string | null;
  onUnreadable: (file: string) => void;
}): Promise<Spool> {
  await mkdir(deps.folder, { recursive: true, mode: 0o700 });
  const spool = new FileSpool(deps);
  await spool.load(deps.lastTaken);
  return spool;
}

/** Where a batch stands. */
interface Place {
  readonly file: number;
  readonly at: number;
  readonly bytes: number;
}

interface Tail {
  readonly file: number;
  readonly handle: FileHandle;
  bytes: number;
}

/** Names that sort as their numbers do, with room for files before the first. */
const firstNumber = 1_000_000_000;

class FileSpool implements Spool {
  readonly capBytes: number;
  readonly #folder: string;
  readonly #onUnreadable: (file: string) => void;
  readonly #places: Place[] = [];
  #bytes = 0;
  /** The file appended to: always the last one. */
  #tail: Tail | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: { folder: string; capBytes: number; onUnreadable: (file: string) => void }) {
    this.#folder = deps.folder;
    this.capBytes = deps.capBytes;
    this.#onUnreadable = deps.onUnreadable;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#places.length === 0;
  }

  async load(lastTaken: string | null): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => /^\d{10}\.jsonl$/.test(name)).sort();
    for (const name of names) {
      const file = Number.parseInt(name, 10);
      const whole = await readFile(this.#path(file));
      let at = 0;
      // What follows the last line feed was cut off by a crash: nobody was told that it is here.
      for (let end = whole.indexOf('\n'); end !== -1; end = whole.indexOf('\n', at)) {
        const batch = parse(whole.subarray(at, end));
        if (batch === null) this.#onUnreadable(this.#path(file));
        else this.#places.push({ file, at, bytes: end + 1 - at });
        at = end + 1;
        if (batch !== null && batch.name === lastTaken) this.#places.length = 0;
      }
    }
    this.#bytes = this.#places.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const name of names) await this.#removeIfTaken(Number.parseInt(name, 10));
  }

  append(batch: Batch): Promise<void> {
    return this.#alone(async () => {
      const tail = await this.#tailWithRoom();
      const at = tail.bytes;
      try {
        tail.bytes += await write(tail.handle, batch);
      } catch (error) {
        // Half a line must not stand before the next one.
        await tail.handle.truncate(at).catch(() => undefined);
        await this.#closeTail();
        await this.#removeIfTaken(tail.file).catch(() => undefined);
        throw error;
      }
      this.#places.push({ file: tail.file, at, bytes: tail.bytes - at });
      this.#bytes += tail.bytes - at;
    });
  }

  prepend(batch: Batch): Promise<void> {
    return this.#alone(async () => {
      const file = (this.#places[0]?.file ?? firstNumber) - 1;
      const handle = await this.#create(file);
      try {
        const bytes = await write(handle, batch);
        this.#places.unshift({ file, at: 0, bytes });
        this.#bytes += bytes;
      } catch (error) {
        await rm(this.#path(file), { force: true }).catch(() => undefined);
        throw error;
      } finally {
        await handle.close();
      }
    });
  }

  first(): Promise<Batch | null> {
    return this.#alone(async () => {
      for (let place = this.#places[0]; place !== undefined; place = this.#places[0]) {
        const batch = await this.#read(place);
        if (batch !== null) return batch;
        this.#onUnreadable(this.#path(place.file));
        await this.#shift();
      }
      return null;
    });
  }

  shift(): Promise<void> {
    return this.#alone(() => this.#shift());
  }

  stop(): Promise<void> {
    return this.#alone(() => this.#closeTail());
  }

  async #shift(): Promise<void> {
    const place = this.#places.shift();
    if (place === undefined) return;
    this.#bytes -= place.bytes;
    await this.#removeIfTaken(place.file);
  }

  /** Null when it has been changed since it was written. */
  async #read({ file, at, bytes }: Place): Promise<Batch | null> {
    const handle = await open(this.#path(file), 'r');
    try {
      const { buffer } = await handle.read(Buffer.alloc(bytes), 0, bytes, at);
      return parse(buffer);
    } finally {
      await handle.close();
    }
  }

  async #tailWithRoom(): Promise<Tail> {
    if (this.#tail !== null && this.#tail.bytes < fileBytes) return this.#tail;
    await this.#closeTail();
    const file = (this.#places.at(-1)?.file ?? firstNumber) + 1;
    this.#tail = { file, handle: await this.#create(file), bytes: 0 };
    return this.#tail;
  }

  async #removeIfTaken(file: number): Promise<void> {
    if (this.#places.some((place) => place.file === file)) return;
    if (this.#tail?.file === file) await this.#closeTail();
    await rm(this.#path(file), { force: true });
    await this.#syncFolder();
  }

  async #create(file: number): Promise<FileHandle> {
    const handle = await open(this.#path(file), 'w', 0o600);
    await this.#syncFolder();
    return handle;
  }

  /** So that a file is there, or gone, after a power cut too. */
  async #syncFolder(): Promise<void> {
    const folder = await open(this.#folder, 'r');
    await folder.sync().finally(() => folder.close());
  }

  async #closeTail(): Promise<void> {
    const tail = this.#tail;
    this.#tail = null;
    await tail?.handle.close();
  }

  #path(file: number): string {
    return join(this.#folder, `${String(file).padStart(10, '0')}.jsonl`);
  }

  #alone<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(run);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** Resolves to the bytes written, once they are on disk. */
async function write(handle: FileHandle, batch: Batch): Promise<number> {
  const bytes = Buffer.from(`${JSON.stringify(batch)}\n`);
  await handle.appendFile(bytes);
  await handle.datasync();
  return bytes.length;
}

function parse(bytes: Buffer): Batch | null {
  try {
    return JSON.parse(bytes.toString()) as Batch;
  } catch {
    return null;
  }
}
