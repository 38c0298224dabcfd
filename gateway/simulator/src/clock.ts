// Simulated time. Everything that waits in the simulator waits here, so that a penalty box of 15 minutes can pass
// in a second (`scale`) or in no time (`advance`). A scale of 0 freezes time: then only `advance` moves it.
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Simulated milliseconds since the epoch. */
  now(): number;
  setTimeout(run: () => void, delayMs: number): Timer;
  every(periodMs: number, run: () => void): Timer;
  /** Simulated milliseconds per real one. */
  readonly scale: number;
  setScale(scale: number): void;
  /** Jumps ahead; timers that fall due run in order, each at its own time. */
  advance(ms: number): void;
  /** The same time with timers of its own: `stop` cancels those, and those of scopes made from it. */
  scope(): Clock;
  stop(): void;
}

interface Entry {
  dueMs: number;
  run: () => void;
}

export function createClock(options: { scale?: number; startMs?: number } = {}): Clock {
  let scale = options.scale ?? 1;
  let baseMs = options.startMs ?? Date.now();
  let realMs = performance.now();
  let entries: Entry[] = [];
  let wake: NodeJS.Timeout | undefined;

  const now = (): number => Math.floor(baseMs + (performance.now() - realMs) * scale);

  const moveTo = (simulatedMs: number): void => {
    baseMs = simulatedMs;
    realMs = performance.now();
  };

  /** Runs what is due by `untilMs`; `enter` is told the time of each before it runs. */
  const runDue = (untilMs: number, enter?: (dueMs: number) => void): void => {
    for (;;) {
      const entry = entries[0];
      if (entry === undefined || entry.dueMs > untilMs) break;
      entries.shift();
      enter?.(entry.dueMs);
      entry.run();
    }
    arm();
  };

  // Node's timers take at most 2^31-1 ms; a far one is looked at again on the way.
  const arm = (): void => {
    clearTimeout(wake);
    const first = entries[0];
    if (first === undefined || scale === 0) return;
    const waitMs = Math.min(Math.max((first.dueMs - now()) / scale, 0), 60_000);
    wake = setTimeout(() => runDue(now()), Math.ceil(waitMs));
    wake.unref();
  };

  const add = (entry: Entry): void => {
    const at = entries.findIndex((other) => other.dueMs > entry.dueMs);
    entries.splice(at === -1 ? entries.length : at, 0, entry);
    if (entries[0] === entry) arm();
  };

  const remove = (entry: Entry): void => {
    entries = entries.filter((other) => other !== entry);
    arm();
  };

  const scoped = (): Clock => {
    const own = new Set<Timer>();
    const children = new Set<Clock>();
    const start = (run: () => void, delayMs: number, repeat: boolean): Timer => {
      const entry: Entry = {
        dueMs: now() + delayMs,
        run: () => {
          if (repeat) {
            entry.dueMs += delayMs;
            add(entry);
          } else own.delete(timer);
          run();
        },
      };
      const timer: Timer = {
        cancel: () => {
          own.delete(timer);
          remove(entry);
        },
      };
      own.add(timer);
      add(entry);
      return timer;
    };
    return {
      now,
      setTimeout: (run, delayMs) => start(run, Math.max(delayMs, 0), false),
      every: (periodMs, run) => start(run, Math.max(periodMs, 1), true),
      get scale() {
        return scale;
      },
      setScale: (next) => {
        moveTo(now());
        scale = next;
        arm();
      },
      advance: (ms) => {
        const targetMs = now() + ms;
        runDue(targetMs, (dueMs) => {
          if (dueMs > now()) moveTo(dueMs);
        });
        if (targetMs > now()) moveTo(targetMs);
        arm();
      },
      scope: () => {
        const child = scoped();
        children.add(child);
        return child;
      },
      stop: () => {
        for (const timer of [...own]) timer.cancel();
        for (const child of children) child.stop();
        children.clear();
      },
    };
  };
  return scoped();
}
