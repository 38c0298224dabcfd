// When the next nightly reset is: IBKR ends sessions at midnight of the account's region (New York, Zug, Hong Kong).

const dayMs = 86_400_000;

/** The next instant after `nowMs` at which clocks in `timeZone` show `at` ("HH:MM"). */
export function nextWallClock(nowMs: number, at: string, timeZone: string): number {
  const [hours, minutes] = at.split(':').map(Number);
  const wantedMs = ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000;
  const waitMs = (wantedMs - sinceMidnight(nowMs, timeZone) + dayMs) % dayMs;
  const candidate = nowMs + (waitMs === 0 ? dayMs : waitMs);
  // A change to or from summer time on the way moves the wall clock by an hour.
  const offMs = sinceMidnight(candidate, timeZone) - wantedMs;
  return candidate - (offMs > dayMs / 2 ? offMs - dayMs : offMs < -dayMs / 2 ? offMs + dayMs : offMs);
}

function sinceMidnight(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(atMs);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  return ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1000 + (atMs % 1000);
}
