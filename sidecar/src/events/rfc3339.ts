// Times as callers write them: RFC 3339, with or without a fraction, at any offset. `Date.parse` takes much else and turns
// the 30th of February into March.

const pattern = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+ -]\d\d:\d\d)$/;

/** Milliseconds since the epoch, rounded down; null for what is no time. */
export function parseTime(text: string): number | null {
  const [, day = '', time = '', fraction = '', zone = ''] = pattern.exec(text) ?? [];
  const [hour = 0, minute = 0, second = 0] = time.split(':').map(Number);
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  const offsetMs = offsetOf(zone);
  if (day === '' || !Number.isFinite(dayMs) || new Date(dayMs).toISOString().slice(0, 10) !== day)
    return null;
  // RFC 3339 has leap seconds; here they are the first of the next minute.
  if (hour > 23 || minute > 59 || second > 60 || offsetMs === null) return null;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return dayMs + ((hour * 60 + minute) * 60 + second) * 1000 + ms - offsetMs;
}

function offsetOf(zone: string): number | null {
  if (zone === '' || zone.toUpperCase() === 'Z') return 0;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  if (hours > 23 || minutes > 59) return null;
  // A plus that was not encoded in a query arrives as a blank.
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
