// What the search finds: the sections under headings, as usual, and beside them each table row that can be linked to, so
// that the name of a setting or of an error leads to its row and not to the top of a long table.

interface Section {
  anchor: string;
  /** Title of the page, then of the section. */
  titles: string[];
  text: string;
}

const heading = /<h([1-6])[^>]*?id="([^"]*)"[^>]*>([^]*?)<\/h\1>/g;
const namedRow = /<tr id="([^"]*)"[^>]*>([^]*?)<\/tr>/g;

export function splitIntoSections(_file: string, html: string): Section[] {
  const headings = [...html.matchAll(heading)];
  const titles: string[] = [];
  return headings.flatMap((match, at) => {
    const [whole, level = '', anchor = '', title = ''] = match;
    titles.splice(Number(level) - 1, Infinity, text(title));
    const body = html.slice(match.index + whole.length, headings[at + 1]?.index);
    const path = titles.filter((each) => each !== '');
    return [
      { anchor, titles: path, text: text(body) },
      ...[...body.matchAll(namedRow)].map(([, name = '', row = '']) => rowSection(name, row, path)),
    ];
  });
}

function rowSection(name: string, row: string, path: readonly string[]): Section {
  const title = /<code[^>]*>([^<]*)<\/code>/.exec(row)?.[1] ?? name;
  return { anchor: name, titles: [...path, title], text: text(row) };
}

const text = (html: string): string =>
  html
    .replace(/<a[^>]*class="header-anchor"[^]*?<\/a>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
