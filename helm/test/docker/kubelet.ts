// Runs a pod of the chart by Docker, as the kubelet would: its user and no other, a read-only root, Secrets as files of the
// group's, volumes that belong to root and the group, the environment and the memory that it is given. Services are names.

import { randomBytes } from 'node:crypto';
import { must as docker } from '../../../test/docker/docker.ts';
import type { Manifest } from '../chart.ts';
import { selects } from '../labels.ts';
import { containersOf, type Container, type Pod, type Probe, type Workload } from '../pods.ts';

export interface Kubelet {
  /** Runs the init containers to their end, then starts the others. */
  start(name: string): Promise<Running>;
  /** Runs each container of a bare pod to its end: the exit codes and what they said, by container. */
  complete(name: string): Promise<Record<string, { code: number; output: string }>>;
  stop(): Promise<void>;
}

export interface Running {
  container: string;
  /** Null when it passes, else what it said. */
  probe(which: 'startupProbe' | 'livenessProbe' | 'readinessProbe'): Promise<string | null>;
}

interface PodOf {
  pod: Pod;
  labels: Record<string, string>;
}

/** `tool`: an image with a shell, to fill volumes. */
export async function startKubelet(deps: {
  manifests: readonly Manifest[];
  namespace: string;
  tool: string;
}): Promise<Kubelet> {
  const { manifests, namespace, tool } = deps;
  const mark = `bezant-pod-${randomBytes(4).toString('hex')}`;
  const volumes = new Map<string, string>();
  const containers: string[] = [];
  await docker('network', 'create', mark);

  const find = (name: string): PodOf => {
    const manifest = manifests.find(
      ({ kind, metadata }) => (kind === 'StatefulSet' || kind === 'Pod') && metadata.name === name,
    );
    if (manifest === undefined) throw new Error(`no pod named ${name}`);
    if (manifest.kind === 'Pod') return { pod: manifest.spec as Pod, labels: manifest.metadata.labels ?? {} };
    const { metadata, spec } = (manifest.spec as Workload).template;
    return { pod: spec, labels: metadata.labels };
  };

  /** What the Services that select it are called. */
  const aliases = (labels: Record<string, string>): string[] =>
    manifests
      .filter(
        ({ kind, spec }) =>
          kind === 'Service' && selects((spec as { selector: Record<string, string> }).selector, labels),
      )
      .flatMap(({ metadata: { name } }) => [
        name,
        `${name}.${namespace}`,
        `${name}.${namespace}.svc.cluster.local`,
      ])
      .flatMap((name) => ['--network-alias', name]);

  const group = ({ securityContext }: Pod): string => String(securityContext?.['fsGroup']);

  /** A volume of root's and the group's, with these files for the group to read. */
  const volume = async (key: string, pod: Pod, files: Record<string, string> | null): Promise<string> => {
    const known = volumes.get(key);
    if (known !== undefined) return known;
    const name = `${mark}-${volumes.size}`;
    await docker('volume', 'create', name);
    volumes.set(key, name);
    const writes = Object.entries(files ?? {}).map(
      ([file, text]) =>
        `printf %s ${Buffer.from(text).toString('base64')} | base64 -d >/v/${file} && chmod 0440 /v/${file}`,
    );
    const owned = `chown -R 0:${group(pod)} /v && chmod ${files === null ? '2775' : '2750'} /v`;
    const script = [...writes, owned].join(' && ');
    await docker(
      'run',
      '--rm',
      '--user',
      '0',
      '--volume',
      `${name}:/v`,
      '--entrypoint',
      'sh',
      tool,
      '-c',
      script,
    );
    return name;
  };

  const secret = (name: string, items: readonly { key: string; path: string }[]): Record<string, string> => {
    const found = manifests.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === name);
    if (found === undefined) throw new Error(`no Secret named ${name}`);
    return Object.fromEntries(items.map(({ key, path }) => [path, found.stringData?.[key] ?? '']));
  };

  const filesOf = (source: Record<string, unknown> | undefined): Record<string, string> | null => {
    interface From {
      name?: string;
      secretName?: string;
      items: { key: string; path: string }[];
    }
    const projected = source?.['projected'] as { sources: { secret: From }[] } | undefined;
    const single = source?.['secret'] as From | undefined;
    const all = [
      ...(projected?.sources.map(({ secret: from }) => from) ?? []),
      ...(single === undefined ? [] : [single]),
    ];
    if (all.length === 0) return null;
    return Object.assign(
      {},
      ...all.map(({ name, secretName, items }) => secret(name ?? secretName ?? '', items)),
    ) as Record<string, string>;
  };

  const options = async (name: string, pod: Pod, container: Container): Promise<string[]> => {
    const { runAsUser, runAsGroup } = pod.securityContext ?? {};
    const own = container.securityContext ?? {};
    const mounts: string[] = [];
    for (const { name: of, mountPath, readOnly } of container.volumeMounts ?? []) {
      const source = (pod.volumes ?? []).find((given) => given['name'] === of);
      const from = await volume(`${name}/${of}`, pod, filesOf(source));
      mounts.push('--volume', `${from}:${mountPath}${readOnly === true ? ':ro' : ''}`);
    }
    const { command = [], args = [], image, env = [], resources } = container;
    const [program, ...first] = command;
    return [
      ...[
        '--network',
        mark,
        '--user',
        `${String(runAsUser)}:${String(runAsGroup)}`,
        '--group-add',
        group(pod),
      ],
      ...(own['readOnlyRootFilesystem'] === true ? ['--read-only'] : []),
      ...(own['allowPrivilegeEscalation'] === false ? ['--security-opt', 'no-new-privileges'] : []),
      ...(own['capabilities'] as { drop: string[] }).drop.flatMap((drop) => ['--cap-drop', drop]),
      ...['--memory', (resources?.limits?.['memory'] ?? '').toLowerCase().replace(/i$/, '')],
      ...env.flatMap(({ name: variable, value = '' }) => ['--env', `${variable}=${value}`]),
      ...mounts,
      ...(program === undefined ? [] : ['--entrypoint', program]),
      image,
      ...first,
      ...args,
    ];
  };

  const toEnd = async (name: string, pod: Pod, container: Container) => {
    const own = `${mark}-${name}-${container.name}`;
    containers.push(own);
    await docker('run', '--detach', '--name', own, ...(await options(name, pod, container)));
    const code = Number(await docker('wait', own));
    return { code, output: await docker('logs', own) };
  };

  return {
    async start(name) {
      const { pod, labels } = find(name);
      for (const container of pod.initContainers ?? []) {
        const { code, output } = await toEnd(name, pod, container);
        if (code !== 0) throw new Error(`${container.name} left with ${code}: ${output}`);
      }
      const [container, ...more] = pod.containers;
      if (container === undefined || more.length > 0)
        throw new Error(`${name} is not a pod of one container`);
      const own = `${mark}-${name}`;
      containers.push(own);
      await docker(
        'run',
        '--detach',
        '--name',
        own,
        ...aliases(labels),
        ...(await options(name, pod, container)),
      );
      return { container: own, probe: (which) => probe(own, container, container[which]) };
    },
    async complete(name) {
      const { pod } = find(name);
      const ends = await Promise.all(
        containersOf(pod).map(
          async (container) => [container.name, await toEnd(name, pod, container)] as const,
        ),
      );
      return Object.fromEntries(ends);
    },
    async stop() {
      if (containers.length > 0) await docker('rm', '--force', '--volumes', ...containers);
      await docker('network', 'rm', mark);
      if (volumes.size > 0) await docker('volume', 'rm', ...volumes.values());
    },
  };
}

async function probe(own: string, container: Container, given: Probe | undefined): Promise<string | null> {
  if (given === undefined) throw new Error(`${container.name} has no such probe`);
  const port = container.ports?.find(({ name }) => name === given.httpGet?.port)?.containerPort;
  const command = given.exec?.command ?? [
    'bezant-probe',
    `http://127.0.0.1:${String(port)}${given.httpGet?.path ?? ''}`,
  ];
  try {
    await docker('exec', own, ...command);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
