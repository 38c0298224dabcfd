// Can I trade, and if not, why: readable from across the room.

import { dashboard } from '../dashboard.ts';
import { loginRemaining } from '../login-remaining.ts';
import { lines, stat, table, timeline } from '../panel.ts';
import { of, ofSupervisor, rateOf, recorded } from '../selectors.ts';
import { stateNumber, stateWords } from '../session-states.ts';
import { takesWords, upWords } from '../words.ts';

export const overview = dashboard({
  name: 'overview',
  title: 'bezant: overview',
  description: 'Can the account be traded, is anything being lost, and who calls how much.',
  sections: [
    {
      lines: [
        {
          height: 4,
          panels: [
            [
              6,
              stat({
                title: 'Session',
                description:
                  'live: orders and market data work. login-required: open the login page. The dashboard “Session and keepalive” has the rest.',
                queries: [{ expr: stateNumber, legend: '{{instance}}' }],
                words: stateWords,
              }),
            ],
            [
              4,
              stat({
                title: 'Tradable, 24 hours',
                description:
                  'The part of the last day with a brokerage session. IBKR’s nightly restart costs a little each day.',
                queries: [
                  {
                    expr: `avg_over_time(${of('bezant_session_authenticated')}[24h])`,
                    legend: '{{instance}}',
                  },
                ],
                unit: 'percentunit',
                decimals: 1,
                steps: [
                  [null, 'red'],
                  [0.8, 'yellow'],
                  [0.95, 'green'],
                ],
              }),
            ],
            [4, loginRemaining(' Each keepalive should bring it back to 10 minutes.')],
            [
              4,
              stat({
                title: 'Events heard',
                description:
                  'Whether IBKR’s WebSocket is open with a session. Down: fills are not told until it is back, then read up.',
                queries: [{ expr: of('bezant_events_socket_up'), legend: '{{instance}}' }],
                words: upWords,
              }),
            ],
            [
              3,
              stat({
                title: 'Events kept',
                description: 'Whether the event store takes events. No: they wait on disk.',
                queries: [{ expr: of('bezant_events_store_up'), legend: '{{instance}}' }],
                words: takesWords,
              }),
            ],
            [
              3,
              stat({
                title: 'Processes up',
                description: 'Whether all processes of the supervisor answered their last probe.',
                queries: [
                  {
                    expr: `min without (process) (${ofSupervisor('bezant_process_up')})`,
                    legend: '{{instance}}',
                  },
                ],
                words: takesWords,
              }),
            ],
          ],
        },
        {
          height: 6,
          panels: [
            [
              14,
              timeline({
                title: 'Session over time',
                description:
                  'The state of the session, one bar for each bezant. Green is live, red wants a person.',
                queries: [{ expr: stateNumber, legend: '{{instance}}' }],
                words: stateWords,
              }),
            ],
            [
              10,
              table({
                title: 'Alerts that fire now',
                description:
                  'What Prometheus has found wrong. Each has a page docs/runbooks/<alert>.md. Empty is good.',
                queries: [{ expr: 'ALERTS{alertname=~"Bezant.*",alertstate="firing"}', legend: '' }],
                columns: { severity: 'Severity', alertname: 'Alert', instance: 'Where' },
                value: 'Firing',
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
                title: 'Requests of callers',
                description:
                  'How many, by class of status. 4xx is mostly a caller’s mistake or a limit kept, 5xx trouble behind.',
                queries: [{ expr: recorded('bezant:http_requests:rate5m'), legend: '{{status_class}}' }],
                unit: 'reqps',
                min: 0,
                isStacked: true,
              }),
            ],
            [
              12,
              lines({
                title: 'How long callers wait',
                description:
                  'Time until answered, IBKR’s part and the wait for a turn included. Compare with “Upstream and pacing”.',
                queries: [
                  {
                    expr: recorded('bezant:http_request_duration_seconds:p50_rate5m'),
                    legend: 'half of all',
                  },
                  {
                    expr: recorded('bezant:http_request_duration_seconds:p95_rate5m'),
                    legend: '19 of 20',
                  },
                ],
                unit: 's',
                min: 0,
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
                title: 'Calls to IBKR',
                description:
                  'What the Gateway answered, by class of status, and what it left without an answer. IBKR allows 10 a second.',
                queries: [
                  { expr: recorded('bezant:upstream_requests:rate5m'), legend: '{{status_class}}' },
                  {
                    expr: `sum without (reason) (${rateOf('bezant_upstream_errors_total')})`,
                    legend: 'no answer',
                  },
                ],
                unit: 'reqps',
                min: 0,
                isStacked: true,
              }),
            ],
            [
              8,
              lines({
                title: 'Refused here',
                description:
                  'Requests that never reached IBKR: paced (too fast), penalty_box, no right to call, malformed.',
                queries: [{ expr: `${rateOf('bezant_refused_total')} > 0`, legend: '{{reason}}' }],
                unit: 'reqps',
                min: 0,
                isBars: true,
                isStacked: true,
              }),
            ],
            [
              8,
              lines({
                title: 'Events written',
                description: 'Events that the store took, by topic. Prices are the most by far.',
                queries: [{ expr: rateOf('bezant_events_written_total'), legend: '{{topic}}' }],
                unit: 'cps',
                min: 0,
              }),
            ],
          ],
        },
        {
          height: 6,
          panels: [
            [
              12,
              table({
                title: 'Versions',
                description: 'Which bezant runs where.',
                queries: [{ expr: of('bezant_build_info'), legend: '' }],
                columns: { instance: 'Where', version: 'bezant', node: 'Node.js' },
                value: 'Running',
              }),
            ],
            [
              12,
              lines({
                title: 'Restarts',
                description:
                  'Processes started again. A Gateway started again wants a login; a sidecar started again costs none.',
                queries: [
                  {
                    expr: `sum without (reason) (increase(${ofSupervisor('bezant_process_restarts_total')}[$__rate_interval]))`,
                    legend: '{{process}}',
                  },
                ],
                min: 0,
                decimals: 0,
                isBars: true,
              }),
            ],
          ],
        },
      ],
    },
  ],
});
