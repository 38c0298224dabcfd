// A format nobody knows stops strict validators. `jwt` says what the text holds, and 3.1 has a member for that; other
// unknown formats go. Known: JSON Schema 2020-12 (Validation, section 7.3) and the OpenAPI format registry.

import { walk } from '../document.ts';
import { join } from '../pointer.ts';
import type { Pass } from './pass.ts';

const KNOWN = new Set(
  (
    'byte binary date date-time time duration email idn-email hostname idn-hostname ipv4 ipv6 uri uri-reference iri ' +
    'iri-reference uri-template url uuid password json-pointer relative-json-pointer regex ' +
    'int8 int16 int32 int64 uint8 uint16 uint32 uint64 float double decimal decimal128 double-int'
  ).split(' '),
);
const MEDIA_TYPES: Readonly<Record<string, string>> = { jwt: 'application/jwt' };

export const formats: Pass = {
  name: 'formats',
  run(document, report) {
    for (const { node, at } of walk(document, 'schema')) {
      const was = node['format'];
      if (typeof was !== 'string' || KNOWN.has(was)) continue;
      delete node['format'];
      report(join(at, 'format'), was, undefined);
      const mediaType = MEDIA_TYPES[was];
      if (mediaType === undefined || node['contentMediaType'] !== undefined) continue;
      node['contentMediaType'] = mediaType;
      report(join(at, 'contentMediaType'), undefined, mediaType);
    }
  },
};
