// Path parameters and the placeholders of the path must be the same names. IBKR misspells some by case, calls one
// differently, declares `client-id` in the path of 21 operations whose paths have no room for it, and forgets others.
// A parameter that exists nowhere in the path goes to the query, as required as it was.

import { list } from '../document.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { operations, placeholders } from '../operation.ts';
import { follow, join } from '../pointer.ts';
import type { Pass, Report } from './pass.ts';

interface Declared {
  readonly owner: JsonObject;
  readonly index: number;
  readonly at: string;
  readonly name: string;
  readonly where: Json | undefined;
}

export const pathParameters: Pass = {
  name: 'path-parameters',
  run(document, report) {
    for (const { path, item, node, at } of operations(document)) {
      const itemAt = join('', 'paths', path);
      const places = placeholders(path);
      const find = () => [...declared(document, node, at), ...declared(document, item, itemAt)];
      const open = () =>
        places.filter((name) => !find().some((own) => own.where === 'path' && own.name === name));
      const strays = () => find().filter((own) => own.where === 'path' && !places.includes(own.name));

      for (const stray of strays()) {
        const target = open().find((name) => name.toLowerCase() === stray.name.toLowerCase());
        if (target !== undefined) change(document, stray, { name: target }, report);
      }
      // one parameter without a placeholder and one placeholder without a parameter are two names of one thing
      const [lone, ...otherStrays] = strays().filter((stray) => !('$ref' in itself(stray)));
      const [target, ...otherOpen] = open();
      if (lone && target !== undefined && otherStrays.length === 0 && otherOpen.length === 0) {
        change(document, lone, { name: target }, report);
      }
      for (const stray of strays()) {
        const twin = find().some((own) => own.where === 'query' && own.name === stray.name);
        if (twin) remove(stray, report);
        else change(document, stray, { in: 'query' }, report);
      }
      for (const name of open()) {
        const added = { name, in: 'path', required: true, schema: { type: 'string' } };
        node['parameters'] = [...list(node, 'parameters'), added];
        report(join(at, 'parameters'), undefined, added);
      }
      for (const own of find().filter(({ where }) => where === 'path')) {
        if (follow(document, itself(own))?.['required'] !== true)
          change(document, own, { required: true }, report);
      }
    }
  },
};

function declared(document: JsonObject, owner: JsonObject, at: string): Declared[] {
  return list(owner, 'parameters').flatMap((entry, index) => {
    const parameter = follow(document, entry);
    const name = parameter?.['name'];
    if (parameter === undefined || typeof name !== 'string') return [];
    return [{ owner, index, at: join(at, 'parameters', index), name, where: parameter['in'] }];
  });
}

function itself({ owner, index }: Declared): JsonObject {
  const entry = list(owner, 'parameters')[index];
  return isObject(entry) ? entry : {};
}

/** A shared parameter is right elsewhere: the operation gets a copy of its own. */
function change(document: JsonObject, own: Declared, members: JsonObject, report: Report): void {
  const was = itself(own);
  const { style, explode, ...rest } = follow(document, was) ?? {};
  const keepsStyle = members['in'] === undefined;
  const is: JsonObject = {
    ...rest,
    ...(keepsStyle && style !== undefined && { style }),
    ...(keepsStyle && explode !== undefined && { explode }),
    ...members,
  };
  list(own.owner, 'parameters')[own.index] = is;
  report(own.at, was, is);
}

function remove(own: Declared, report: Report): void {
  report(own.at, itself(own), undefined);
  list(own.owner, 'parameters').splice(own.index, 1);
}
