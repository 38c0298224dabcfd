// What kind of body came, and whether it can be checked.

import type { Operation } from '../contract.ts';
import { Problem } from '../errors.ts';
import { badRequest } from './validate.ts';

/** The body as JSON; undefined when it is of another kind that this operation may have. */
export function readJson(
  operation: Operation,
  body: Buffer | null,
  contentType: string | undefined,
): unknown {
  if (body === null) return undefined;
  const type = baseType(contentType ?? '');
  const documented = operation.body?.mediaTypes ?? [];
  if (type === 'application/json' || type.endsWith('+json')) {
    try {
      return JSON.parse(body.toString('utf8')) as unknown;
    } catch (error) {
      throw badRequest(operation, [
        { pointer: '/body', message: `is not JSON: ${(error as Error).message}` },
      ]);
    }
  }
  const writes = operation.safety !== 'read' && operation.safety !== 'session';
  if (writes && !documented.some((known) => baseType(known) === type)) {
    const wanted = documented.length === 0 ? 'application/json' : documented.join(' or ');
    throw new Problem('unsupported_media_type', `${operation.id} takes a body of type ${wanted}.`);
  }
  return undefined;
}

const baseType = (text: string): string => (text.split(';')[0] ?? '').trim().toLowerCase();
