// The pods among manifests, with as much of their shape as the tests ask about.

import type { Manifest } from './chart.ts';

export interface Probe {
  httpGet?: { path: string; port: string };
  exec?: { command: string[] };
  failureThreshold?: number;
  periodSeconds?: number;
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string; valueFrom?: unknown }[];
  ports?: { name: string; containerPort: number; hostPort?: number }[];
  securityContext?: Record<string, unknown>;
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
}

export interface Pod {
  containers: Container[];
  initContainers?: Container[];
  volumes?: Record<string, unknown>[];
  securityContext?: Record<string, unknown>;
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  terminationGracePeriodSeconds?: number;
  imagePullSecrets?: { name: string }[];
}

export interface Workload {
  replicas: number;
  serviceName: string;
  selector: { matchLabels: Record<string, string> };
  template: {
    metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
    spec: Pod;
  };
  volumeClaimTemplates?: unknown[];
}

/** Of every StatefulSet and every bare pod. */
export const podsOf = (manifests: readonly Manifest[]): { name: string; pod: Pod }[] =>
  manifests.flatMap(({ kind, metadata: { name }, spec }) => {
    if (kind === 'Pod') return [{ name, pod: spec as Pod }];
    return kind === 'StatefulSet' ? [{ name, pod: (spec as Workload).template.spec }] : [];
  });

export const containersOf = ({ containers, initContainers = [] }: Pod): Container[] => [
  ...initContainers,
  ...containers,
];
