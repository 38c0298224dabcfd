// What is worked out once and kept: for long times on dashboards, and for rules of your own. Labels of the target stay.

import { marketHours } from './market-hours.ts';

export interface Recording {
  record: string;
  expr: string;
  /** What it is, for docs/observability.md. */
  what: string;
}

const quantile = (share: string, histogram: string): string =>
  `histogram_quantile(${share}, sum without (operation, method, status_class) (rate(${histogram}_bucket[5m])))`;

export const recordings: readonly Recording[] = [
  {
    record: 'bezant:market_hours:bool',
    expr: `${marketHours} * 0 + 1 or vector(0)`,
    what: 'Whether the session is expected to be there: Monday to Friday, 12:00 to 21:00 UTC.',
  },
  {
    record: 'bezant:session_authenticated:avg1h',
    expr: 'avg_over_time(bezant_session_authenticated[1h])',
    what: 'The part of the last hour in which the account could be traded.',
  },
  {
    record: 'bezant:login_remaining:seconds',
    expr: `(bezant_session_sso_expires_seconds - (time() - bezant_session_last_tickle_timestamp_seconds))
  and bezant_session_sso_expires_seconds > 0`,
    what: 'How long the login is still good for, if no keepalive renews it.',
  },
  {
    record: 'bezant:http_requests:rate5m',
    expr: 'sum without (operation, method) (rate(bezant_http_request_duration_seconds_count[5m]))',
    what: 'Requests of callers a second, by class of status.',
  },
  {
    record: 'bezant:http_request_duration_seconds:p50_rate5m',
    expr: quantile('0.5', 'bezant_http_request_duration_seconds'),
    what: 'Half of all requests are answered within this time.',
  },
  {
    record: 'bezant:http_request_duration_seconds:p95_rate5m',
    expr: quantile('0.95', 'bezant_http_request_duration_seconds'),
    what: 'All but one request in twenty are.',
  },
  {
    record: 'bezant:upstream_requests:rate5m',
    expr: 'sum without (operation) (rate(bezant_upstream_request_duration_seconds_count[5m]))',
    what: 'Calls a second that the Gateway answered, by class of status.',
  },
  {
    record: 'bezant:upstream_request_duration_seconds:p50_rate5m',
    expr: quantile('0.5', 'bezant_upstream_request_duration_seconds'),
    what: 'Half of all calls are answered by the Gateway within this time.',
  },
  {
    record: 'bezant:upstream_request_duration_seconds:p95_rate5m',
    expr: quantile('0.95', 'bezant_upstream_request_duration_seconds'),
    what: 'All but one call in twenty are.',
  },
  {
    record: 'bezant:pacing_wait_seconds:p95_rate5m',
    expr: quantile('0.95', 'bezant_pacing_wait_seconds'),
    what: 'Of the calls that had to wait for their turn, all but one in twenty waited no longer.',
  },
  {
    record: 'bezant:events_written:rate5m',
    expr: 'sum without (topic) (rate(bezant_events_written_total[5m]))',
    what: 'Events written a second.',
  },
];
