// Two small pages of our own for the person in front of the browser: what became of the login, and what to do when the
// Gateway does not answer. They load nothing and run nothing but the lines below.

import { hash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { problemKinds, type Problem, type ProblemCode } from '../../errors.ts';
import type { SessionStateName } from '../../session-state.ts';
import { loginWaitMs } from '../session.ts';
import { successText } from './paths.ts';

export interface Notice {
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

const style = `
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1.5rem }
h1 { font-size: 1.4rem }
pre { font: inherit; margin: 0 }
figure { margin: 3rem 0 0; font-size: .85rem; color: GrayText }`;

interface Shown {
  heading: string;
  /** Follows the reason of the state. */
  closing: string;
  /** Whether only another login helps. */
  fails: boolean;
}

const other: Shown = { heading: 'There is no brokerage session yet', closing: '', fails: false };

const shownAs: Partial<Readonly<Record<SessionStateName, Shown>>> = {
  live: { heading: 'You are logged in', closing: ' You can close this page.', fails: false },
  authenticating: {
    heading: 'Waiting for IBKR',
    closing: ` That takes some seconds, ${loginWaitMs / 1000} at most.`,
    fails: false,
  },
  'login-required': { heading: 'The login did not go through', closing: '', fails: true },
  'locked-out': { heading: 'IBKR gives no brokerage session', closing: '', fails: true },
};

const script = `
const shownAs = ${JSON.stringify(shownAs)};
const other = ${JSON.stringify(other)};
const heading = document.querySelector('h1');
const status = document.querySelector('[role=status]');
const again = document.querySelector('a');
const ask = async () => {
  try {
    const { state, reason } = await (await fetch('/readyz')).json();
    const shown = shownAs[state] ?? other;
    document.title = heading.textContent = shown.heading;
    status.textContent = reason + shown.closing;
    again.hidden = !shown.fails;
    if (state === 'live') return;
  } catch {
    status.textContent = 'This server does not answer at the moment.';
  }
  setTimeout(ask, 2000);
};
setTimeout(ask, 1000);`;

const hashed = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`;

/** After a login: IBKR's own words, which tools look for, and whether they have come true. */
export function loginNotice(state: { name: SessionStateName; reason: string }): Notice {
  const { heading, closing, fails } = shownAs[state.name] ?? other;
  return page({
    title: heading,
    scriptPolicy: `script-src ${hashed(script)}; connect-src 'self'; `,
    main: `<h1>${heading}</h1>
<p role="status">${escape(state.reason + closing)}</p>
<p><a href="/"${fails ? '' : ' hidden'}>Log in again</a></p>
<noscript><p>The state of the session is at <a href="/readyz">/readyz</a>.</p></noscript>
<figure><figcaption>The Gateway’s own words:</figcaption><pre>${successText}</pre></figure>
<script>${script}</script>`,
  });
}

/** What to do about it in front of a login page, where the table speaks to programs that trade. */
const advice: Partial<Readonly<Record<ProblemCode, string>>> = {
  upstream_unreachable: 'It may still be starting. Otherwise: is it running, and is IBKR_GATEWAY_URL right?',
  upstream_timeout:
    'It never answers while IBKR is unreachable, as in IBKR’s maintenance at night and at the weekend. Try again in some minutes.',
  upstream_http_error: 'Try again. If it stays so, restart the Gateway.',
  upstream_truncated: 'Try again. If it stays so, restart the Gateway.',
};

export function problemNotice(problem: Problem): Notice {
  const { title, hint } = problemKinds[problem.code];
  return page({
    title,
    main: `<h1>${escape(title)}</h1>
<p>${escape(problem.message)}</p>
<p>${escape(advice[problem.code] ?? hint)}</p>
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
