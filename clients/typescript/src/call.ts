// What a generated method hands over, and who takes it. Types only: nothing of this reaches a bundle.

/** One call: a row of the table of operations, with the caller's values. */
export interface ApiRequest {
  readonly method: string;
  /** IBKR's path template, relative to /v1/api: `/iserver/account/{accountId}/orders` */
  readonly path: string;
  /** The template's values. They are encoded; `.`, `..` and nothing are refused. */
  readonly params?: Readonly<Record<string, string | number>> | undefined;
  /** Members that are undefined are left out, lists are joined with commas. */
  readonly query?: object | undefined;
  readonly body?: unknown;
  /** Media type of a body that is sent as it is. Without it the body is JSON. */
  readonly type?: string | undefined;
  /** It changes nothing at IBKR, so it may be repeated. */
  readonly read?: boolean;
  /** A path of bezant's own, such as /health, instead of one under /v1/api. */
  readonly own?: boolean;
}

export interface CallOptions {
  /** Ends the call; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** For the whole call, repeats included. 0 is no limit. */
  readonly timeoutMs?: number | undefined;
  /** How often a read is repeated. Writes never are. */
  readonly retries?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Anything that can make calls: `createClient` and `createTransport` give one. */
export interface Caller {
  readonly call: <Value>(request: ApiRequest, options?: CallOptions) => Promise<Value>;
}
