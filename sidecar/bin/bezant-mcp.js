#!/usr/bin/env -S node --max-semi-space-size=4
// Made for small machines, as bezant-server is.
await import('../dist/mcp-main.js');
