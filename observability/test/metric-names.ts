// The names of metrics in an expression: what is neither in quotes, nor a label, nor a function, nor a word of PromQL.

const words = new Set([
  ...[
    'and',
    'or',
    'unless',
    'by',
    'without',
    'on',
    'ignoring',
    'bool',
    'offset',
    'group_left',
    'group_right',
  ],
]);

export function metricNames(expr: string): string[] {
  const bare = expr
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ')
    .replace(/offset \d+[smhd]/g, ' ');
  const found = [...bare.matchAll(/(?<![\w:.])([a-zA-Z_:][\w:]*)(\s*\()?/g)];
  return [
    ...new Set(found.flatMap(([, name = '', call]) => (call !== undefined || words.has(name) ? [] : [name]))),
  ];
}
