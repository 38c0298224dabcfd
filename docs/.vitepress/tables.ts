// Each cell of a table carries the name of its column, so that narrow windows can show a row as a list; and a row that begins
// with a name in code (a setting, an error's code) can be linked to by it: /configuration#bezant_bind.

interface Token {
  type: string;
  tag: string;
  content: string;
  children: Token[] | null;
  attrGet: (name: string) => string | null;
  attrSet: (name: string, value: string) => void;
}

interface MarkdownIt {
  core: { ruler: { push: (name: string, rule: (state: { tokens: Token[] }) => void) => void } };
}

export function nameCells(md: MarkdownIt): void {
  md.core.ruler.push('name_cells', ({ tokens }) => {
    const taken = new Set(tokens.map((token) => token.attrGet('id')));
    let columns: string[] = [];
    let row: Token | null = null;
    let column = 0;
    for (const [at, token] of tokens.entries()) {
      const inline = tokens[at + 1];
      if (token.type === 'table_open') columns = [];
      if (token.type === 'tr_open') [row, column] = [token, 0];
      if (token.type === 'th_open') columns.push(inline?.content ?? '');
      if (token.type !== 'td_open') continue;
      token.attrSet('data-column', columns[column] ?? '');
      if (column === 0) nameRow(row, inline, taken);
      column += 1;
    }
  });
}

function nameRow(row: Token | null, cell: Token | undefined, taken: Set<string | null>): void {
  const first = cell?.children?.[0];
  if (first?.type !== 'code_inline' || !/^[A-Za-z]\w*$/.test(first.content)) return;
  const name = first.content.toLowerCase();
  if (!taken.has(name)) row?.attrSet('id', name);
  taken.add(name);
}
