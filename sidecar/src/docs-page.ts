// GET /docs: /openapi.json for people, by Swagger UI (docs/decisions has why that one). The page and what it loads are the
// same on every server and hold nothing of this one, so they need no key; the page asks for one when /openapi.json does.

import { readFile } from 'node:fs/promises';
import { createKeptText, type KeptText } from './kept-text.ts';

/** Nothing from and to anywhere but this server; the library draws its arrows as data: images. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const types = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
};

const ours = (name: string): URL => new URL(`../assets/docs/${name}`, import.meta.url);
const theirs = (name: string): URL => new URL(import.meta.resolve(`swagger-ui-dist/${name}`));

const files: readonly [path: string, type: keyof typeof types, file: () => URL][] = [
  ['/docs', 'html', () => ours('index.html')],
  ['/docs/', 'html', () => ours('index.html')],
  ['/docs/page.css', 'css', () => ours('page.css')],
  ['/docs/page.js', 'js', () => ours('page.js')],
  ['/docs/swagger-ui.css', 'css', () => theirs('swagger-ui.css')],
  ['/docs/swagger-ui-bundle.js', 'js', () => theirs('swagger-ui-bundle.js')],
  // Its first line refers to this.
  ['/docs/swagger-ui-bundle.js.LICENSE.txt', 'txt', () => theirs('swagger-ui-bundle.js.LICENSE.txt')],
];

/** By path. */
export function createDocsPage(): Readonly<Record<string, KeptText>> {
  return Object.fromEntries(
    files.map(([path, type, file]) => [
      path,
      createKeptText({
        type: types[type],
        make: () => readFile(file(), 'utf8'),
        headers: {
          'content-security-policy': policy,
          'referrer-policy': 'same-origin',
          'cross-origin-opener-policy': 'same-origin',
        },
      }),
    ]),
  );
}
