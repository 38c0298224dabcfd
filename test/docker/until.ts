// Waiting for what has to happen, however long this machine takes for it.

/** Resolves with the first value that is neither null nor false; `attempt` may throw as long as it is not there yet. */
export async function until<Value>(
  what: string,
  attempt: () => Promise<Value | null | false>,
  limitMs = 120_000,
  everyMs = 250,
): Promise<Value> {
  const deadline = Date.now() + limitMs;
  let last: unknown = null;
  for (;;) {
    const value = await attempt().catch((error: unknown) => {
      last = error;
      return null;
    });
    if (value !== null && value !== false) return value;
    if (Date.now() > deadline)
      throw new Error(`${what}: not within ${limitMs} ms`, { cause: last ?? undefined });
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
