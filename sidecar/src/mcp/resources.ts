// What a client can read and follow without a tool: each resource is a tool's answer under an address of its own.

import { topics } from '../event.ts';
import type { Json } from './reading.ts';

interface Row {
  /** A part in braces is an argument of the tool. */
  readonly uri: string;
  readonly name: string;
  readonly description: string;
  readonly tool: string;
  readonly args: Json;
}

const followed = topics.filter((topic) => topic !== 'marketdata');

const rows: readonly Row[] = [
  {
    uri: 'bezant://session',
    name: 'session',
    description: 'Whether the account can be used now; if not, where the user must log in.',
    tool: 'health',
    args: {},
  },
  {
    uri: 'bezant://orders/open',
    name: 'open orders',
    description: 'Working orders of every account.',
    tool: 'list_orders',
    args: {},
  },
  {
    uri: 'bezant://accounts/{account_id}/positions',
    name: 'positions',
    description: 'Open positions of an account.',
    tool: 'positions',
    args: {},
  },
  ...followed.map((topic) => ({
    uri: `bezant://events/${topic}`,
    name: `${topic} events`,
    description: `The latest events of the topic ${topic}.`,
    tool: 'events',
    args: { topic },
  })),
];

const isTemplate = ({ uri }: Row): boolean => uri.includes('{');

const mimeType = 'application/json';

export const resourceList = rows
  .filter((row) => !isTemplate(row))
  .map(({ uri, name, description }) => ({ uri, name, description, mimeType }));

export const templateList = rows
  .filter(isTemplate)
  .map(({ uri, name, description }) => ({ uriTemplate: uri, name, description, mimeType }));

/** The tool whose answer a resource is; null when there is no such resource. */
export function toolOf(uri: string): { tool: string; args: Json } | null {
  for (const row of rows) {
    const names = [...row.uri.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const found = new RegExp(`^${row.uri.replace(/\{\w+\}/g, '([A-Za-z0-9]{1,32})')}$`).exec(uri);
    if (found === null) continue;
    const given = Object.fromEntries(names.map((name, index) => [name, found[index + 1]]));
    return { tool: row.tool, args: { ...row.args, ...given } };
  }
  return null;
}

/** The resources of which an event is news. */
export function touchedBy(topic: string, account: string | null): string[] {
  const positions = account === null ? [] : [`bezant://accounts/${account}/positions`];
  return [
    `bezant://events/${topic}`,
    ...(topic === 'orders' ? ['bezant://orders/open'] : []),
    ...(topic === 'trades' ? positions : []),
  ];
}
