import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, launch, type Page } from 'puppeteer-core';
import { browserPath } from '../support/requirements.js';
import { until } from '../support/until.js';

/**
 * `npm run build && node --import tsx test/pictures/take.ts`: takes the README's pictures from the running demo, so that they show what is.
 */
const here = fileURLToPath(new URL('.', import.meta.url));
const port = 3971;
const base = `http://127.0.0.1:${port}`;
const viewport = { width: 1280, height: 720 };

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zuoxi-pictures-'));
  const demo = startDemo(folder);
  const browser = await launch({
    executablePath: browserPath() ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--lang=zh-CN', '--disable-background-networking', '--no-first-run'],
  });
  try {
    await until(
      'the demo answers',
      () =>
        fetch(`${base}/healthz`).then(
          (r) => r.ok,
          () => false,
        ),
      { within: 30_000 },
    );
    await take(browser);
  } finally {
    await browser.close();
    demo.kill('SIGTERM');
    await once(demo, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
}

function startDemo(folder: string): ChildProcess {
  const env = {
    ...process.env,
    HTTP_PORT: String(port),
    DATABASE_URL: `sqlite:${folder}/demo.sqlite`,
    LOG_LEVEL: 'error',
  };
  return spawn(process.execPath, [fileURLToPath(new URL('../../dist/src/demo.js', import.meta.url))], {
    env,
    stdio: 'ignore',
  });
}

async function take(browser: Browser): Promise<void> {
  const agent = await signIn(browser, 'shiming');
  await press(agent, '[name=do_check_in]');
  const phone = await (await agent.browserContext()).newPage();
  await phone.goto(`${base}/phone`);
  await shows(agent, 'idle', 10_000);
  // The queue rings one agent after another: customers call until it is his turn.
  await until(
    'his phone rings',
    async () => {
      if (await agent.$('#desk_status[data-shown=ringing]')) return true;
      await press(phone, '[name=do_call_in]');
      return false;
    },
    { every: 1_500, within: 60_000 },
  );
  await picture(agent, 'desk-ringing');
  await phone.reload();
  await press(phone, '[name=do_answer]');
  await shows(agent, 'talking', 10_000);
  await agent.goto(`${base}/desk?open=/calls`);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await picture(agent, 'desk');
  const customer = await agent.$eval('#desk_call .big-number', (cell) => cell.textContent ?? '');
  const old = await signIn(browser, 'zhaolei', { modern: false });
  await old.goto(`${base}/desk?open=/monitor`);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await picture(old, 'desk-base');
  const leader = await signIn(browser, 'zhaolei', { takeOver: true });
  await leader.goto(`${base}/desk?open=/monitor`);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await picture(leader, 'monitor');
  await phone.reload();
  await press(phone, '[name=do_hang_up]');
  await leader.goto(`${base}/calls?number=${customer.replace(/\D/g, '')}`);
  await press(leader, 'table tbody tr a:not(.icon)');
  await leader.waitForSelector('h1');
  await picture(leader, 'call');
}

async function signIn(
  browser: Browser,
  user: string,
  look: { modern?: boolean; takeOver?: boolean } = {},
): Promise<Page> {
  const page = await (await browser.createBrowserContext()).newPage();
  await page.setViewport(viewport);
  if (look.modern === false) await withoutModernSheet(page);
  await page.goto(`${base}/sign-in`);
  await page.select('select[name=team]', 'astercc');
  await page.type('input[name=userName]', user);
  await page.type('input[name=password]', 'zuoxi-demo');
  await Promise.all([page.waitForNavigation(), page.click('[name=do_sign_in]')]);
  if (look.takeOver && (await page.$('[name=do_take_over]'))) {
    await page.type('input[name=password]', 'zuoxi-demo');
    await Promise.all([page.waitForNavigation(), page.click('[name=do_take_over]')]);
  }
  await page.waitForSelector('#desk_status');
  return page;
}

async function withoutModernSheet(page: Page): Promise<void> {
  await page.setRequestInterception(true);
  const isModern = /modern[^/]*\.css/;
  page.on('request', (request) => void (isModern.test(request.url()) ? request.abort() : request.continue()));
}

/** The bar is read again at any moment: the button may be another one by the time it is clicked. */
async function press(page: Page, selector: string): Promise<void> {
  await until(
    `${selector} is pressed`,
    () =>
      page.click(selector).then(
        () => true,
        () => false,
      ),
    { within: 10_000 },
  );
}

async function shows(page: Page, state: string, timeout: number): Promise<void> {
  await page.waitForSelector(`#desk_status[data-shown=${state}]`, { timeout });
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${here}${name}.png` });
}

await main();
