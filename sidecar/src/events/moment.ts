// A point in time on both clocks: the one that is shown, which jumps when somebody sets it, and the steady one, which stands
// still while the computer sleeps.

import type { Clock } from '../clock.ts';

export interface Moment {
  /** Since the epoch, as the clock said then. */
  readonly wallMs: number;
  readonly steadyMs: number;
}

export interface Clocks {
  /** For times that are shown or kept. */
  readonly clock: Clock;
  /** For limits and ages. */
  readonly steady: Clock;
}

export const momentOf = ({ clock, steady }: Clocks): Moment => ({
  wallMs: clock.now(),
  steadyMs: steady.now(),
});

/** When it was, by the clock as it is at `now`; rather too early than too late, so that no outage is told too short. */
export const wallMsOf = (moment: Moment, now: Moment): number =>
  Math.min(moment.wallMs, Math.floor(now.wallMs - (now.steadyMs - moment.steadyMs)));
