#!/usr/bin/env node
// Node 24 keeps the text of numbers in JSON; older versions stop here instead of half way through.
if (typeof JSON.rawJSON !== 'function') {
  process.stderr.write(
    `bezant-normalizer needs Node 24, this is ${process.version}: run it through npm (npm run generate)\n`,
  );
  process.exit(1);
}
await import('../dist/main.js');
