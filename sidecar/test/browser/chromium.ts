// A real browser. Debian's Chromium, because playwright's own would have to be downloaded.

import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Every name under `.example` is this machine: stands for a DNS of somebody else's. */
const resolverRules = 'MAP *.example 127.0.0.1';

export function openBrowser(): Promise<Browser> {
  const executablePath = process.env['BEZANT_CHROMIUM'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(`No browser at ${executablePath}: install Chromium, or name it by BEZANT_CHROMIUM.`);
  }
  return chromium.launch({
    executablePath,
    args: [
      `--host-resolver-rules=${resolverRules}`,
      // The browser's own guard of this machine is off: the server has to stand without it.
      '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
