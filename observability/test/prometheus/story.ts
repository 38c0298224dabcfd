// A bad day in a minute or two: everything that panels and alerts are about happens once, each step waited for by what
// Prometheus sees of it.

import { DatabaseSync } from 'node:sqlite';
import WebSocket from 'ws';
import { connect, overHttp } from '../../../sidecar/test/mcp/client.ts';
import { until } from '../../../sidecar/test/io/events-until.ts';
import type { Appliance } from './appliance.ts';
import type { FiringAlert, Prometheus } from './prometheus.ts';

export interface Story {
  /** Every alert that fired, as it was when it did. */
  fired: ReadonlyMap<string, FiringAlert>;
  /** What fired while all was well. */
  falseAlarms: readonly string[];
}

const account = 'DU1234567';
const json: [string, string][] = [['content-type', 'application/json']];
const mcp: [string, string][] = [...json, ['accept', 'application/json, text/event-stream']];
const limitMs = 60_000;

export async function playStory(appliance: Appliance, prometheus: Prometheus): Promise<Story> {
  const { ask, control, trade } = appliance;
  const fired = new Map<string, FiringAlert>();
  const get = (path: string): Promise<number> => ask({ path }).catch(() => 0);
  const isSo = (expr: string): Promise<unknown> =>
    until(expr, async () => (await prometheus.query(expr)).length > 0, limitMs);
  const fires = (name: string): Promise<unknown> =>
    until(
      `${name} fires`,
      async () => {
        const alerts = await prometheus.alerts();
        const found = alerts.find(({ labels, state }) => labels['alertname'] === name && state === 'firing');
        if (found !== undefined) fired.set(name, found);
        return found;
      },
      limitMs,
    );
  const live = (): Promise<unknown> => isSo('bezant_session_authenticated == 1');
  const faults = (...paths: object[]): Promise<unknown> => control('POST /faults', { paths });
  const noFaults = (): Promise<unknown> => control('DELETE /faults');
  /** Again and again, as long as it takes for a rate to be seen. */
  const whileAsking = async (path: string, seen: Promise<unknown>): Promise<void> => {
    const asking = new AbortController();
    const over = seen.finally(() => asking.abort());
    while (!asking.signal.aborted) {
      await Promise.all([get(path), get('/accounts')]);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await over;
  };

  await live();
  await isSo('bezant_events_socket_up == 1');

  // For a while all is well, and nobody is to be woken.
  await isSo('bezant_keepalive_total{result="ok"} >= 8');
  // Alerts that must hold for a minute hold for a second here, and the first heartbeat takes longer.
  await isSo('time() - (bezant_events_last_heartbeat_timestamp_seconds > 0) > 3');
  const falseAlarms = (await prometheus.alerts()).flatMap(({ labels, state }) =>
    state === 'firing' ? [labels['alertname'] ?? ''] : [],
  );

  // Callers of every kind: good ones, wrong ones, models, readers.
  await get('/accounts');
  await get(`/accounts/${account}/positions`);
  await get('/market/snapshot?conids=265598');
  await get('/market/AAPL/history?period=1d&bar=1h');
  await get('/v1/api/nobody/knows/this');
  await get('/market/snapshot');
  await Promise.all([1, 2, 3].map(() => get(`/accounts/${account}/summary`)));
  for (let times = 0; times < 25; times += 1)
    await ask({ path: '/accounts', headers: [['origin', 'https://evil.example']] });
  const model = await connect(overHttp(appliance.url), '2026');
  await model.ok('api_search', { query: 'orders' });
  await model.stop();
  await ask({ method: 'POST', path: '/mcp', headers: mcp, body: '{' });
  const reading = new AbortController();
  const stream = await fetch(`${appliance.url}/events/stream?topics=orders,trades`, {
    signal: reading.signal,
  });
  const socket = new WebSocket(`${appliance.url.replace('http', 'ws')}/v1/api/ws`);
  socket.on('error', () => undefined);
  socket.on('open', () => socket.send('smd+265598+{"fields":["31"]}'));
  await get('/events/marketdata?conid=265598');
  await isSo('bezant_relay_sockets == 1 and bezant_events_data_lines > 0');
  await fires('BezantCallersRefused');

  // Somebody trades.
  await trade('GET', '/v1/api/iserver/accounts');
  await trade('POST', '/v1/api/iserver/questions/suppress', {
    messageIds: ['o163', 'o354', 'o382', 'o383', 'o451', 'o403', 'o10151', 'o10164', 'o10153'],
  });
  const order = { conid: 265598, orderType: 'LMT', price: 1, side: 'BUY', tif: 'GTC', quantity: 10 };
  const placed = (await trade('POST', `/v1/api/iserver/account/${account}/orders`, { orders: [order] })) as {
    order_id: string;
  }[];
  await control(`POST /orders/${placed[0]?.order_id ?? ''}/fill`, { price: 1 });
  await isSo('bezant_events_written_total{topic="trades"} > 0');

  // More than IBKR allows.
  await Promise.all(
    Array.from({ length: 120 }, (_, index) => get(`/contracts/${index + 1}/info?fresh=${index}`)),
  );
  await isSo('bezant_pacing_rejected_total > 0 and on () bezant_pacing_wait_seconds_count > 0');
  await fires('BezantPacingRejections');

  // An answer that departs from the contract, and frames that are none.
  await faults({ path: '/v1/api/portfolio/accounts', status: 200, body: { surprise: true } });
  await whileAsking('/v1/api/portfolio/accounts', isSo('bezant_contract_drift_total > 0'));
  await fires('BezantContractDrift');
  await control('POST /frames', { text: '{"topic":' });
  await isSo('bezant_events_frames_total{topic="malformed"} > 0');

  // IBKR is slow, then away.
  await control('POST /faults', { paths: [{ path: '/v1/api/trsrv/**', status: 503 }] });
  await whileAsking('/contracts/stocks?symbols=AAPL', fires('BezantUpstreamErrors'));
  await faults({ path: '/v1/api/iserver/account/trades', hang: true });
  await whileAsking('/trades', isSo('bezant_upstream_errors_total{reason="upstream_timeout"} > 0'));
  await noFaults();

  // The connection for events breaks, and is made again; what was missed cannot be read at once.
  await faults({ path: '/v1/api/iserver/account/trades', status: 500 });
  await control('DELETE /sockets');
  await isSo('bezant_events_unhealed == 1');
  await fires('BezantGapNotHealed');
  await noFaults();
  await isSo('bezant_events_gaps_total > 0 and on () bezant_events_unhealed == 0');

  // The event store is locked by somebody.
  const database = new DatabaseSync(appliance.eventsFile);
  database.exec('BEGIN IMMEDIATE');
  await fires('BezantEventStoreDown');
  database.exec('ROLLBACK');
  database.close();
  await isSo('bezant_events_store_up == 1');

  // The session: taken by another program, gone without one, ended by IBKR, and back through the login page.
  await control('POST /session', { brokerage: 'competing' });
  await fires('BezantCompetingSession');
  await control('POST /session', { brokerage: 'down' });
  await isSo('bezant_recovery_total > 0');
  await control('POST /session', { brokerage: 'up' });
  await live();
  await control('POST /logout');
  await fires('BezantLoginRequired');
  const form: [string, string][] = [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['origin', appliance.url],
  ];
  const login = (path: string, body: string): Promise<number> =>
    ask({ method: 'POST', path, headers: form, body });
  await login('/sso/Authenticator', 'ACTION=INIT&USER=trader&LOGIN_TYPE=2');
  await login('/sso/Authenticator', 'ACTION=COMPLETEAUTH');
  await login('/sso/Dispatcher', 'loginType=2&forwardTo=22');
  await isSo('bezant_cookies_total{reason="new-login"} > 0');
  await live();

  // Processes that end. First those who read leave.
  reading.abort();
  await stream.body?.cancel().catch(() => undefined);
  socket.terminate();

  // The Gateway comes back three times, and with it a session that the simulator begins with.
  for (const times of [1, 2, 3]) {
    await appliance.kill('gateway');
    await isSo(`bezant_process_restarts_total{process="gateway",reason="exit"} >= ${times}`);
  }
  await fires('BezantGatewayRestarting');
  await isSo('bezant_process_up{process="gateway"} == 1');
  await live();

  await appliance.kill('sidecar');
  await isSo('bezant_process_restarts_total{process="sidecar",reason="exit"} >= 1');
  await isSo('changes(process_start_time_seconds{job="bezant"}[1m]) > 0');
  await live();

  // The penalty box comes last, because nothing is answered in it.
  await faults({ path: '/v1/api/portfolio/**', status: 429, times: 1 });
  await get(`/accounts/${account}/ledger`);
  await fires('BezantPenaltyBox');
  await isSo('bezant_penalty_end_timestamp_seconds < time()');
  return { fired, falseAlarms };
}
