// Two small pages of our own for the person in front of the browser: what became of the login, and what to do when the
// Gateway does not answer. They load nothing and run nothing but the lines below.

import { hash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { problemKinds, type Problem } from '../../errors.ts';
import type { SessionStateName } from '../../session-state.ts';
import { successText } from './paths.ts';

export interface Notice {
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

const style = `
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1.5rem }
h1 { font-size: 1.4rem }
pre { font: inherit; color: GrayText }`;

const script = `
const shown = document.querySelector('[role=status]');
const ask = async () => {
  try {
    const { state, reason } = await (await fetch('/readyz')).json();
    shown.textContent = state === 'live' ? reason + ' You can close this page.' : reason;
    if (state === 'live') return;
  } catch {
    shown.textContent = 'This server does not answer at the moment.';
  }
  setTimeout(ask, 2000);
};
setTimeout(ask, 1000);`;

const hashed = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`;

/** After a login: IBKR's own words, which tools look for, and whether they have come true. */
export function loginNotice(state: { name: SessionStateName; reason: string }): Notice {
  const closing = state.name === 'live' ? ' You can close this page.' : '';
  return page({
    title: 'Login at IBKR',
    scriptPolicy: `script-src ${hashed(script)}; connect-src 'self'; `,
    main: `<pre>${successText}</pre>
<p role="status">${escape(state.reason + closing)}</p>
<noscript><p>The state of the session is at <a href="/readyz">/readyz</a>.</p></noscript>
<script>${script}</script>`,
  });
}

export function problemNotice(problem: Problem): Notice {
  const { title, hint } = problemKinds[problem.code];
  return page({
    title,
    main: `<h1>${escape(title)}</h1>
<p>${escape(problem.message)}</p>
<p>${escape(hint)}</p>
<p><a href="/">Try again</a></p>`,
  });
}

function page({
  title,
  main,
  scriptPolicy = '',
}: {
  title: string;
  main: string;
  scriptPolicy?: string;
}): Notice {
  const body = Buffer.from(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>${style}</style>
<main>
${main}
</main>
</html>
`);
  return {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      'content-security-policy': `default-src 'none'; style-src ${hashed(style)}; ${scriptPolicy}base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
    body,
  };
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
