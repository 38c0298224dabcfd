// Whether a value satisfies a schema of the document, by its JSON pointer. The check sees the document as it was when the
// check was made.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { plainJson, type Json, type JsonObject } from './json.ts';

export type SchemaCheck = (schemaAt: string, value: Json) => boolean;

export function schemaCheck(document: JsonObject): SchemaCheck {
  // formats are hints in IBKR's document; the precision because 123 / 1e-9 is not whole in binary
  const ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    validateFormats: false,
    multipleOfPrecision: 3,
    logger: false,
  });
  ajv.addSchema(plainJson(document) as JsonObject, 'document');
  return (schemaAt, value) => {
    const pointer = schemaAt.split('/').map(encodeURIComponent).join('/');
    let validate;
    try {
      validate = ajv.getSchema(`document#${pointer}`);
    } catch {
      return true; // a schema that cannot be compiled judges nothing
    }
    return validate === undefined || validate(plainJson(value)) === true;
  };
}
