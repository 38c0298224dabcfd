// How long to wait before IBKR is dialed again: 1, 2, 4 … 60 s, a fifth more or less so that many servers do not knock in
// step after an outage.

const firstMs = 1_000;
const lastMs = 60_000;

export interface BackOff {
  nextMs(): number;
  reset(): void;
}

/** `random` in [0, 1). */
export function createBackOff(random: () => number): BackOff {
  let failures = 0;
  return {
    nextMs() {
      const ms = Math.min(lastMs, firstMs * 2 ** failures);
      failures += 1;
      return ms * (0.8 + 0.4 * random());
    },
    reset: () => void (failures = 0),
  };
}
