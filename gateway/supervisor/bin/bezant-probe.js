#!/usr/bin/env -S node --max-semi-space-size=1 --lite-mode
// Made for small machines: it has little to do, and little memory to do it in.
import '../dist/probe-main.js';
