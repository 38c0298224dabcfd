#!/usr/bin/env -S node --max-semi-space-size=4
// Made for small machines, and measured: PERFORMANCE.md. Without its limit the young generation takes 200 MB under load.
import { setFlagsFromString } from 'node:v8';

// Optimising undici's HTTP parser takes half a second of a core and leaves 10 MB behind, for nothing that shows.
setFlagsFromString('--wasm-tiering-budget=1000000000');
await import('../dist/main.js');
