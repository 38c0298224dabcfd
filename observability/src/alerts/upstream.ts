// Alerts about calls: what IBKR makes of ours, and what we make of callers'.

import type { AlertGroup } from '../alert.ts';

export const upstream: AlertGroup = {
  name: 'bezant-upstream',
  alerts: [
    {
      name: 'BezantPenaltyBox',
      expr: 'bezant_penalty_end_timestamp_seconds - time() > 0',
      for: '0m',
      severity: 'critical',
      summary:
        'IBKR has put {{ $labels.instance }} into its penalty box for {{ $value | humanizeDuration }}.',
      description:
        'IBKR answered 429. Until the penalty ends only orders are sent, everything else is answered 429 here. ' +
        'Find what else calls IBKR from this address: another Gateway, TWS, a script that goes around bezant.',
    },
    {
      name: 'BezantPacingRejections',
      expr: 'round(increase(bezant_refused_total{reason="paced"}[10m])) > 10',
      for: '0m',
      severity: 'warning',
      summary:
        '{{ $labels.instance }} refused {{ $value | humanize }} calls in 10 minutes to keep IBKR’s limits.',
      description:
        'Callers ask faster than IBKR allows, and got 429 with Retry-After. See which operation it is on the dashboard ' +
        '“Upstream and pacing”, then ask less often or read events instead of polling.',
    },
    {
      name: 'BezantUpstreamErrors',
      expr: `(
    sum without (reason) (rate(bezant_upstream_errors_total[10m]))
  + (sum without (operation, status_class) (rate(bezant_upstream_request_duration_seconds_count{status_class="5xx"}[10m]))
     or sum without (reason) (bezant_upstream_errors_total) * 0)
) / (
    sum without (reason) (rate(bezant_upstream_errors_total[10m]))
  + (sum without (operation, status_class) (rate(bezant_upstream_request_duration_seconds_count[10m]))
     or sum without (reason) (bezant_upstream_errors_total) * 0)
) > 0.2`,
      for: '10m',
      severity: 'warning',
      summary: '{{ $value | humanizePercentage }} of the calls of {{ $labels.instance }} to IBKR fail.',
      description:
        'More than a fifth of all calls got no answer or a 5xx for 10 minutes. The dashboard “Upstream and pacing” tells which ' +
        'operation and why; if all of them fail, look at the session and at IBKR’s system status page.',
    },
    {
      name: 'BezantUpstreamSlow',
      expr: `histogram_quantile(0.95,
  sum without (operation, status_class) (rate(bezant_upstream_request_duration_seconds_bucket[10m]))
) > 3`,
      for: '10m',
      severity: 'warning',
      summary:
        'IBKR answers {{ $labels.instance }} slowly: one call in twenty takes {{ $value | humanizeDuration }} or more.',
      description:
        'Orders wait behind such calls, five at a time. See which operation it is on the dashboard; long histories and reports ' +
        'may take that long, an account summary may not.',
    },
    {
      name: 'BezantContractDrift',
      expr: `bezant_contract_drift_total unless bezant_contract_drift_total offset 1h
or increase(bezant_contract_drift_total[1h]) > 0`,
      for: '0m',
      severity: 'info',
      summary: 'IBKR’s answers to {{ $labels.operation }} depart from its document.',
      description:
        'Nothing is changed in the answers, but a typed client may trip. The log of {{ $labels.instance }} says ' +
        'where in the answer; report it, so that the contract can say what is true.',
    },
    {
      name: 'BezantCallersRefused',
      expr: `round(sum without (reason) (
  increase(bezant_refused_total{reason=~"api_key_required|debug_unauthorized|host_refused|origin_refused|scope_refused"}[15m])
)) > 20`,
      for: '0m',
      severity: 'warning',
      summary:
        '{{ $labels.instance }} turned away {{ $value | humanize }} requests without the right to call.',
      description:
        'Somebody calls without a key, with a key that may not do this, or from a web page. If it is not a program of ' +
        'yours with a wrong setting, find out who reaches the port.',
    },
  ],
};
