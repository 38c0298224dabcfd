// Calls: what IBKR makes of ours, how its limits are kept, and what callers are told.

import { dashboard } from '../dashboard.ts';
import { lines, stat, table } from '../panel.ts';
import { of, rateOf, recorded } from '../selectors.ts';

const failing = `(
    sum without (reason) (${rateOf('bezant_upstream_errors_total')})
  + (sum without (operation, status_class) (${rateOf('bezant_upstream_request_duration_seconds_count', 'status_class="5xx"')})
     or sum without (reason) (${of('bezant_upstream_errors_total')}) * 0)
) / (
    sum without (reason) (${rateOf('bezant_upstream_errors_total')})
  + sum without (operation, status_class) (${rateOf('bezant_upstream_request_duration_seconds_count')})
)`;

export const upstream = dashboard({
  name: 'upstream',
  title: 'bezant: upstream and pacing',
  description: 'How IBKR answers, how near its limits we are, and what callers are told.',
  sections: [
    {
      lines: [
        {
          height: 4,
          panels: [
            [
              4,
              stat({
                title: 'Penalty left',
                description:
                  'How long IBKR’s penalty box still lasts. Until then only orders are sent; calling on would extend it.',
                queries: [
                  {
                    expr: `clamp_min(${of('bezant_penalty_end_timestamp_seconds')} - time(), 0)`,
                    legend: '{{instance}}',
                  },
                ],
                unit: 's',
                decimals: 0,
                steps: [
                  [null, 'green'],
                  [1, 'red'],
                ],
              }),
            ],
            [
              4,
              stat({
                title: 'Penalties, 7 days',
                description:
                  'How often IBKR answered 429. Once is bad luck; twice, find what else calls from this address.',
                queries: [{ expr: `increase(${of('bezant_penalties_total')}[7d])`, legend: '{{instance}}' }],
                decimals: 0,
                steps: [
                  [null, 'green'],
                  [0.5, 'yellow'],
                  [1.5, 'red'],
                ],
              }),
            ],
            [
              4,
              stat({
                title: 'Calls to IBKR now',
                description:
                  'Calls a second that reach the Gateway. IBKR allows 10 over all; 9 are sent at most.',
                queries: [
                  {
                    expr: `sum without (operation, status_class) (${rateOf('bezant_upstream_request_duration_seconds_count')})`,
                    legend: '{{instance}}',
                  },
                ],
                unit: 'reqps',
                decimals: 1,
                hasGraph: true,
                steps: [
                  [null, 'green'],
                  [7, 'yellow'],
                  [9, 'red'],
                ],
              }),
            ],
            [
              4,
              stat({
                title: 'Calls that fail',
                description: 'The part of all calls that got a 5xx or no answer.',
                queries: [{ expr: failing, legend: '{{instance}}' }],
                unit: 'percentunit',
                decimals: 1,
                steps: [
                  [null, 'green'],
                  [0.05, 'yellow'],
                  [0.2, 'red'],
                ],
              }),
            ],
            [
              4,
              stat({
                title: 'IBKR’s answer takes',
                description: 'All but one call in twenty are answered within this time.',
                queries: [
                  {
                    expr: recorded('bezant:upstream_request_duration_seconds:p95_rate5m'),
                    legend: '{{instance}}',
                  },
                ],
                unit: 's',
                steps: [
                  [null, 'green'],
                  [1, 'yellow'],
                  [3, 'red'],
                ],
              }),
            ],
            [
              4,
              stat({
                title: 'Told to slow down, 1 h',
                description:
                  'Requests answered 429 here within the hour, because IBKR’s limits would not hold.',
                queries: [
                  {
                    expr: `increase(${of('bezant_refused_total', 'reason="paced"')}[1h])`,
                    legend: '{{instance}}',
                  },
                ],
                decimals: 0,
                steps: [
                  [null, 'green'],
                  [1, 'yellow'],
                  [60, 'red'],
                ],
              }),
            ],
          ],
        },
      ],
    },
    {
      title: 'IBKR behind the Gateway',
      lines: [
        {
          height: 8,
          panels: [
            [
              12,
              lines({
                title: 'Answers, by class of status',
                description:
                  '5xx comes with IBKR’s restarts and maintenance, 401 (4xx) with the end of a login.',
                queries: [{ expr: recorded('bezant:upstream_requests:rate5m'), legend: '{{status_class}}' }],
                unit: 'reqps',
                min: 0,
                isStacked: true,
              }),
            ],
            [
              12,
              lines({
                title: 'Calls without an answer',
                description:
                  'upstream_unreachable: the Gateway is down. upstream_timeout: IBKR is. The others: an answer broke off.',
                queries: [{ expr: rateOf('bezant_upstream_errors_total'), legend: '{{reason}}' }],
                unit: 'reqps',
                min: 0,
                isStacked: true,
              }),
            ],
          ],
        },
        {
          height: 8,
          panels: [
            [
              12,
              lines({
                title: 'How long IBKR takes',
                description: 'Time from sending a call to its answer. Above the line orders begin to wait.',
                queries: [
                  {
                    expr: recorded('bezant:upstream_request_duration_seconds:p50_rate5m'),
                    legend: 'half of all',
                  },
                  {
                    expr: recorded('bezant:upstream_request_duration_seconds:p95_rate5m'),
                    legend: '19 of 20',
                  },
                ],
                unit: 's',
                min: 0,
                steps: [
                  [null, 'green'],
                  [3, 'red'],
                ],
              }),
            ],
            [
              12,
              table({
                title: 'Slowest operations, last hour',
                description: 'Mean time of IBKR’s answer, for the ten slowest operations of the API.',
                queries: [
                  {
                    expr: `topk(10,
  sum by (operation) (increase(${of('bezant_upstream_request_duration_seconds_sum')}[1h]))
  / (sum by (operation) (increase(${of('bezant_upstream_request_duration_seconds_count')}[1h])) > 0)
)`,
                    legend: '',
                  },
                ],
                columns: { operation: 'Operation' },
                value: 'Mean time',
                unit: 's',
              }),
            ],
          ],
        },
      ],
    },
    {
      title: 'Keeping IBKR’s limits',
      lines: [
        {
          height: 8,
          panels: [
            [
              8,
              lines({
                title: 'Calls that had to wait',
                description: 'Calls a second that waited for their turn. Waiting is normal in bursts.',
                queries: [{ expr: rateOf('bezant_pacing_wait_seconds_count'), legend: '{{instance}}' }],
                unit: 'reqps',
                min: 0,
              }),
            ],
            [
              8,
              lines({
                title: 'How long they waited',
                description:
                  'All but one in twenty waited no longer. BEZANT_PACING_WAIT_SECS (10 s) is the end of it.',
                queries: [{ expr: recorded('bezant:pacing_wait_seconds:p95_rate5m'), legend: '19 of 20' }],
                unit: 's',
                min: 0,
                steps: [
                  [null, 'green'],
                  [10, 'red'],
                ],
              }),
            ],
            [
              8,
              lines({
                title: 'Refused, by operation',
                description:
                  'Calls whose turn was too far off: their callers got 429 with Retry-After. Ask these less often.',
                queries: [{ expr: rateOf('bezant_pacing_rejected_total'), legend: '{{operation}}' }],
                unit: 'reqps',
                min: 0,
                isStacked: true,
              }),
            ],
          ],
        },
        {
          height: 8,
          panels: [
            [
              8,
              lines({
                title: 'Calls saved',
                description: 'Requests answered with the call of another (shared) or from memory (cached).',
                queries: [{ expr: rateOf('bezant_coalesced_total'), legend: '{{how}}' }],
                unit: 'reqps',
                min: 0,
                isStacked: true,
              }),
            ],
            [
              8,
              lines({
                title: 'Calls that IBKR wants first',
                description:
                  'Preflight calls, and snapshots asked for again until they were complete. Many: the session changes often.',
                queries: [
                  { expr: rateOf('bezant_preflight_total'), legend: 'preflight {{result}}' },
                  { expr: rateOf('bezant_warmup_total'), legend: 'snapshot {{result}}' },
                  { expr: rateOf('bezant_warmup_calls_total'), legend: 'calls for snapshots' },
                ],
                unit: 'reqps',
                min: 0,
              }),
            ],
            [
              8,
              lines({
                title: 'Answers that depart from the contract',
                description:
                  'Sampled, and never changed. New ones after an update of IBKR’s are worth a report.',
                queries: [
                  {
                    expr: `increase(${of('bezant_contract_drift_total')}[$__rate_interval])`,
                    legend: '{{operation}}',
                  },
                ],
                min: 0,
                decimals: 0,
                isBars: true,
                isStacked: true,
              }),
            ],
          ],
        },
      ],
    },
    {
      title: 'Callers',
      lines: [
        {
          height: 8,
          panels: [
            [
              12,
              lines({
                title: 'Busiest operations',
                description: 'Requests of callers, for the ten operations asked for most.',
                queries: [
                  {
                    expr: `topk(10, sum by (operation) (${rateOf('bezant_http_request_duration_seconds_count')}))`,
                    legend: '{{operation}}',
                  },
                ],
                unit: 'reqps',
                min: 0,
                hasTable: true,
              }),
            ],
            [
              12,
              lines({
                title: 'Refused here, by reason',
                description:
                  'Problem codes of docs/errors.md. api_key_required and origin_refused: somebody without the right to call.',
                queries: [{ expr: `${rateOf('bezant_refused_total')} > 0`, legend: '{{reason}}' }],
                unit: 'reqps',
                min: 0,
                hasTable: true,
              }),
            ],
          ],
        },
        {
          height: 8,
          panels: [
            [
              8,
              lines({
                title: 'Tools called by models',
                description: 'Calls through /mcp, by tool and how they ended.',
                queries: [
                  {
                    expr: `sum by (tool, outcome) (${rateOf('bezant_mcp_tool_duration_seconds_count')})`,
                    legend: '{{tool}}: {{outcome}}',
                  },
                ],
                unit: 'cps',
                min: 0,
              }),
            ],
            [
              8,
              lines({
                title: 'Requests that are no MCP',
                description: 'What came to /mcp and was not understood, or failed there.',
                queries: [{ expr: rateOf('bezant_mcp_faults_total'), legend: '{{instance}}' }],
                unit: 'reqps',
                min: 0,
              }),
            ],
            [
              8,
              lines({
                title: 'Paths that the contract does not know',
                description: 'Handed on as they are, where BEZANT_PASSTHROUGH allows it.',
                queries: [{ expr: rateOf('bezant_passthrough_total'), legend: '{{method}}' }],
                unit: 'reqps',
                min: 0,
              }),
            ],
          ],
        },
      ],
    },
  ],
});
