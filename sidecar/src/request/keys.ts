// Who calls: an API key, when the server asks for one.

import type { RequestHandler } from 'express';
import type { ApiKeys } from '../api-keys.ts';
import { Problem } from '../errors.ts';
import { exchangeOf } from './exchange.ts';

/** Null keys: the server is bound to this machine and asks nobody. */
export function createKeys(keys: ApiKeys | null): RequestHandler {
  return (request, _response, next) => {
    if (keys !== null) {
      const principal = keys.authenticate(request.headers);
      if (principal === null) throw keyRequired();
      exchangeOf(request).principal = principal;
    }
    next();
  };
}

/** The challenge makes a browser ask for the key: any user name, the key as password. */
export const keyRequired = (): Problem =>
  new Problem('api_key_required', 'This server asks for an API key.', {
    headers: { 'www-authenticate': 'Basic realm="bezant", charset="UTF-8"' },
  });
