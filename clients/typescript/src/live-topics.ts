// What is said on IBKR's WebSocket: `s…` subscribes, `u…` ends it, frames carry the topic they belong to (IBKR Web API
// documentation, WebSocket). Subscriptions do not outlive a connection.

export type Frame = Readonly<Record<string, unknown>> & { readonly topic: string };

export type LiveArguments = Readonly<Record<string, unknown>>;

/** `smd+265598` and its arguments → `smd+265598+{"fields":["31"]}` */
export function subscribeText(topic: string, args: LiveArguments): string {
  // Depth takes no JSON
  return topic.startsWith('sbd+') ? topic : `${topic}+${JSON.stringify(args)}`;
}

/** `last`: the newest frame of the subscription, since charts are ended by the server’s id in it. */
export function unsubscribeText(topic: string, last: Frame | undefined): string | null {
  const [kind = '', target] = topic.split('+');
  const end = `u${kind.slice(1)}`;
  if (kind === 'smh') {
    const id = last?.['serverId'];
    return typeof id === 'string' ? `${end}+${id}` : null;
  }
  if (kind === 'sbd') return `${end}+${target ?? ''}`;
  return target === undefined ? `${end}+{}` : `${end}+${target}+{}`;
}

/** Of several that follow the same topic: each gets what it asks for, so all fields and keys are asked for together. */
export function mergeArguments(each: readonly LiveArguments[]): LiveArguments {
  const merged: Record<string, unknown> = {};
  for (const [name, value] of each.flatMap((args) => Object.entries(args))) {
    const before = merged[name];
    merged[name] =
      Array.isArray(before) && Array.isArray(value)
        ? [...new Set<unknown>([...(before as unknown[]), ...(value as unknown[])])]
        : value;
  }
  return merged;
}

/** `smd+265598@ARCA` is answered as `smd+265598`. */
export function belongs(frame: Frame, topic: string): boolean {
  return frame.topic === topic || frame.topic === topic.replace(/@[^+]*/, '');
}

/** Null for what is no frame: bytes that are no JSON, JSON that is no object. Frames come as text or as bytes. */
export function parseFrame(data: unknown): Frame | null {
  try {
    const value: unknown = JSON.parse(
      typeof data === 'string' ? data : new TextDecoder().decode(data as ArrayBuffer),
    );
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const topic = 'topic' in value && typeof value.topic === 'string' ? value.topic : '';
    return { ...value, topic };
  } catch {
    return null;
  }
}
