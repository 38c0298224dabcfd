// Whether a manifest is what Kubernetes takes: its schema for values, its types for fields. An API server drops a field it does
// not know with a warning at most, so a misspelt `readOnlyRootFilesystem` would be no protection and no error.

import { join } from 'node:path';
import ts from 'typescript';
import type { Manifest } from './chart.ts';

const modules: Readonly<Record<string, string>> = {
  'v1/ConfigMap': 'kubernetes-models/v1/ConfigMap',
  'v1/Pod': 'kubernetes-models/v1/Pod',
  'v1/Secret': 'kubernetes-models/v1/Secret',
  'v1/Service': 'kubernetes-models/v1/Service',
  'v1/ServiceAccount': 'kubernetes-models/v1/ServiceAccount',
  'apps/v1/StatefulSet': 'kubernetes-models/apps/v1/StatefulSet',
  'policy/v1/PodDisruptionBudget': 'kubernetes-models/policy/v1/PodDisruptionBudget',
  'networking.k8s.io/v1/Ingress': 'kubernetes-models/networking.k8s.io/v1/Ingress',
  'networking.k8s.io/v1/NetworkPolicy': 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy',
  'gateway.networking.k8s.io/v1/HTTPRoute':
    '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute',
  'monitoring.coreos.com/v1/ServiceMonitor':
    '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor',
  'monitoring.coreos.com/v1/PrometheusRule':
    '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule',
};

export const knownKinds: readonly string[] = Object.keys(modules);
export const kindOf = ({ apiVersion, kind }: Manifest): string => `${apiVersion}/${kind}`;

/** What is wrong with it, by path; empty when nothing is. */
export async function faultsOf(manifest: Manifest): Promise<string[]> {
  const name = modules[kindOf(manifest)];
  if (name === undefined) return [`${kindOf(manifest)} is no kind that this chart has`];
  return [...(await wrongValues(name, manifest)), ...unknownFields(name, manifest)];
}

interface Model {
  validate(): void;
}

async function wrongValues(name: string, manifest: Manifest): Promise<string[]> {
  const models = (await import(name)) as Record<string, new (data: Manifest) => Model>;
  const Kind = models[manifest.kind];
  if (Kind === undefined) throw new Error(`${name} has no ${manifest.kind}`);
  try {
    new Kind(manifest).validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

const files = new Map(
  Object.values(modules).map((name) => [
    name,
    join(import.meta.dirname, '..', '..', 'node_modules', `${name}.d.ts`),
  ]),
);
const program = ts.createProgram([...files.values()], {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2024,
  strictNullChecks: true,
  types: [],
});
const checker = program.getTypeChecker();

function unknownFields(name: string, manifest: Manifest): string[] {
  const source = program.getSourceFile(files.get(name) ?? '');
  const symbol = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  const shape = symbol && checker.tryGetMemberInModuleExports(`I${manifest.kind}`, symbol);
  if (shape === undefined) throw new Error(`${name} declares no I${manifest.kind}`);
  return strangers(manifest, checker.getDeclaredTypeOfSymbol(shape), '');
}

function strangers(value: unknown, declared: ts.Type, path: string): string[] {
  const type = checker.getNonNullableType(declared);
  if (Array.isArray(value)) {
    const item = checker.getIndexTypeOfType(type, ts.IndexKind.Number);
    return item === undefined
      ? [`${path} is a list`]
      : value.flatMap((entry, index) => strangers(entry, item, `${path}/${index}`));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const property = checker.getPropertyOfType(type, key);
    const inner =
      property === undefined
        ? checker.getIndexTypeOfType(type, ts.IndexKind.String)
        : checker.getTypeOfSymbol(property);
    return inner === undefined ? [`${path}/${key} is no field`] : strangers(child, inner, `${path}/${key}`);
  });
}
