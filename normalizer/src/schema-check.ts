// Whether a value satisfies a schema of the document, by its JSON pointer. The check sees the document as it was when the
// check was made.

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { plainJson, type Json, type JsonObject } from './json.ts';
import { valueAt } from './pointer.ts';

export type SchemaCheck = (schemaAt: string, value: Json) => boolean;

export function schemaCheck(document: JsonObject): SchemaCheck {
  const ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    // formats are hints in IBKR's document
    validateFormats: false,
    // 123 / 1e-9 is not whole in binary
    multipleOfPrecision: 3,
    logger: false,
  });
  ajv.addSchema(plainJson(document) as JsonObject, 'document');
  // references are absolute, so one text is one schema wherever it stands
  const compiled = new Map<string, ValidateFunction | undefined>();
  return (schemaAt, value) => {
    const text = JSON.stringify(valueAt(document, schemaAt));
    if (!compiled.has(text)) compiled.set(text, compile(ajv, schemaAt));
    const validate = compiled.get(text);
    return validate === undefined || validate(plainJson(value));
  };
}

/** undefined: a schema that cannot be compiled judges nothing */
function compile(ajv: Ajv2020, schemaAt: string): ValidateFunction | undefined {
  try {
    return ajv.getSchema(`document#${schemaAt.split('/').map(encodeURIComponent).join('/')}`);
  } catch {
    return undefined;
  }
}
