// Answers of the Gateway as the session gets them.

import type { GatewayAnswer } from '../../src/gateway.ts';

export function answer(
  status: number,
  body: unknown = '',
  headers: GatewayAnswer['headers'] = {},
): GatewayAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers, body: Buffer.from(text) };
}

export const live = {
  authenticated: true,
  competing: false,
  connected: true,
  message: '',
  MAC: '02:00:00:00:00:01',
};
export const withoutBrokerage = { authenticated: false, competing: false, connected: true, message: '' };
export const competing = { authenticated: false, competing: true, connected: true, message: '' };

export const tickled = (authStatus: unknown): unknown => ({
  session: '0123456789abcdef',
  ssoExpires: 599_000,
  collission: false,
  userId: 12345678,
  hmds: { error: 'no bridge' },
  iserver: { authStatus },
});

export const loggedOut = answer(401, 'Access Denied');
export const loginRedirect = answer(302, '', { location: '/sso/Login?forwardTo=22&RL=1&ip2loc=US' });
