import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Context } from 'mocha';
import { asteriskRoot } from './asterisk/asterisk-process.js';

/** What a test may need of the machine. */
export type Requirement = 'asterisk' | 'mariadb' | 'browser' | 'lynx' | 'edbrowse';

const requirements: Record<Requirement, { has: () => boolean; get: string }> = {
  asterisk: { has: haveAsterisk, get: 'as root: apt-get install debootstrap && bash test/support/asterisk/install.sh' },
  mariadb: { has: haveMariadb, get: 'apt-get install mariadb-server' },
  browser: { has: haveBrowser, get: 'apt-get install chromium' },
  lynx: { has: haveLynx, get: 'apt-get install lynx' },
  edbrowse: { has: () => findProgram('edbrowse') !== undefined, get: 'apt-get install edbrowse' },
};

const told = new Set<Requirement>();

/** Asterisk was installed by install.sh, and this user may chroot into it. */
export function haveAsterisk(): boolean {
  return process.getuid?.() === 0 && asteriskRoot() !== undefined;
}

/** MariaDB's server program is there; it need not run. */
export function haveMariadb(): boolean {
  return findProgram('mariadbd') !== undefined && findProgram('mariadb-install-db') !== undefined;
}

/** A Chromium is there. */
export function haveBrowser(): boolean {
  return browserPath() !== undefined;
}

/** The text browser lynx is there. */
export function haveLynx(): boolean {
  return findProgram('lynx') !== undefined;
}

/** Path of the browser for puppeteer-core. ZUOXI_BROWSER chooses another. */
export function browserPath(): string | undefined {
  return process.env.ZUOXI_BROWSER ?? findProgram('chromium') ?? findProgram('google-chrome');
}

/**
 * Skips the test, or the suite when called in `before`, if the machine lacks this; says once what is missing and how to
 * get it. With ZUOXI_TEST_ALL=1 nothing may skip: it throws.
 */
export function requireOrSkip(this: Context, what: Requirement): void {
  const { has, get } = requirements[what];
  if (has()) return;
  if (process.env.ZUOXI_TEST_ALL === '1') throw new Error(`${what} is missing. To get it: ${get}`);
  if (!told.has(what)) console.log(`      ${what} is missing. To get it: ${get}`);
  told.add(what);
  this.skip();
}

/** What this machine lacks, a line each with the command that gets it. */
export function missing(): string[] {
  const lacking = Object.entries(requirements).filter(([, { has }]) => !has());
  return lacking.map(([what, { get }]) => `${what} is missing, its tests are skipped. To get it: ${get}`);
}

/** Path of a program, looked for in PATH and where Debian keeps servers. */
export function findProgram(name: string): string | undefined {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/bin',
    '/usr/local/bin',
  ];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
