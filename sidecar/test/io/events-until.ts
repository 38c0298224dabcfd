// Waiting for what another process will do: asked again and again until it is so, with a limit that names what was awaited.

const againMs = 20;

export async function until<Value>(
  what: string,
  look: () => Value | null | undefined | false | Promise<Value | null | undefined | false>,
  limitMs = 20_000,
): Promise<Value> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > endMs) throw new Error(`within ${limitMs / 1000} s there was not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, againMs));
  }
}
