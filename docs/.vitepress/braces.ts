// Pages become Vue's templates, in which two braces are an expression. In the documentation they are what they look like.

type Rule = (...parts: never[]) => string;

interface MarkdownIt {
  renderer: { rules: Record<string, Rule | undefined> };
}

export function keepBraces({ renderer: { rules } }: MarkdownIt): void {
  for (const name of ['text', 'code_inline']) {
    const render = rules[name];
    if (render === undefined) throw new Error(`markdown-it has no rule for ${name} any more.`);
    rules[name] = (...parts) => render(...parts).replaceAll('{{', '&#123;&#123;');
  }
}
