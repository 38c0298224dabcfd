// Alerts about events: what is not heard or not kept is a fill that a bot never learns of.

import type { AlertGroup } from '../alert.ts';

export const events: AlertGroup = {
  name: 'bezant-events',
  alerts: [
    {
      name: 'BezantEventsSocketDown',
      expr: `bezant_events_socket_up == 0
  and bezant_events_enabled == 1
  and bezant_session_authenticated == 1`,
      for: '3m',
      severity: 'critical',
      summary: '{{ $labels.instance }} has a session but hears no events.',
      description:
        'IBKR’s WebSocket has been closed for 3 minutes. Orders can be placed, but nobody is told of fills until it is back; ' +
        'then what was missed is read up. The log says “IBKR’s WebSocket is” with the reason at each attempt.',
    },
    {
      name: 'BezantEventsSilent',
      expr: `time() - bezant_events_last_heartbeat_timestamp_seconds > 90
  and bezant_events_socket_up == 1
  and bezant_events_enabled == 1`,
      for: '1m',
      severity: 'critical',
      summary:
        'No heartbeat of IBKR at {{ $labels.instance }} for {{ $value | humanizeDuration }}, and nobody noticed.',
      description:
        'IBKR sends one every 10 seconds, and after 25 without one the connection is made anew. That has not happened: ' +
        'restart the sidecar, which does not touch the login, and report it with its log.',
    },
    {
      name: 'BezantEventsDropped',
      expr: `sum without (reason) (increase(bezant_events_dropped_total{topic!="marketdata"}[15m])) > 0`,
      for: '0m',
      severity: 'critical',
      summary: '{{ $labels.instance }} has lost events of {{ $labels.topic }}.',
      description:
        'Neither the event store nor the disk took them. Compare orders and trades with IBKR (bezant orders, bezant call getTradeHistory) ' +
        'before the bot goes on, then see to the store and to the disk.',
    },
    {
      name: 'BezantEventStoreDown',
      expr: 'bezant_events_store_up == 0',
      for: '2m',
      severity: 'critical',
      summary: 'The event store of {{ $labels.instance }} takes no events.',
      description:
        'They are kept in the data folder and written later, so nothing is lost yet; readers see nothing new. ' +
        'With Postgres: does it run, is its disk full? With SQLite: is the data folder full or read-only?',
    },
    {
      name: 'BezantSpoolFilling',
      expr: 'bezant_events_spool_bytes / bezant_events_disk_cap_bytes > 0.25',
      for: '5m',
      severity: 'warning',
      summary:
        '{{ $value | humanizePercentage }} of the room for waiting events is used at {{ $labels.instance }}.',
      description:
        'At half of it prices are given up, at all of it everything. Get the event store back, or raise ' +
        'BEZANT_EVENTS_DISK_CAP_MB if the disk has room.',
    },
    {
      name: 'BezantSpoolFailing',
      expr: 'increase(bezant_events_spool_failures_total[10m]) > 0',
      for: '0m',
      severity: 'critical',
      summary: 'The disk of {{ $labels.instance }} does not take waiting events.',
      description:
        'They are in memory alone now and are lost with a restart. Make room in the data folder, or make it writable ' +
        'for uid 10001; do not restart before.',
    },
    {
      name: 'BezantGapNotHealed',
      expr: `bezant_events_unhealed == 1
  and bezant_session_authenticated == 1`,
      for: '10m',
      severity: 'warning',
      summary: 'What {{ $labels.instance }} missed during an outage is not read up yet.',
      description:
        'Orders and trades could not be compared with IBKR for 10 minutes though the session is there. Fills of that time may ' +
        'be missing in the events: look at bezant call getTradeHistory. The log says what failed.',
    },
    {
      name: 'BezantRetentionFailing',
      expr: 'round(increase(bezant_events_retention_total{result="failed"}[1d])) >= 2',
      for: '0m',
      severity: 'warning',
      summary: '{{ $labels.instance }} cannot delete old events.',
      description:
        'The event store grows until its disk is full. The log has the reason; with Postgres it is mostly a missing ' +
        'right to drop partitions, or a lock that somebody holds.',
    },
    {
      name: 'BezantDataLinesScarce',
      expr: 'bezant_events_data_lines > 90',
      for: '5m',
      severity: 'warning',
      summary: '{{ $labels.instance }} uses {{ $value }} market data lines.',
      description:
        'IBKR gives 100 unless you bought more, and further instruments get an error instead of prices. End streams that ' +
        'nobody reads, or unsubscribe.',
    },
  ],
};
