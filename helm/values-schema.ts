// What the chart's values may be: the shape of values.yaml, as a table. Descriptions come from values.yaml's comments.

import { chartSettings } from './chart-settings.ts';
import {
  filled,
  flag,
  list,
  mapOf,
  matching,
  object,
  oneOf,
  openObject,
  orNull,
  text,
  whole,
  type Schema,
} from './json-schema.ts';

const name = matching('^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$');
const host = matching('^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$');
const quantity = matching('^[0-9]+(\\.[0-9]+)?([KMGTPE]i?|[mk])?$');
const amounts = mapOf({ ...quantity, type: ['string', 'number'] });
const texts = mapOf(text);
const port = whole(1, 65_535);
const seconds = whole(1, 86_400);
const whenDeleted = oneOf('Retain', 'Delete');

const image = object({
  repository: matching('^[a-z0-9][-a-zA-Z0-9._:/]*$'),
  tag: matching('^[-a-zA-Z0-9_.]{0,128}$'),
  digest: matching('^(sha256:[0-9a-f]{64})?$'),
  pullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
  pullSecrets: list(name),
});
const resources = object({ requests: amounts, limits: amounts });
const toleration = object({
  key: text,
  operator: oneOf('Exists', 'Equal'),
  value: text,
  effect: text,
  tolerationSeconds: whole(0, 2_147_483_647),
});
const placement = {
  nodeSelector: texts,
  tolerations: list(toleration),
  affinity: object({ nodeAffinity: openObject(), podAffinity: openObject(), podAntiAffinity: openObject() }),
};
const peer = object({ podSelector: openObject(), namespaceSelector: openObject(), ipBlock: openObject() });
const egressRule = object({ ports: list(openObject()), to: list(peer) });
const parentRef = object(
  { group: text, kind: text, name: filled, namespace: text, sectionName: text, port },
  ['name'],
);
const extraEnv = object(
  {
    name: { type: 'string', minLength: 1, not: { pattern: '^(BEZANT|IBKR)_' } },
    value: text,
    valueFrom: openObject(),
  },
  ['name'],
);
const extraMount = object(
  { name: filled, mountPath: matching('^/'), subPath: text, readOnly: { const: true } },
  ['name', 'mountPath'],
);

const postgres = object({
  enabled: flag,
  image,
  userId: whole(1, 2_147_483_647),
  auth: object({ existingSecret: name }),
  persistence: object({ size: quantity, storageClass: text, whenDeleted }),
  resources,
  networkPolicy: object({ enabled: flag }),
  ...placement,
  global: openObject(),
});

export const valuesSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Values of the chart bezant',
  ...object({
    // The guards refuse any other number than 1, with the reason.
    replicas: { type: 'integer' },
    nameOverride: name,
    fullnameOverride: name,
    clusterDomain: host,
    image,
    demo: flag,
    settings: object(Object.fromEntries(chartSettings.map(({ env, schema }) => [env, schema]))),
    extraEnv: list(extraEnv),
    publicUrl: matching('^(https?://[^/]+)?$'),
    apiKeys: object({ values: list({ type: 'string', minLength: 16 }), existingSecret: name, key: filled }),
    debugToken: object({ value: text, existingSecret: name, key: filled }),
    externalPostgres: object({ url: text, existingSecret: name, key: filled, port }),
    postgres,
    tls: object({ existingSecret: name }),
    persistence: object({
      enabled: flag,
      size: quantity,
      storageClass: text,
      existingClaim: name,
      whenDeleted,
    }),
    service: object({
      type: oneOf('ClusterIP', 'NodePort', 'LoadBalancer'),
      port,
      nodePort: orNull(port),
      annotations: texts,
    }),
    ingress: object({
      enabled: flag,
      className: text,
      host,
      annotations: texts,
      tls: object({ enabled: flag, secretName: name }),
    }),
    httpRoute: object({ enabled: flag, parentRefs: list(parentRef), host, tls: flag, annotations: texts }),
    networkPolicy: object({
      enabled: flag,
      from: list(peer),
      monitoring: list(peer),
      extraEgress: list(egressRule),
    }),
    metrics: object({
      serviceMonitor: object({ enabled: flag, interval: matching('^[0-9]+(ms|s|m)$'), labels: texts }),
      rules: object({ enabled: flag, labels: texts, disabled: list(filled), runbookPrefix: text }),
      dashboards: object({ enabled: flag, labels: texts, annotations: texts }),
    }),
    podDisruptionBudget: object({ enabled: flag }),
    probes: object({ startupSeconds: seconds, livenessSeconds: seconds }),
    terminationGracePeriodSeconds: seconds,
    resources,
    serviceAccount: object({ create: flag, name, annotations: texts }),
    podAnnotations: texts,
    podLabels: texts,
    ...placement,
    priorityClassName: text,
    extraVolumes: list(openObject({ name: filled }, ['name'])),
    extraVolumeMounts: list(extraMount),
    // An umbrella chart's.
    global: openObject(),
  }),
};
