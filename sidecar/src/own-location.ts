// Redirects of the Gateway to itself become redirects to the same path here: its own address means nothing to whoever is
// behind this server. So does one to IBKR's login page, because a login elsewhere gives the Gateway no session: its logout
// ends there. All others stay as they are.

import type { GatewayUrl } from './gateway-url.ts';

/** Names under which a Gateway knows itself, whatever name it was called by. */
const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

export function ownLocation(location: string, gateway: GatewayUrl): string {
  const base = new URL(gateway.origin);
  const isHost = location.startsWith('//');
  const isPath = location.startsWith('/') && !isHost;
  // A relative one has no URL of its own, and means the same here as there.
  const url = URL.parse(isPath ? gateway.origin + location : isHost ? base.protocol + location : location);
  if (url === null || !(isPath || isGateway(url, base) || isIbkrLogin(url))) return location;
  const path = url.pathname + url.search + url.hash;
  const inside = path.startsWith(`${gateway.prefix}/`) ? path.slice(gateway.prefix.length) : path;
  // What follows the origin is the Gateway's to say; two slashes would make a host of it.
  return inside.replace(/^\/+/, '/');
}

function isGateway(url: URL, gateway: URL): boolean {
  if (url.origin === gateway.origin) return true;
  return portOf(url) === portOf(gateway) && loopbackNames.has(url.hostname);
}

const isIbkrLogin = ({ hostname, pathname }: URL): boolean =>
  /(^|\.)(ibkr|interactivebrokers)\.com$/.test(hostname) && /^\/sso\/login$/i.test(pathname);

const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80');

/** The same for a `Refresh` header: `5; url=https://…`. */
export function ownRefresh(refresh: string, gateway: GatewayUrl): string {
  const [, start, quote = '', target] =
    /^(\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?)(["']?)(.*?)\2\s*$/i.exec(refresh) ?? [];
  if (start === undefined || target === undefined || target === '') return refresh;
  return `${start}${quote}${ownLocation(target, gateway)}${quote}`;
}
