// Which paths are IBKR's login pages and what they load: the routes that the Gateway itself sends on (observed on the build
// of 2023-04-24). Its other routes act without asking who calls (/clear drops the session, /status never answers).

const exact: ReadonlySet<string> = new Set([
  '/',
  '/en/includes/general/gdpr-am.php',
  // The banner about maintenance, without which the login page stays empty.
  '/portal.proxy/v1/gstat/bulletins',
]);

/** Plain segments only: no escape and no dots that another server could read as a way out of the folder. */
const inFolder =
  /^\/(?:sso|css|scripts|stylesheet|images|fonts)(?:\/(?!\.{1,2}(?:[;/]|$))[\w.~!$&'()*+,;=:@-]+)+\/?$/;

export const isLoginPath = (path: string): boolean => exact.has(path) || inFolder.test(path);

/** From here on, cookies belong to a new login. */
export const isLoginStart = (path: string): boolean =>
  /^\/sso\/(login|authenticator|dispatcher)$/i.test(path);

/** What the Gateway answers when IBKR's login server lets the browser through: exactly this. */
export const successText = 'Client login succeeds';

export interface LoginAnswer {
  path: string;
  status: number;
  location: string | undefined;
  body: Buffer;
}

/** Whether the login page reports success, which by itself proves nothing. */
export function isLoginEnd({ path, status, location, body }: LoginAnswer): boolean {
  if (!/^\/sso\/dispatcher$/i.test(path)) return false;
  if (status === 200) return body.includes(successText);
  return status >= 300 && status < 400 && location !== undefined && !/\/sso\/login/i.test(location);
}
