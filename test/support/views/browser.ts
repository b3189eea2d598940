import puppeteer, { type Browser } from 'puppeteer-core';
import { browserPath } from '../requirements.js';

/** Opens the machine's browser. @throws Error when there is none: `requireOrSkip('browser')` first */
export async function openBrowser(): Promise<Browser> {
  const executablePath = browserPath();
  if (!executablePath) throw new Error('no browser');
  return puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
