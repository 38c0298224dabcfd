// Where the Gateway is: `IBKR_GATEWAY_URL` taken apart once. With or without `/v1/api`, with or without trailing slashes;
// a prefix in front of `/v1/api` survives, so a Gateway behind a path works.

export interface GatewayUrl {
  /** `https://host:port` */
  origin: string;
  /** Prefix of every path, without trailing slash: '' for a Gateway at the root. */
  prefix: string;
}

export function parseGatewayUrl(text: string): GatewayUrl {
  const url = URL.parse(text);
  if (url === null) throw new Error('is not a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Error('must start with https:// or http://');
  if (url.username !== '' || url.password !== '') throw new Error('must not hold a user name or password');
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v1\/api$/, '');
  return { origin: url.origin, prefix: path.replace(/\/+$/, '') };
}
