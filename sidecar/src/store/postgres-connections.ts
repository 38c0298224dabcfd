// The connections to Postgres: one that writes and holds the lock of the only writer, a few that read, and one at a time
// for housekeeping. Each is made when it is needed, and made anew after it was lost.

import pg from 'pg';
import { StoreError } from './store.ts';

/** An answer that takes longer counts as none: the events wait in the spool meanwhile. */
const connectMs = 5000;
const writeMs = 15_000;
const readMs = 30_000;
const lockMs = 3000;

/** So that Postgres lets go of a writer whose machine is gone, in a minute instead of two hours. */
const settings = `
  SET client_encoding = 'UTF8';
  SET tcp_keepalives_idle = 30;
  SET tcp_keepalives_interval = 10;
  SET tcp_keepalives_count = 3;
`;

/** Of the schema's own writer: other schemas of the database may have theirs. */
const writerLock = `hashtextextended('bezant events ' || current_schema(), 0)`;

/** SQLSTATE lock_not_available. */
const lockNotAvailable = '55P03';

/** Cursors and counts stay below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (type, format) =>
    type === pg.types.builtins.INT8
      ? Number
      : (pg.types.getTypeParser(type, format) as (text: string) => unknown),
};

export interface Query {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

export class PostgresConnections {
  readonly #url: string;
  readonly #readers: pg.Pool;
  readonly #onWriter: (writer: pg.Client) => Promise<void>;
  #writer: Promise<pg.Client> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  /** `onWriter` prepares a fresh writer, lock in hand, before anything is written with it. */
  constructor(url: string, onWriter: (writer: pg.Client) => Promise<void>) {
    this.#url = url;
    this.#onWriter = onWriter;
    this.#readers = new pg.Pool({
      ...this.#config(readMs),
      max: 3,
      idleTimeoutMillis: 30_000,
      allowExitOnIdle: true,
    });
    // A connection lost while idle is simply replaced at the next query.
    this.#readers.on('error', () => undefined);
  }

  async read<Row extends pg.QueryResultRow>(query: Query): Promise<Row[]> {
    return (await this.#readers.query<Row>(toConfig(query))).rows;
  }

  /**
   * One after the other, as cursors are. After a failure that leaves open what was done, the connection is given up, and
   * what is true is read anew with the next one.
   */
  write<Result>(
    run: (writer: pg.Client) => Promise<Result>,
    isKnown: (error: unknown) => boolean = () => false,
  ): Promise<Result> {
    const result = this.#turn.then(async () => {
      const writer = await this.#connected();
      try {
        return await run(writer);
      } catch (error) {
        if (!isKnown(error)) this.#lose(writer);
        throw error;
      }
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** For work that may take long and must not keep the writer waiting. */
  async aside<Result>(run: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const client = await this.#connect(0);
    try {
      await client.query(`SET lock_timeout = ${lockMs}`);
      return await run(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    await this.#turn;
    const writer = await this.#writer?.catch(() => null);
    await writer?.end().catch(() => undefined);
    await this.#readers.end();
  }

  #connected(): Promise<pg.Client> {
    this.#writer ??= this.#connectWriter().catch((error: unknown) => {
      this.#writer = null;
      throw error;
    });
    return this.#writer;
  }

  async #connectWriter(): Promise<pg.Client> {
    const writer = await this.#connect(writeMs);
    try {
      await writer.query(`SET lock_timeout = ${lockMs}`);
      await writer.query(`SELECT pg_advisory_lock(${writerLock})`).catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== lockNotAvailable) throw error;
        throw new StoreError(
          'another bezant-server writes to the database: stop it, or give this one a database of its own',
          { cause: error },
        );
      });
      await this.#onWriter(writer);
    } catch (error) {
      await writer.end().catch(() => undefined);
      throw error;
    }
    writer.once('end', () => this.#forget(writer));
    return writer;
  }

  async #connect(timeoutMs: number): Promise<pg.Client> {
    if (this.#isStopped) throw new Error('the event store has been stopped');
    const client = new pg.Client(this.#config(timeoutMs));
    // Told by the query that fails; without a listener it would end the process.
    client.on('error', () => undefined);
    await client.connect();
    await client.query(settings);
    return client;
  }

  #lose(writer: pg.Client): void {
    this.#forget(writer);
    writer.end().catch(() => undefined);
  }

  #forget(writer: pg.Client): void {
    void this.#writer?.then((current) => {
      if (current === writer) this.#writer = null;
    });
  }

  #config(timeoutMs: number): pg.ClientConfig {
    return {
      connectionString: this.#url,
      application_name: 'bezant',
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
      types,
      ...(timeoutMs === 0 ? {} : { statement_timeout: timeoutMs, query_timeout: timeoutMs + 1000 }),
    };
  }
}

export const toConfig = ({ name, text, values = [] }: Query): pg.QueryConfig => ({
  text,
  values: [...values],
  ...(name === undefined ? {} : { name }),
});
