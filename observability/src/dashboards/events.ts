// Events: are they heard, are they kept, was anything missed, who reads them.

import { dashboard } from '../dashboard.ts';
import { lines, stat, timeline } from '../panel.ts';
import { of, rateOf } from '../selectors.ts';
import { takesWords, upWords } from '../words.ts';

const sinceHeartbeat = `time() - (${of('bezant_events_last_heartbeat_timestamp_seconds')} > 0)`;

export const events = dashboard({
  name: 'events',
  title: 'bezant: events',
  description: 'Whether orders, trades and prices are heard and kept, what was missed, and who reads.',
  sections: [
    {
      lines: [
        {
          height: 4,
          panels: [
            [
              4,
              stat({
                title: 'IBKR’s WebSocket',
                description: 'Up: open, with a session, and everything wanted is subscribed to.',
                queries: [{ expr: of('bezant_events_socket_up'), legend: '{{instance}}' }],
                words: upWords,
              }),
            ],
            [
              4,
              stat({
                title: 'Since the heartbeat',
                description:
                  'IBKR sends one every 10 seconds; after 25 without one the connection is made anew.',
                queries: [{ expr: sinceHeartbeat, legend: '{{instance}}' }],
                unit: 's',
                decimals: 0,
                steps: [
                  [null, 'green'],
                  [25, 'yellow'],
                  [90, 'red'],
                ],
              }),
            ],
            [
              4,
              stat({
                title: 'Store takes events',
                description: 'No: they wait on disk and are written later. Postgres down, or the disk full.',
                queries: [{ expr: of('bezant_events_store_up'), legend: '{{instance}}' }],
                words: takesWords,
              }),
            ],
            [
              4,
              stat({
                title: 'Waiting on disk',
                description:
                  'Events that the store has not taken yet. At half of BEZANT_EVENTS_DISK_CAP_MB prices are given up.',
                queries: [{ expr: of('bezant_events_spool_bytes'), legend: '{{instance}}' }],
                unit: 'bytes',
                steps: [
                  [null, 'green'],
                  [1, 'yellow'],
                  [536870912, 'red'],
                ],
              }),
            ],
            [
              4,
              stat({
                title: 'Lost, 24 h',
                description:
                  'Events given up within the last day, prices left out. Anything above 0 is a loss.',
                queries: [
                  {
                    expr: `sum without (topic, reason) (increase(${of('bezant_events_dropped_total', 'topic!="marketdata"')}[24h]))`,
                    legend: '{{instance}}',
                  },
                ],
                decimals: 0,
                steps: [
                  [null, 'green'],
                  [0.5, 'red'],
                ],
              }),
            ],
            [
              4,
              stat({
                title: 'Market data lines',
                description:
                  'IBKR gives 100 unless you bought more; past the account’s lines further instruments get an error.',
                queries: [{ expr: of('bezant_events_data_lines'), legend: '{{instance}}' }],
                decimals: 0,
                steps: [
                  [null, 'green'],
                  [75, 'yellow'],
                  [91, 'red'],
                ],
              }),
            ],
          ],
        },
      ],
    },
    {
      title: 'Heard',
      lines: [
        {
          height: 8,
          panels: [
            [
              12,
              lines({
                title: 'Frames of IBKR',
                description:
                  'What came over the WebSocket, by topic. malformed and oversized could not be read.',
                queries: [{ expr: rateOf('bezant_events_frames_total'), legend: '{{topic}}' }],
                unit: 'cps',
                min: 0,
              }),
            ],
            [
              12,
              lines({
                title: 'Events in them',
                description:
                  'Single events that frames told, by topic: one frame of orders may hold several.',
                queries: [{ expr: rateOf('bezant_events_framed_total'), legend: '{{topic}}' }],
                unit: 'cps',
                min: 0,
              }),
            ],
          ],
        },
        {
          height: 7,
          panels: [
            [
              12,
              timeline({
                title: 'WebSocket over time',
                description:
                  'When events were heard. What was missed in a red stretch is read up afterwards.',
                queries: [{ expr: of('bezant_events_socket_up'), legend: '{{instance}}' }],
                words: upWords,
              }),
            ],
            [
              12,
              lines({
                title: 'What happened to it',
                description:
                  'dialing: tried. held: IBKR answers, but gives no session. ready: heard again. lost and failed: why stands in the log.',
                queries: [
                  {
                    expr: `increase(${of('bezant_events_socket_total')}[$__rate_interval])`,
                    legend: '{{what}}',
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
      title: 'Kept',
      lines: [
        {
          height: 8,
          panels: [
            [
              8,
              lines({
                title: 'Events written',
                description: 'What the store took, by topic.',
                queries: [{ expr: rateOf('bezant_events_written_total'), legend: '{{topic}}' }],
                unit: 'cps',
                min: 0,
              }),
            ],
            [
              8,
              lines({
                title: 'How long a batch takes',
                description:
                  'All but one batch in twenty are written within this time. Growing: the database or the disk is slow.',
                queries: [
                  {
                    expr: `histogram_quantile(0.95, ${rateOf('bezant_events_write_seconds_bucket')})`,
                    legend: '19 of 20',
                  },
                ],
                unit: 's',
                min: 0,
              }),
            ],
            [
              8,
              lines({
                title: 'Waiting in memory',
                description:
                  'Events not yet written. A saw near 0 is healthy; past a thousand they go to disk.',
                queries: [{ expr: of('bezant_events_queued'), legend: '{{instance}}' }],
                unit: 'short',
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
                title: 'Put on disk to wait',
                description:
                  'Events a second that the store did not take in time, and times that the disk failed too.',
                queries: [
                  { expr: rateOf('bezant_events_spooled_total'), legend: 'put on disk' },
                  { expr: rateOf('bezant_events_spool_failures_total'), legend: 'disk failed' },
                ],
                unit: 'cps',
                min: 0,
              }),
            ],
            [
              8,
              lines({
                title: 'Lost, by topic',
                description:
                  'Given up because neither store nor disk took them. Prices go first, and are followed by newer ones; the rest is a loss.',
                queries: [
                  {
                    expr: `sum without (reason) (increase(${of('bezant_events_dropped_total')}[$__rate_interval]))`,
                    legend: '{{topic}}',
                  },
                ],
                min: 0,
                decimals: 0,
                isBars: true,
                isStacked: true,
              }),
            ],
            [
              8,
              lines({
                title: 'Size of the store',
                description:
                  'As it was up to ten minutes ago, against BEZANT_EVENTS_DISK_CAP_MB. At the cap the oldest prices go.',
                queries: [
                  { expr: `${of('bezant_events_store_bytes')} > 0`, legend: 'store' },
                  { expr: of('bezant_events_disk_cap_bytes'), legend: 'cap' },
                ],
                unit: 'bytes',
                min: 0,
              }),
            ],
          ],
        },
      ],
    },
    {
      title: 'Missed and read up',
      lines: [
        {
          height: 8,
          panels: [
            [
              6,
              lines({
                title: 'Outages, by cause',
                description: 'Times that IBKR was not heard, counted when they ended.',
                queries: [
                  {
                    expr: `increase(${of('bezant_events_gaps_total')}[$__rate_interval])`,
                    legend: '{{cause}}',
                  },
                ],
                min: 0,
                decimals: 0,
                isBars: true,
                isStacked: true,
              }),
            ],
            [
              6,
              lines({
                title: 'Deaf, share of an hour',
                description: 'Which part of each hour was spent in outages.',
                queries: [
                  { expr: `rate(${of('bezant_events_gap_seconds_total')}[1h])`, legend: '{{instance}}' },
                ],
                unit: 'percentunit',
                min: 0,
              }),
            ],
            [
              6,
              lines({
                title: 'Comparisons with IBKR',
                description:
                  'After each outage orders and trades are compared with IBKR. Failing ones are repeated; see “not read up yet”.',
                queries: [
                  {
                    expr: `increase(${of('bezant_events_heals_total')}[$__rate_interval])`,
                    legend: '{{result}}',
                  },
                  { expr: of('bezant_events_unhealed'), legend: 'not read up yet' },
                ],
                min: 0,
                decimals: 0,
                isBars: true,
              }),
            ],
            [
              6,
              lines({
                title: 'Found missing',
                description: 'Orders and trades that the outage had hidden, told afterwards.',
                queries: [
                  {
                    expr: `increase(${of('bezant_events_healed_total')}[$__rate_interval])`,
                    legend: '{{topic}}',
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
      title: 'Readers and upkeep',
      lines: [
        {
          height: 8,
          panels: [
            [
              6,
              lines({
                title: 'Who reads now',
                description:
                  'Long polls and streams of /events that are open now, WebSockets of /v1/api/ws, and what is wanted of IBKR for them.',
                queries: [
                  { expr: of('bezant_events_readers'), legend: '{{how}}' },
                  { expr: of('bezant_relay_sockets'), legend: 'WebSocket' },
                  { expr: of('bezant_events_subscriptions'), legend: 'topics wanted of IBKR' },
                ],
                min: 0,
                decimals: 0,
              }),
            ],
            [
              6,
              lines({
                title: 'WebSockets of callers',
                description: 'Opened, closed and failed.',
                queries: [
                  { expr: `increase(${of('bezant_relay_total')}[$__rate_interval])`, legend: '{{what}}' },
                ],
                min: 0,
                decimals: 0,
                isBars: true,
              }),
            ],
            [
              6,
              lines({
                title: 'Odd things',
                description:
                  'Streams ended because nobody read them, repeats left out, and failures inside that were lived through.',
                queries: [
                  {
                    expr: `increase(${of('bezant_events_slow_readers_total')}[$__rate_interval])`,
                    legend: 'slow readers',
                  },
                  {
                    expr: `increase(${of('bezant_events_repeated_total')}[$__rate_interval])`,
                    legend: 'repeats',
                  },
                  {
                    expr: `increase(${of('bezant_events_faults_total')}[$__rate_interval])`,
                    legend: 'fault in {{part}}',
                  },
                ],
                min: 0,
                decimals: 0,
                isBars: true,
              }),
            ],
            [
              6,
              lines({
                title: 'Old events deleted',
                description: 'By age and, at the cap, by size; and runs of the deletion that failed.',
                queries: [
                  {
                    expr: `increase(${of('bezant_events_deleted_total')}[$__rate_interval])`,
                    legend: 'by {{reason}}',
                  },
                  {
                    expr: `increase(${of('bezant_events_retention_total', 'result="failed"')}[$__rate_interval])`,
                    legend: 'failed runs',
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
