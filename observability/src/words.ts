// What 0 and 1 mean.

import type { Words } from './panel.ts';

export const upWords: Words = { 0: ['down', 'red'], 1: ['up', 'green'] };
export const takesWords: Words = { 0: ['no', 'red'], 1: ['yes', 'green'] };
