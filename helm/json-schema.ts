// The few shapes that the chart's values have, as JSON Schema. Patterns stand on nothing secret: Helm prints what fails.

export type Schema = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Schema>>;

export const text: Schema = { type: 'string' };
export const filled: Schema = { type: 'string', minLength: 1 };
export const flag: Schema = { type: 'boolean' };

export const matching = (pattern: string): Schema => ({ type: 'string', pattern });
export const whole = (minimum: number, maximum: number): Schema => ({ type: 'integer', minimum, maximum });
export const oneOf = (...words: readonly string[]): Schema => ({ type: 'string', enum: words });
export const list = (items: Schema): Schema => ({ type: 'array', items });
export const mapOf = (additionalProperties: Schema): Schema => ({ type: 'object', additionalProperties });
export const orNull = (schema: Schema): Schema => ({ ...schema, type: [schema['type'], 'null'] });

/** These properties and no others. */
export const object = (properties: Properties, required?: readonly string[]): Schema => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...(required === undefined ? {} : { required }),
});

/** Something of Kubernetes' own, which Kubernetes checks: at least these properties. */
export const openObject = (properties: Properties = {}, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required,
});
