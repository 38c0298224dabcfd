// The session with IBKR: what state, since when, what keeps it alive, what was tried to get it back.

import { dashboard } from '../dashboard.ts';
import { loginRemaining } from '../login-remaining.ts';
import { lines, stat, timeline } from '../panel.ts';
import { of, rateOf, recorded } from '../selectors.ts';
import { stateNumber, stateWords } from '../session-states.ts';

const sinceTickle = `time() - (${of('bezant_session_last_tickle_timestamp_seconds')} > 0)`;

export const session = dashboard({
  name: 'session',
  title: 'bezant: session and keepalive',
  description:
    'What state the session with IBKR is in, what keeps it alive, and what was done to get it back.',
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
                  'live: tradable. login-required: a person must log in. competing: TWS or the phone has it. locked-out: recovery gave up.',
                queries: [{ expr: stateNumber, legend: '{{instance}}' }],
                words: stateWords,
              }),
            ],
            [
              4,
              stat({
                title: 'In that state for',
                description: 'Time since the state last changed, or since the sidecar started.',
                queries: [
                  {
                    expr: `time() - ${of('bezant_session_state_since_timestamp_seconds')}`,
                    legend: '{{instance}}',
                  },
                ],
                unit: 's',
                decimals: 0,
                steps: [[null, 'blue']],
              }),
            ],
            [
              4,
              stat({
                title: 'Since the last keepalive',
                description: 'Time since a keepalive last worked. Past 4 minutes the session is in danger.',
                queries: [{ expr: sinceTickle, legend: '{{instance}}' }],
                unit: 's',
                decimals: 0,
                steps: [
                  [null, 'green'],
                  [130, 'yellow'],
                  [240, 'red'],
                ],
              }),
            ],
            [4, loginRemaining()],
            [
              3,
              stat({
                title: 'Failed, 24 h',
                description: 'Keepalives of the last day that did not work. A few each night are usual.',
                queries: [
                  {
                    expr: `increase(${of('bezant_keepalive_total', 'result="failed"')}[24h])`,
                    legend: '{{instance}}',
                  },
                ],
                decimals: 0,
                steps: [
                  [null, 'green'],
                  [30, 'yellow'],
                  [240, 'red'],
                ],
              }),
            ],
            [
              3,
              stat({
                title: 'Changes, 24 h',
                description: 'How often the session changed its state within the last day.',
                queries: [
                  {
                    expr: `changes(${of('bezant_session_state_since_timestamp_seconds')}[24h])`,
                    legend: '{{instance}}',
                  },
                ],
                decimals: 0,
                steps: [
                  [null, 'green'],
                  [20, 'yellow'],
                  [100, 'red'],
                ],
              }),
            ],
          ],
        },
        {
          height: 6,
          panels: [
            [
              24,
              timeline({
                title: 'Session over time',
                description:
                  'The state of the session, one bar for each bezant. Green is live, red wants a person.',
                queries: [{ expr: stateNumber, legend: '{{instance}}' }],
                words: stateWords,
              }),
            ],
          ],
        },
      ],
    },
    {
      title: 'Keepalive',
      lines: [
        {
          height: 8,
          panels: [
            [
              12,
              lines({
                title: 'Keepalives',
                description:
                  'Sent a minute, by how they went. Once a minute unless BEZANT_KEEPALIVE_SECS says otherwise.',
                queries: [{ expr: `60 * ${rateOf('bezant_keepalive_total')}`, legend: '{{result}}' }],
                unit: 'cpm',
                min: 0,
                isStacked: true,
              }),
            ],
            [
              12,
              lines({
                title: 'Time since a keepalive worked',
                description:
                  'A saw between 0 and one interval is healthy. Above the line the session will end soon.',
                queries: [{ expr: sinceTickle, legend: '{{instance}}' }],
                unit: 's',
                min: 0,
                steps: [
                  [null, 'green'],
                  [240, 'red'],
                ],
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
                title: 'How long the login is still good',
                description:
                  'By IBKR’s last word, less the time since. Below the line log in while you are looking.',
                queries: [{ expr: recorded('bezant:login_remaining:seconds'), legend: '{{instance}}' }],
                unit: 's',
                min: 0,
                steps: [
                  [null, 'red'],
                  [180, 'green'],
                ],
              }),
            ],
            [
              12,
              lines({
                title: 'Tradable, hour by hour',
                description:
                  'The part of each hour with a brokerage session, and when alerts expect one (Monday to Friday, 12:00 to 21:00 UTC).',
                queries: [
                  { expr: recorded('bezant:session_authenticated:avg1h'), legend: '{{instance}}' },
                  { expr: 'bezant:market_hours:bool', legend: 'expected' },
                ],
                unit: 'percentunit',
                min: 0,
                max: 1,
              }),
            ],
          ],
        },
      ],
    },
    {
      title: 'Recovery',
      lines: [
        {
          height: 8,
          panels: [
            [
              12,
              lines({
                title: 'Attempts to get the session back',
                description:
                  'By rung of the ladder and how it went: tickle, init, logout-init, restart of the Gateway, stop. A stop means locked-out.',
                queries: [
                  {
                    expr: `increase(${of('bezant_recovery_total')}[$__rate_interval])`,
                    legend: '{{rung}}: {{result}}',
                  },
                ],
                min: 0,
                decimals: 0,
                isBars: true,
                isStacked: true,
              }),
            ],
            [
              12,
              lines({
                title: 'Cookies dropped',
                description: 'Cookies of a session that is over, and of the one before a new login.',
                queries: [
                  {
                    expr: `increase(${of('bezant_cookies_total')}[$__rate_interval])`,
                    legend: '{{reason}}',
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
  ],
});
