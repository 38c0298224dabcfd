// Who is being called, and by which page. A web page can make a browser call any address, and with DNS rebinding even under
// a name of the page's own: so only names that are ours are answered to, and only pages of ours may call. An IP literal
// needs no DNS and cannot be rebound, so every literal is allowed as Host.

import { BlockList, isIP } from 'node:net';
import type { Address } from './setting-values.ts';

export interface HostCheck {
  /** Whether to answer to this `Host` header. None at all is HTTP/1.0, which no browser speaks. */
  isHostAllowed(hostHeader: string | undefined): boolean;
  /** Whether this `Origin` header is none, the page's own server (us) or a configured one. `null` is nobody's. */
  isOriginAllowed(originHeader: string | undefined, hostHeader: string | undefined): boolean;
}

interface HostAndPort {
  /** Lower case, without a trailing dot; IPv6 in its short form, in brackets. */
  name: string;
  /** Empty when it is left to the scheme. */
  port: string;
}

export function createHostCheck(deps: {
  bind: Address;
  publicUrl: string | null;
  allowedHosts: readonly string[];
  allowedOrigins: readonly string[];
}): HostCheck {
  const origins = new Set(
    [deps.publicUrl, ...deps.allowedOrigins].flatMap((origin) => parseOrigin(origin ?? '')?.text ?? []),
  );
  const names = new Set(
    ['localhost', deps.bind.host, ...deps.allowedHosts].flatMap((host) => parseHost(host)?.name ?? []),
  );
  const publicName = parseOrigin(deps.publicUrl ?? '')?.name;
  if (publicName !== undefined) names.add(publicName);

  const isAllowed = ({ name }: HostAndPort): boolean => isLiteral(name) || names.has(name);

  return {
    isHostAllowed(hostHeader) {
      if (hostHeader === undefined) return true;
      const host = parseHost(hostHeader);
      return host !== null && isAllowed(host);
    },
    isOriginAllowed(originHeader, hostHeader) {
      if (originHeader === undefined) return true;
      const origin = parseOrigin(originHeader);
      if (origin === null) return false;
      if (origins.has(origin.text)) return true;
      const host = parseHost(hostHeader ?? '');
      if (host === null || !isAllowed(host)) return false;
      // The scheme is not compared: one port answers both, and a proxy in front may have ended the TLS.
      return origin.name === host.name && origin.port === (host.port || origin.schemePort);
    },
  };
}

/** Characters of a host in a header; what a URL would take beyond them (user info, escapes, a path) is refused. */
const hostPattern = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{0,5}))?$/i;

/** Takes `host` or `host:port` apart, as a `Host` header or a setting has it. */
export function parseHost(text: string): HostAndPort | null {
  const [, host, port = ''] = hostPattern.exec(text) ?? [];
  const url = host === undefined ? null : URL.parse(`http://${host}/`);
  return url === null
    ? null
    : { name: withoutDot(url.hostname), port: port === '' ? '' : String(Number(port)) };
}

function parseOrigin(text: string): (HostAndPort & { text: string; schemePort: string }) | null {
  const [, scheme, authority] = /^(https?):\/\/([^/]+)$/i.exec(text) ?? [];
  const host = authority === undefined ? null : parseHost(authority);
  if (scheme === undefined || host === null) return null;
  const schemePort = scheme.toLowerCase() === 'https' ? '443' : '80';
  const port = host.port || schemePort;
  return { name: host.name, port, schemePort, text: `${scheme.toLowerCase()}://${host.name}:${port}` };
}

const withoutDot = (name: string): string => name.replace(/\.$/, '');

const isLiteral = (name: string): boolean => isIP(name) === 4 || name.startsWith('[');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether what listens on this host is reachable from this machine alone. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
