// Addresses as settings write them: host:port, [IPv6]:port, or a port alone, which means every address of this machine.
export interface Address {
  host: string;
  port: number;
}

const shape = /^(?:(?:\[([0-9a-f:.]+)\]|([^\s:[\]/]*)):)?(\d{1,5})$/i;

/** `null` for anything else. */
export function parseAddress(text: string): Address | null {
  const [, bracketed, name = '', digits] = shape.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return null;
  return { host: bracketed ?? (name === '' ? '0.0.0.0' : name), port };
}

/** Where a listener on every address is asked. */
const near: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** An http or https URL whose host is an address as above, made one that can be asked; `null` for anything else. */
export function askableUrl(text: string): string | null {
  const [, scheme = '', authority = '', rest = ''] = /^(https?):\/\/([^/?#]+)(.*)$/.exec(text) ?? [];
  const address = parseAddress(authority);
  if (address === null) return URL.canParse(text) && scheme !== '' ? text : null;
  const host = near[address.host] ?? address.host;
  const url = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}${rest}`;
  return URL.canParse(url) ? url : null;
}
