// Alerts about the session with IBKR: without it nothing can be traded.

import type { AlertGroup } from '../alert.ts';
import { marketHours } from '../market-hours.ts';
import type { SessionState } from '../session-states.ts';

const isIn = (...states: readonly SessionState[]): string =>
  `bezant_session_state{state${states.length > 1 ? '=~' : '='}"${states.join('|')}"} == 1`;

/** Which of the states it is in, for the text of an alert whose own series does not say. */
const stateNow = `{{ with printf "bezant_session_state{instance='%s'} == 1" $labels.instance | query }}{{ . | first | label "state" }}{{ else }}unknown{{ end }}`;

export const session: AlertGroup = {
  name: 'bezant-session',
  alerts: [
    {
      name: 'BezantSessionDown',
      expr: `bezant_session_authenticated == 0
  unless ignoring (state) (${isIn('yielded')})
  and on () ${marketHours}`,
      for: '3m',
      severity: 'critical',
      summary: `No trading through {{ $labels.instance }} in market hours: the session is ${stateNow}.`,
      description:
        'IBKR has given no brokerage session for 3 minutes, so orders and market data are refused. Open the login page of ' +
        '{{ $labels.instance }} if the state is login-required; the runbook has the next step for each other state.',
    },
    {
      name: 'BezantLoginRequired',
      expr: isIn('login-required'),
      for: '15m',
      severity: 'warning',
      summary: '{{ $labels.instance }} waits for somebody to log in.',
      description:
        'IBKR has asked for a login for 15 minutes, and only a person can give it. Open the login page in a browser, ' +
        'approve on the phone, and wait until /health says authenticated.',
    },
    {
      name: 'BezantCompetingSession',
      expr: isIn('competing'),
      for: '5m',
      severity: 'warning',
      summary: 'TWS, the phone or another program holds the session that {{ $labels.instance }} needs.',
      description:
        'IBKR gives a user one brokerage session at a time. Log out there, or give the bot a username of its own. ' +
        'bezant takes the session back by itself only with BEZANT_COMPETE=true.',
    },
    {
      name: 'BezantLockedOut',
      expr: isIn('locked-out'),
      for: '1m',
      severity: 'critical',
      summary: '{{ $labels.instance }} has given up on getting the session back.',
      description:
        'Recovery has used up its attempts; asking on would make IBKR lock the user. Log in again on the login page. ' +
        'If that does not help, log in once on IBKR’s own website and answer what it asks.',
    },
    {
      name: 'BezantGatewayUnreachable',
      expr: isIn('down'),
      for: '5m',
      severity: 'critical',
      summary: '{{ $labels.instance }} cannot reach the Gateway.',
      description:
        'The Gateway has not answered for 5 minutes. See whether its process runs and what its last lines of log say; ' +
        'if it runs elsewhere, check IBKR_GATEWAY_URL and the network between.',
    },
    {
      name: 'BezantMaintenanceLong',
      expr: isIn('maintenance'),
      for: '2h',
      severity: 'warning',
      summary: 'IBKR has not answered {{ $labels.instance }} properly for 2 hours.',
      description:
        'The login is there, but IBKR answers with errors or not at all. Its nightly restart takes minutes; look at ' +
        'IBKR’s system status page before you restart anything, because a restart costs the login.',
    },
    {
      name: 'BezantKeepaliveFailing',
      expr: `round(increase(bezant_keepalive_total{result="failed"}[10m])) >= 5
  unless ignoring (result, state) (${isIn('login-required', 'competing', 'yielded', 'locked-out')})`,
      for: '0m',
      severity: 'warning',
      summary: 'Keepalives of {{ $labels.instance }} fail.',
      description:
        'Five keepalives or more have failed within 10 minutes, and the login is not known to be gone. Without ' +
        'keepalives IBKR ends the session after about 6 minutes. Look for “The keepalive failed” in the log: it says why.',
    },
    {
      name: 'BezantKeepaliveStale',
      expr: `time() - (bezant_session_last_tickle_timestamp_seconds > 0 or process_start_time_seconds)
    > 4 * (bezant_keepalive_interval_seconds > 0)
  and bezant_session_authenticated == 1`,
      for: '2m',
      severity: 'critical',
      summary:
        '{{ $labels.instance }} has a session, but no keepalive has worked for {{ $value | humanizeDuration }}.',
      description:
        'More than four intervals have passed since the last keepalive that worked, so the session will end soon. ' +
        'If calls still work, restart the sidecar: that does not touch the login.',
    },
    {
      name: 'BezantLoginExpiring',
      expr: `bezant_session_sso_expires_seconds - (time() - bezant_session_last_tickle_timestamp_seconds) < 180
  and bezant_session_sso_expires_seconds > 0
  and bezant_session_authenticated == 1`,
      for: '0m',
      severity: 'warning',
      summary: 'The login of {{ $labels.instance }} ends in {{ $value | humanizeDuration }}.',
      description:
        'IBKR renews the login at each keepalive, and has not. If keepalives fail, treat that first; ' +
        'otherwise log in again now, while you are looking, rather than when the bot needs it.',
    },
  ],
};
