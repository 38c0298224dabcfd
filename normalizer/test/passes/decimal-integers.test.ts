import { decimalIntegers } from '../../src/passes/decimal-integers.ts';
import { json, passTable } from './pass-table.ts';

const doc = (schema: string, example: string, others = '{}') =>
  json(
    `{"paths":{"/a":{"get":{"responses":{"200":{"content":{"application/json":{"schema":${schema},"example":${example}}}}}}}},"components":{"schemas":${others}}}`,
  );
const int = '{"type":"integer","format":"int32"}';
const dec = '{"type":"number"}';

passTable(decimalIntegers, [
  {
    name: 'a fraction',
    given: doc(`{"properties":{"a":${int},"b":${int}}}`, '{"a":1.5,"b":2}'),
    want: doc(`{"properties":{"a":${dec},"b":${int}}}`, '{"a":1.5,"b":2}'),
  },
  {
    name: 'a fraction of zero',
    given: doc(`{"properties":{"a":${int}}}`, '{"a":0.0}'),
    want: doc(`{"properties":{"a":${dec}}}`, '{"a":0.0}'),
  },
  {
    name: 'nullable',
    given: doc('{"type":["integer","null"]}', '1.0'),
    want: doc('{"type":["number","null"]}', '1.0'),
  },
  {
    name: 'a list at the top',
    given: doc(`{"type":"array","items":{"properties":{"a":${int}}}}`, '[{"a":1},{"a":2.5}]'),
    want: doc(`{"type":"array","items":{"properties":{"a":${dec}}}}`, '[{"a":1},{"a":2.5}]'),
  },
  {
    name: 'maps and allOf',
    given: doc(`{"allOf":[{"additionalProperties":${int}}]}`, '{"x":1.5}'),
    want: doc(`{"allOf":[{"additionalProperties":${dec}}]}`, '{"x":1.5}'),
  },
  {
    name: 'only the choice that resembles it',
    given: doc(
      `{"oneOf":[{"properties":{"a":${int}}},{"properties":{"a":${int},"b":${int}}}]}`,
      '{"a":1.5,"b":1}',
    ),
    want: doc(
      `{"oneOf":[{"properties":{"a":${int}}},{"properties":{"a":${dec},"b":${int}}}]}`,
      '{"a":1.5,"b":1}',
    ),
  },
  {
    name: 'by reference, and no other field of that name',
    given: doc(
      '{"$ref":"#/components/schemas/A"}',
      '{"a":1.5}',
      `{"A":{"properties":{"a":${int}}},"B":{"properties":{"a":${int}}}}`,
    ),
    want: doc(
      '{"$ref":"#/components/schemas/A"}',
      '{"a":1.5}',
      `{"A":{"properties":{"a":${dec}}},"B":{"properties":{"a":${int}}}}`,
    ),
  },
  {
    name: 'a schema that contains itself',
    given: doc(
      '{"$ref":"#/components/schemas/A"}',
      '{"next":{"next":{"v":1.5}}}',
      `{"A":{"allOf":[{"$ref":"#/components/schemas/A"}],"properties":{"next":{"$ref":"#/components/schemas/A"},"v":${int}}}}`,
    ),
    want: doc(
      '{"$ref":"#/components/schemas/A"}',
      '{"next":{"next":{"v":1.5}}}',
      `{"A":{"allOf":[{"$ref":"#/components/schemas/A"}],"properties":{"next":{"$ref":"#/components/schemas/A"},"v":${dec}}}}`,
    ),
  },
  {
    name: 'named and shared examples',
    given: json(
      `{"paths":{"/a":{"get":{"responses":{"200":{"content":{"application/json":{"schema":{"properties":{"a":${int}}},"examples":{"x":{"$ref":"#/components/examples/E"}}}}}}}}},"components":{"examples":{"E":{"value":{"a":0.5}}}}}`,
    ),
    want: json(
      `{"paths":{"/a":{"get":{"responses":{"200":{"content":{"application/json":{"schema":{"properties":{"a":${dec}}},"examples":{"x":{"$ref":"#/components/examples/E"}}}}}}}}},"components":{"examples":{"E":{"value":{"a":0.5}}}}}`,
    ),
  },
  {
    name: 'of a schema itself',
    given: json('{"components":{"schemas":{"A":{"type":"integer","examples":[1.5]}}}}'),
    want: json('{"components":{"schemas":{"A":{"type":"number","examples":[1.5]}}}}'),
  },
  {
    name: 'of a parameter',
    given: json(
      '{"paths":{"/a":{"get":{"parameters":[{"name":"a","in":"query","schema":{"type":"integer"},"example":1.5}]}}}}',
    ),
    want: json(
      '{"paths":{"/a":{"get":{"parameters":[{"name":"a","in":"query","schema":{"type":"number"},"example":1.5}]}}}}',
    ),
  },
  { name: 'whole numbers', given: doc(`{"properties":{"a":${int}}}`, '{"a":10,"b":1.5}') },
]);
