// How the text of a setting becomes its value. An error continues a sentence that the setting's name begins.

import { isIP } from 'node:net';
import { parseGatewayUrl } from './gateway-url.ts';
import { parseHost } from './host-check.ts';

export interface Address {
  host: string;
  port: number;
}

/** What a value looks like where types are known: the chart's schema of values says it to whoever fills it in. */
export type ValueShape =
  | { kind: 'flag' }
  | { kind: 'count'; min: number; max: number }
  | { kind: 'choice'; words: readonly string[] }
  | { kind: 'list' };

/** Without a shape it takes any text. */
export type Parse<Value> = ((text: string) => Value) & { shape?: ValueShape };

export const formatAddress = ({ host, port }: Address): string =>
  `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

export const text = (value: string): string => value;
export const list = listOf(text);

export function listOf<Item>(item: (text: string) => Item): Parse<Item[]> {
  const parse = (value: string): Item[] =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(item);
  return Object.assign(parse, { shape: { kind: 'list' } as const });
}

export const flag: Parse<boolean> = Object.assign(readFlag, { shape: { kind: 'flag' } as const });

function readFlag(value: string): boolean {
  const word = value.toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  if (['0', 'false', 'no', 'off'].includes(word)) return false;
  throw new Error('must be 1, 0, true, false, yes or no');
}

export function count(min: number, max: number): Parse<number> {
  const parse = (value: string): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return number;
  };
  return Object.assign(parse, { shape: { kind: 'count', min, max } as const });
}

export function choice<const Word extends string>(...words: readonly Word[]): Parse<Word> {
  const parse = (value: string): Word => {
    const word = words.find((candidate) => candidate === value.toLowerCase());
    if (word === undefined) throw new Error(`must be ${words.join(', ').replace(/, ([^,]*)$/, ' or $1')}`);
    return word;
  };
  return Object.assign(parse, { shape: { kind: 'choice', words } as const });
}

export function address(value: string): Address {
  const [, bracketed, name = '', digits] =
    /^(?:(?:\[([0-9a-f:.]+)\]|([\w.-]*)):)?(\d{1,5})$/i.exec(value) ?? [];
  const port = Number(digits);
  const wrongBrackets = bracketed !== undefined && isIP(bracketed) !== 6;
  if (digits === undefined || port > 65_535 || wrongBrackets)
    throw new Error('must be host:port, such as 127.0.0.1:8080 or [::1]:8080');
  return { host: bracketed ?? (name === '' ? '0.0.0.0' : name), port };
}

export function origin(value: string): string {
  const url = URL.parse(value.includes('://') ? value : `https://${value}`);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Error('must be an origin, such as https://bezant.example');
  if (url.pathname !== '/' || url.search !== '') throw new Error('must be an origin alone, without a path');
  return url.origin;
}

export function hostName(value: string): string {
  const name = parseHost(value)?.name;
  if (name === undefined) throw new Error('must be host names, such as bezant.lan');
  return name;
}

export function gatewayUrl(value: string): string {
  parseGatewayUrl(value);
  return value;
}

export function fingerprint(value: string): string {
  const hex = value
    .replace(/^sha256[:=]?/i, '')
    .replaceAll(':', '')
    .toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(hex))
    throw new Error('must be a SHA-256 in hex, as `openssl x509 -fingerprint -sha256` prints it');
  return hex.replace(/(..)(?=.)/g, '$1:');
}

/** Not quoted, as it holds a password. */
export function postgresUrl(value: string): string {
  const url = URL.parse(value);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2)
    throw new Error('must be postgres://user:password@host:5432/database');
  return value;
}
