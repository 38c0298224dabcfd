// Every command by name. Each is loaded when it is called, so that the others cost nothing.

import type { Command } from 'commander';
import type { Cli } from './cli.ts';

/** Adds arguments, options and what to do. `open` gives the command what it works with, once the flags are read. */
export type Define = (command: Command, open: () => Cli) => void;

export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly define: Define }>;
}

export const commands: readonly CommandRow[] = [
  {
    name: 'login',
    summary: 'open the login page and wait until IBKR knows us',
    load: () => import('./commands/login.ts'),
  },
  {
    name: 'doctor',
    summary: 'what is wrong between here and IBKR, and what to do',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'health',
    summary: 'whether IBKR knows us and orders can go out',
    load: () => import('./commands/health.ts'),
  },
  { name: 'accounts', summary: 'the accounts of this login', load: () => import('./commands/accounts.ts') },
  {
    name: 'summary',
    summary: 'cash, margin and value of an account',
    load: () => import('./commands/summary.ts'),
  },
  {
    name: 'positions',
    summary: 'every position of an account',
    load: () => import('./commands/positions.ts'),
  },
  {
    name: 'orders',
    summary: "today's orders; place, preview, modify, cancel, reply",
    load: () => import('./commands/orders.ts'),
  },
  {
    name: 'quote',
    summary: 'what instruments cost now',
    load: () => import('./commands/quote.ts'),
  },
  {
    name: 'history',
    summary: 'prices of the past',
    load: () => import('./commands/history.ts'),
  },
  {
    name: 'conid',
    summary: "IBKR's id of a symbol",
    load: () => import('./commands/conid.ts'),
  },
  { name: 'tickle', summary: 'keep the session alive', load: () => import('./commands/tickle.ts') },
  {
    name: 'watch',
    summary: 'orders, trades, pnl or quotes as they change',
    load: () => import('./commands/watch.ts'),
  },
  {
    name: 'events',
    summary: 'what has happened, and what happens next',
    load: () => import('./commands/events.ts'),
  },
  {
    name: 'call',
    summary: "any operation of IBKR's API, by its id",
    load: () => import('./commands/call.ts'),
  },
  {
    name: 'config',
    summary: 'what this command would use, and where that comes from',
    load: () => import('./commands/config.ts'),
  },
  {
    name: 'completion',
    summary: 'completions for bash, zsh or fish',
    load: () => import('./commands/completion.ts'),
  },
];
