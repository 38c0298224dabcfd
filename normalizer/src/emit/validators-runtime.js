// What compiled validators need at run time; the text of this file is copied into them, so that they import nothing.

/** How long a text is in characters, not in UTF-16 units. */
const ucs2length = (text) => {
  let length = text.length;
  for (const character of text) if (character.length === 2) length -= 1;
  return length;
};

/** Whether two JSON values are the same. */
const equal = (one, other) => {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && equal(one[key], other[key]))
  );
};

const depth = (fault) => fault.instancePath.split('/').length;
const some = (count, what) => `${count} ${what}${count === 1 ? '' : 's'}`;
const say = {
  required: ({ missingProperty }) => ['is required', missingProperty],
  additionalProperties: ({ additionalProperty }) => ['is not known', additionalProperty],
  enum: ({ allowedValues }) => [`must be one of ${allowedValues.join(', ')}`],
  type: ({ type }) => [`must be ${[type].flat().join(' or ')}`],
  minItems: ({ limit }) => [`must have at least ${some(limit, 'item')}`],
  maxItems: ({ limit }) => [`must have at most ${some(limit, 'item')}`],
  minLength: ({ limit }) => [`must have at least ${some(limit, 'character')}`],
  maxLength: ({ limit }) => [`must have at most ${some(limit, 'character')}`],
  uniqueItems: ({ i, j }) => [
    `must not hold the same item twice, at ${Math.min(i, j)} and ${Math.max(i, j)}`,
  ],
};
const unions = new Set(['anyOf', 'oneOf']);

/**
 * The one thing to tell a person. A failed choice reports every alternative that did not fit. When all of them ask for a
 * member or a type in the same place, they are said together; otherwise the alternative that got furthest is the one the
 * caller meant.
 */
const explain = (faults) => {
  const last = faults.at(-1);
  const tried = faults.filter(({ keyword }) => !unions.has(keyword));
  if (!unions.has(last.keyword) || tried.length === 0) return fault(last);
  const [first] = tried;
  const alike = tried.every(
    ({ keyword, instancePath }) => keyword === first.keyword && instancePath === first.instancePath,
  );
  const params = tried.map(({ params }) => params);
  if (alike && first.keyword === 'required') {
    const message = `must have ${params.map(({ missingProperty }) => missingProperty).join(' or ')}`;
    return { instancePath: first.instancePath, keyword: last.keyword, message };
  }
  if (alike && first.keyword === 'type')
    return fault({ ...first, params: { type: params.flatMap(({ type }) => type) } });
  return fault(tried.reduce((best, next) => (depth(next) > depth(best) ? next : best)));
};

const fault = ({ instancePath, keyword, params, message }) => {
  const [said, member] = say[keyword]?.(params) ?? [message];
  const escaped = member?.replaceAll('~', '~0').replaceAll('/', '~1');
  return {
    instancePath: escaped === undefined ? instancePath : `${instancePath}/${escaped}`,
    keyword,
    message: said,
  };
};

const check = (validate) => {
  const checked = (value) => {
    const valid = validate(value);
    checked.errors = valid ? null : [explain(validate.errors)];
    return valid;
  };
  checked.errors = null;
  return checked;
};
