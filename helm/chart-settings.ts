// What `settings:` of the chart may hold: every setting of the server and of the Gateway's launcher by its own name, but for
// those that the chart decides. The table of those says what takes their place.

import { settings as launcherSettings } from '../gateway/launcher/src/settings.ts';
import type { ValueShape } from '../sidecar/src/setting-values.ts';
import { settings, type Setting } from '../sidecar/src/settings.ts';
import { list, oneOf, text, whole, type Schema } from './json-schema.ts';

export const decidedByChart: Readonly<Record<string, string>> = {
  BEZANT_BIND: 'the Service leads to port 8080; `service.port` is what callers see',
  BEZANT_ADMIN_BIND: 'port 9090, where the probes and Prometheus look',
  BEZANT_PUBLIC_URL: '`publicUrl`, or the host of `ingress` or `httpRoute`',
  BEZANT_TLS_CERT: '`tls.existingSecret`',
  BEZANT_TLS_KEY: '`tls.existingSecret`',
  BEZANT_DATA_DIR: '/data, the volume',
  BEZANT_API_KEYS: '`apiKeys`',
  BEZANT_DEBUG_TOKEN: '`debugToken`',
  BEZANT_DATABASE_URL: '`externalPostgres` or `postgres`',
  IBKR_GATEWAY_URL: 'the Gateway is in the same pod',
  BEZANT_GATEWAY_PORT: 'port 5000 inside the pod, which nobody else reaches',
  BEZANT_JAVA: 'the image’s own',
  BEZANT_VERIFY_TLS: 'the Gateway is in the same pod',
  BEZANT_GATEWAY_CA: 'the Gateway is in the same pod',
};

interface ChartSetting {
  env: string;
  default: string | null;
  doc: string;
  schema: Schema;
}

const shapes: { readonly [Kind in ValueShape['kind']]: (shape: ValueShape & { kind: Kind }) => Schema } = {
  flag: () => ({ type: 'boolean' }),
  count: ({ min, max }) => whole(min, max),
  choice: ({ words }) => oneOf(...words),
  list: () => ({ ...list(text), type: ['array', 'string'] }),
};

const schemaOf = (shape: ValueShape | undefined): Schema =>
  shape === undefined ? text : (shapes[shape.kind] as (shape: ValueShape) => Schema)(shape);

const ofServer = (Object.values(settings) as readonly Setting<unknown>[]).map(
  ({ env, default: standard, doc, parse }) => ({
    env,
    default: standard,
    doc,
    schema: schemaOf(parse.shape),
  }),
);

/** Of the launcher's, which are text but for this one. */
const launcherSchemas: Readonly<Record<string, Schema>> = { BEZANT_GATEWAY_HEAP_MB: whole(32, 8192) };

const ofGateway = Object.values(launcherSettings).map(({ env, default: standard, doc }) => ({
  env,
  default: standard,
  doc,
  schema: launcherSchemas[env] ?? text,
}));

const ofDemo: ChartSetting = {
  env: 'BEZANT_DEMO_SCENARIO',
  default: 'demo',
  doc: 'With `demo`: a scenario of docs/simulator.md, such as nightly-reset.',
  schema: text,
};

export const chartSettings: readonly ChartSetting[] = [...ofServer, ...ofGateway, ofDemo].filter(
  ({ env }) => decidedByChart[env] === undefined,
);
