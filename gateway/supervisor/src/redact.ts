// What must not leave with a line of a child's: cookies, session keys, tokens, passwords, hardware addresses. The Gateway
// writes them at level DEBUG (its texts are those of the build of 2023-04-24), and any proxy may in an error. A line that is
// JSON stays JSON. A token that stands alone is not looked for: it may be a checksum, or the key that is shown once.

const hidden = '[masked]';

const nouns = 'token|secret|password|passwd';

/** Members of JSON, also of JSON inside a text of JSON: the quotes then come with backslashes. */
const members = [
  'session(?:_?id)?',
  'x-sess-uuid',
  'jsessionid',
  'xyzab[\\w.]*',
  'user_?id',
  'st',
  `\\w*(?:${nouns})`,
  'tst',
  '(?:set-)?cookies?',
  '(?:proxy-)?authorization',
  'x-api-key',
  'api_?key',
  'challenge',
  'k',
  'mac(?:_?address)?',
  'machine_?id',
  'hardware_info',
].join('|');

/** `name=value` of cookies, queries, forms and texts. */
const parameters = [
  'jsessionid',
  'x-sess-uuid',
  'xyzab[\\w.]*',
  'user_?id',
  'challenge_response',
  nouns,
  'tst',
  'api_?key',
  'ssl_?pwd',
].join('|');

const headers = '(?:set-)?cookie|(?:proxy-)?authorization|x-api-key';
/** Cookie talk of the Gateway's own. */
const cookieTalk =
  '(?:added|replaced|ignored empty|set) cookies?|cookie not allowed|capture cookies from server request|remapping set-cookies';
const long = '[0-9a-z+/=._-]{12,}';

interface Rule {
  pattern: RegExp;
  to: string;
}

const everywhere: Rule[] = [
  {
    pattern: new RegExp(
      String.raw`"(${members})"(\s*:\s*)(?:"(?:\\.|[^"\\])*"|\[[^\][]*\]|-?\d[\d.eE+-]*)`,
      'gi',
    ),
    to: `"$1"$2"${hidden}"`,
  },
  {
    pattern: new RegExp(String.raw`(\\+")(${members})\1(\s*:\s*)(?:\1[^"\\]*\1|-?\d[\d.eE+-]*)`, 'gi'),
    to: `$1$2$1$3$1${hidden}$1`,
  },
  {
    pattern: new RegExp(
      String.raw`(?<![\w-])((?:${parameters})\s?[=:]\s?|[\w-]*(?:${nouns})=)(?!\[masked)[^\s&;,"'\\<>()[\]{}]+`,
      'gi',
    ),
    to: `$1${hidden}`,
  },
  // What is public under the same name when it is short: a state, a word.
  {
    pattern: new RegExp(
      String.raw`(?<![\w-])(session(?:_?id)?|st|k|api|cp|old|new)([=:]\s?|\s)(?=[a-z+/=._-]*\d)${long}`,
      'gi',
    ),
    to: `$1$2${hidden}`,
  },
  { pattern: /\b(tst token generated)\b:?.*/gi, to: `$1: ${hidden}` },
  { pattern: /\b(bearer|basic)\s+(?=[\w.~+/-]*\d)[\w.~+/=-]{8,}/gi, to: `$1 ${hidden}` },
  { pattern: /\beyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)*/g, to: hidden },
  { pattern: /(:\/\/)[^\s/@"'\\]+@/g, to: `$1${hidden}@` },
  // Neither a piece of a fingerprint nor of an IPv6 address.
  { pattern: /(?<![\da-f:-])(?:[\da-f]{2}[:-]){5}[\da-f]{2}(?![:-]?[\da-f])/gi, to: hidden },
];

/** To the end of the line; in JSON to the end of the text that they stand in. */
const toTheEnd = (rest: string): Rule[] => [
  { pattern: new RegExp(String.raw`(?<![\w-])(${headers})(\s*[:=]\s*)${rest}`, 'gi'), to: `$1$2${hidden}` },
  { pattern: new RegExp(String.raw`\b(${cookieTalk})(:?\s)${rest}`, 'gi'), to: `$1$2${hidden}` },
];

const inText = [...toTheEnd('.+'), ...everywhere];
const inJson = [...everywhere, ...toTheEnd(String.raw`(?:\\.|[^"\\])+`)];

/** Most lines have none of it, and are through after one look. */
const hint =
  /cookie|auth|sess|xyzab|user_?id|token|tst|secret|pass|pwd|key|challenge|machine|mac|hardware|bearer|basic|eyJ|:\/\/[^/]*@|\bst\b|\bk\b|\bapi[=:]|\bcp[=:]|(?:[\da-f]{2}[:-]){5}/i;

export function redact(line: string): string {
  if (!hint.test(line)) return line;
  const rules = line.startsWith('{') ? inJson : inText;
  return rules.reduce((text, { pattern, to }) => text.replace(pattern, to), line);
}
