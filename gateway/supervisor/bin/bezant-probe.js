#!/usr/bin/env node
import '../dist/probe-main.js';
