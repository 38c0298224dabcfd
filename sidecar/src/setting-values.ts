// How the text of a setting becomes its value. An error continues a sentence that the setting's name begins.

import { isIP } from 'node:net';
import { parseGatewayUrl } from './gateway-url.ts';
import { parseHost } from './host-check.ts';

export interface Address {
  host: string;
  port: number;
}

export const formatAddress = ({ host, port }: Address): string =>
  `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

export const text = (value: string): string => value;
export const list = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

export function flag(value: string): boolean {
  const word = value.toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  if (['0', 'false', 'no', 'off'].includes(word)) return false;
  throw new Error('must be 1, 0, true, false, yes or no');
}

export function count(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return number;
  };
}

export function choice<const Word extends string>(...words: readonly Word[]): (value: string) => Word {
  return (value) => {
    const word = words.find((candidate) => candidate === value.toLowerCase());
    if (word === undefined) throw new Error(`must be ${words.join(', ').replace(/, ([^,]*)$/, ' or $1')}`);
    return word;
  };
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
