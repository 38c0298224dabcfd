// Selectors and the labels that they select by.

import type { Manifest } from './chart.ts';
import type { Workload } from './pods.ts';

export const workloads = (manifests: readonly Manifest[]): Workload[] =>
  manifests.filter(({ kind }) => kind === 'StatefulSet').map(({ spec }) => spec as Workload);

export const selects = (
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean => Object.entries(selector).every(([name, value]) => labels[name] === value);

/** Of every pod that the manifests lead to. */
export const labelsOf = (manifests: readonly Manifest[]): Record<string, string>[] => [
  ...workloads(manifests).map(({ template }) => template.metadata.labels),
  ...manifests.filter(({ kind }) => kind === 'Pod').map(({ metadata }) => metadata.labels ?? {}),
];
