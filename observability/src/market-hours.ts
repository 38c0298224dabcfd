// When a missing session costs something. PromQL knows UTC and no daylight saving, so this is a wide window: Monday to Friday
// from 12:00 to 21:00 UTC. New York trades from 13:30 to 20:00 UTC in summer and from 14:30 to 21:00 in winter, so there
// is an hour and a half at least to log in before it opens. Holidays count as days of trading.

/** One series without labels while it is so, none otherwise: to be joined by `and on ()`. */
export const marketHours = '(hour() >= 12 and hour() < 21 and day_of_week() >= 1 and day_of_week() <= 5)';
