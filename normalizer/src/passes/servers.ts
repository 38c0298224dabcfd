// Some Client Portal operations carry their base `/v1/api` in servers of their own and 47 forget it, so that a client
// calls https://api.ibkr.com/tickle. All of them get it from one top-level server; the hosted operations, whose paths
// are already whole (/gw/…, /oauth2/…), keep the servers the document named.

import { sameJson, type Json, type JsonObject } from '../json.ts';
import { operations } from '../operation.ts';
import { join } from '../pointer.ts';
import type { Pass } from './pass.ts';

export const CPAPI_BASE = '/v1/api';
const HOSTED = /^\/(gw|oauth2)\//;

export const servers: Pass = {
  name: 'servers',
  run(document, report) {
    const was = document['servers'];
    const is: Json = [{ url: CPAPI_BASE }];
    if (sameJson(was, is)) return;
    const move = (holder: JsonObject, at: string, to: Json | undefined): void => {
      const own = holder['servers'];
      if (sameJson(own, to)) return;
      if (to === undefined) delete holder['servers'];
      else holder['servers'] = structuredClone(to);
      report(join(at, 'servers'), own, to);
    };
    move(document, '', is);
    for (const { path, item, node, at } of operations(document)) {
      const itemAt = join('', 'paths', path);
      if (!HOSTED.test(path)) {
        move(item, itemAt, undefined);
        move(node, at, undefined);
      } else if (node['servers'] === undefined && item['servers'] === undefined) {
        move(item, itemAt, was);
      }
    }
  },
};
