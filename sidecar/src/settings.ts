// Every setting of the server: one table. docs/configuration.md and .env.example are compared with it.

import { parseApiKeys } from './api-keys.ts';
import {
  address,
  choice,
  count,
  fingerprint,
  flag,
  gatewayUrl,
  hostName,
  list,
  listOf,
  origin,
  postgresUrl,
  text,
  type Parse,
} from './setting-values.ts';

interface Row {
  env: string;
  /** Older or platform names, read when `env` is unset. */
  aliases?: readonly string[];
  /** Its value is masked wherever settings are shown; `<env>_FILE` names a file to read it from. */
  secret?: true;
  doc: string;
}

export interface Setting<Value> extends Row {
  parse: Parse<Value>;
  /** As a user would write it; null when unset means null. */
  default: string | null;
}

const setting = <Value>(row: Row & { parse: Parse<Value>; default: string }): Setting<Value> => row;
const optional = <Value>(row: Row & { parse: Parse<Value> }): Setting<Value | null> => ({
  ...row,
  default: null,
});

/** A year's fills and outages are few; a fortnight's prices are many. */
const recentEvents = (what: string, env: string, events: number) =>
  setting({
    env,
    parse: count(1, 1_000_000),
    default: String(events),
    doc: `Latest events of ${what} that are kept in memory as well; older ones are read from the store.`,
  });

const keptDays = (what: string, env: string, days: number) =>
  setting({
    env,
    parse: count(1, 36_500),
    default: String(days),
    doc: `Days after which ${what} are deleted from the event store.`,
  });

export const settings = {
  bind: setting({
    env: 'BEZANT_BIND',
    aliases: ['PORT'],
    parse: address,
    default: '127.0.0.1:8080',
    doc: 'Public listener. A port alone, as hosting platforms set PORT, means every address: 0.0.0.0:port.',
  }),
  adminBind: setting({
    env: 'BEZANT_ADMIN_BIND',
    parse: address,
    default: '127.0.0.1:9090',
    doc: 'Listener for /livez, /readyz and /metrics.',
  }),
  publicUrl: optional({
    env: 'BEZANT_PUBLIC_URL',
    aliases: ['PORTAL_BASE_URL', 'RAILWAY_PUBLIC_DOMAIN'],
    parse: origin,
    doc: 'Origin that browsers see: allowed as Host and Origin, and the target of rewritten redirects.',
  }),
  allowedHosts: setting({
    env: 'BEZANT_ALLOWED_HOSTS',
    parse: listOf(hostName),
    default: '',
    doc: 'Further host names that callers may use, separated by commas. IP addresses and localhost are always allowed.',
  }),
  allowedOrigins: setting({
    env: 'BEZANT_ALLOWED_ORIGINS',
    parse: listOf(origin),
    default: '',
    doc: 'Further origins whose web pages may call, separated by commas.',
  }),
  tls: setting({
    env: 'BEZANT_TLS',
    parse: choice('auto', 'off'),
    default: 'auto',
    doc: 'auto: the public port answers HTTPS as well as HTTP, with BEZANT_TLS_CERT or a self-signed certificate made on first use.',
  }),
  tlsCert: optional({
    env: 'BEZANT_TLS_CERT',
    parse: text,
    doc: 'PEM file of the certificate chain to serve.',
  }),
  tlsKey: optional({ env: 'BEZANT_TLS_KEY', parse: text, doc: 'PEM file of its private key.' }),
  dataDir: setting({
    env: 'BEZANT_DATA_DIR',
    parse: text,
    default: './.bezant',
    doc: 'Folder for what must survive a restart: generated key and certificate, login budget.',
  }),
  auth: optional({
    env: 'BEZANT_AUTH',
    parse: choice('keys', 'none'),
    doc: 'Who may call. Unset: none when bound to loopback without BEZANT_API_KEYS, else keys.',
  }),
  apiKeys: setting({
    env: 'BEZANT_API_KEYS',
    parse: (value) => parseApiKeys(list(value)),
    default: '',
    secret: true,
    doc: 'API keys of at least 16 characters, separated by commas: `key` or `key:scope+scope`, scopes read, trade (includes read) and admin (includes both; a bare key has it). Unset and needed: one is made, kept in the data folder and printed once.',
  }),
  readOnly: setting({
    env: 'BEZANT_READ_ONLY',
    parse: flag,
    default: 'false',
    doc: 'Refuse every call that is not a read or about the session.',
  }),
  allowDestructive: setting({
    env: 'BEZANT_ALLOW_DESTRUCTIVE',
    parse: flag,
    default: 'false',
    doc: 'Allow calls that act on everything at once (cancel order -1, delete alert 0, unsubscribeall) or cost money (regsnapshot).',
  }),
  mcpAllowOrders: setting({
    env: 'BEZANT_MCP_ALLOW_ORDERS',
    parse: flag,
    default: 'false',
    doc: 'Let MCP clients change things: orders, in two steps, and what else the API has. Off, they only read.',
  }),
  passthrough: setting({
    env: 'BEZANT_PASSTHROUGH',
    parse: choice('read', 'all', 'off'),
    default: 'read',
    doc: 'What may reach paths under /v1/api that the contract does not know.',
  }),
  gatewayUrl: setting({
    env: 'IBKR_GATEWAY_URL',
    parse: gatewayUrl,
    default: 'https://localhost:5000/v1/api',
    doc: 'The Gateway, with or without /v1/api.',
  }),
  verifyTls: setting({
    env: 'BEZANT_VERIFY_TLS',
    parse: flag,
    default: 'false',
    doc: 'Check the Gateway’s certificate against the system’s authorities.',
  }),
  gatewayCa: optional({
    env: 'BEZANT_GATEWAY_CA',
    parse: text,
    doc: 'PEM file: trust exactly this certificate or authority from the Gateway.',
  }),
  gatewayFingerprint: optional({
    env: 'BEZANT_GATEWAY_FINGERPRINT',
    parse: fingerprint,
    doc: 'SHA-256 of the only certificate to accept from the Gateway.',
  }),
  upstreamTimeoutSeconds: setting({
    env: 'BEZANT_UPSTREAM_TIMEOUT_SECS',
    parse: count(1, 600),
    default: '30',
    doc: 'Deadline of one call to the Gateway.',
  }),
  requestTimeoutSeconds: setting({
    env: 'BEZANT_REQUEST_TIMEOUT_SECS',
    parse: count(1, 900),
    default: '35',
    doc: 'Deadline of one request to this server, waiting included.',
  }),
  maxConcurrency: setting({
    env: 'BEZANT_MAX_CONCURRENCY',
    parse: count(1, 100_000),
    default: '256',
    doc: 'Requests served at once; more are answered 503.',
  }),
  pacing: setting({
    env: 'BEZANT_PACING',
    parse: choice('enforce', 'off'),
    default: 'enforce',
    doc: 'Whether IBKR’s pacing limits are kept here.',
  }),
  pacingPerSecond: setting({
    env: 'BEZANT_PACING_PER_SECOND',
    parse: count(1, 1000),
    default: '9',
    doc: 'Calls a second to the Gateway, all callers together: IBKR allows 10, and the Gateway makes its own.',
  }),
  pacingWaitSeconds: setting({
    env: 'BEZANT_PACING_WAIT_SECS',
    parse: count(0, 600),
    default: '10',
    doc: 'How long a call may wait for its turn before it is answered 429.',
  }),
  penaltySeconds: setting({
    env: 'BEZANT_PENALTY_SECS',
    parse: count(1, 86_400),
    default: '900',
    doc: 'How long nothing is sent after IBKR answers 429 (its documented penalty is 15 minutes).',
  }),
  keepaliveSeconds: setting({
    env: 'BEZANT_KEEPALIVE_SECS',
    parse: count(0, 3600),
    default: '60',
    doc: 'Interval of the keepalive; 0 switches it off, and with it everything that nobody asked for: watching, recovery.',
  }),
  compete: setting({
    env: 'BEZANT_COMPETE',
    parse: flag,
    default: 'false',
    doc: 'Whether a recovery may take the brokerage session away from TWS or the phone.',
  }),
  debugToken: optional({
    env: 'BEZANT_DEBUG_TOKEN',
    parse: text,
    secret: true,
    doc: 'Token for /debug/*; unset or empty: off.',
  }),
  eventsEnabled: setting({
    env: 'BEZANT_EVENTS_ENABLED',
    parse: flag,
    default: 'true',
    doc: 'Whether orders, trades, PnL, prices and messages are followed, kept and served under /events.',
  }),
  databaseUrl: optional({
    env: 'BEZANT_DATABASE_URL',
    parse: postgresUrl,
    secret: true,
    doc: 'Postgres 14 or later that keeps the events: postgres://user:password@host:5432/database. A connection that stays with one server: not a pooler in transaction mode. Unset: a SQLite file.',
  }),
  eventsHypertables: setting({
    env: 'BEZANT_EVENTS_HYPERTABLES',
    parse: flag,
    default: 'true',
    doc: 'Whether events go into hypertables where the database has the extension timescaledb. Counts when their tables are made; what they are then, they stay.',
  }),
  eventsDbPath: optional({
    env: 'BEZANT_EVENTS_DB_PATH',
    parse: text,
    doc: 'SQLite file that keeps the events, where BEZANT_DATABASE_URL is unset. Unset: events.db in the data folder.',
  }),
  eventsOrdersDays: keptDays('order events', 'BEZANT_EVENTS_ORDERS_DAYS', 90),
  eventsTradesDays: keptDays('executions', 'BEZANT_EVENTS_TRADES_DAYS', 365),
  eventsPnlDays: keptDays('PnL events', 'BEZANT_EVENTS_PNL_DAYS', 90),
  eventsMarketdataDays: keptDays('prices', 'BEZANT_EVENTS_MARKETDATA_DAYS', 14),
  eventsNotificationsDays: keptDays('notifications', 'BEZANT_EVENTS_NOTIFICATIONS_DAYS', 90),
  eventsSessionDays: keptDays('session events', 'BEZANT_EVENTS_SESSION_DAYS', 90),
  eventsGapDays: keptDays('records of outages', 'BEZANT_EVENTS_GAP_DAYS', 365),
  eventsOrdersCap: recentEvents('each topic', 'BEZANT_EVENTS_ORDERS_CAP', 1000),
  eventsPnlCap: recentEvents('PnL', 'BEZANT_EVENTS_PNL_CAP', 5000),
  eventsMarketdataCap: recentEvents('each instrument', 'BEZANT_EVENTS_MARKETDATA_CAP', 2000),
  eventsDiskCapMegabytes: setting({
    env: 'BEZANT_EVENTS_DISK_CAP_MB',
    parse: count(10, 100_000_000),
    default: '2048',
    doc: 'Most that the event store may take on disk, and half of what waits for it while it is down. The oldest prices go first.',
  }),
  edgeCookiePrefixes: setting({
    env: 'BEZANT_EDGE_COOKIE_PREFIXES',
    parse: list,
    default: '',
    doc: 'Further cookie names, by prefix, never to hand to IBKR.',
  }),
  driftSample: setting({
    env: 'BEZANT_DRIFT_SAMPLE',
    parse: count(0, 1_000_000),
    default: '20',
    doc: 'One in so many answers is compared with the contract, off the hot path; 0 switches it off.',
  }),
  shutdownSeconds: setting({
    env: 'BEZANT_SHUTDOWN_SECS',
    parse: count(0, 600),
    default: '10',
    doc: 'How long requests in flight may take to finish on shutdown.',
  }),
  logLevel: setting({
    env: 'BEZANT_LOG',
    aliases: ['LOG_LEVEL'],
    parse: choice('debug', 'info', 'warn', 'error', 'silent'),
    default: 'info',
    doc: 'Least severe log line to write.',
  }),
} as const;
