import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import puppeteer, { type Browser, type BrowserContext, type Frame, type Page } from 'puppeteer-core';
import type { ShownState } from '../../src/telephony/state.js';
import type { Client } from './client.js';
import { browserPath } from './requirements.js';
import { truth } from './stage.js';
import { until } from './until.js';

/** Somebody who signs in. */
export interface Person {
  team: string;
  userName: string;
  password: string;
}

const flags = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--mute-audio'],
];

/** Chromium with a profile of its own, which goes with it. `requireOrSkip('browser')` first. */
export async function openChromium(): Promise<Browser> {
  const executablePath = browserPath();
  if (!executablePath) throw new Error('no browser');
  return puppeteer.launch({ executablePath, headless: false, args: flags });
}

/** What browsers before 2016 lack, and what the desk's gate asks for (browsers.md, decision 5). */
export const oldBrowser = 'delete NodeList.prototype.forEach; delete window.EventSource; delete window.Promise;';
/** The same for tests that wait with puppeteer's own waits: they need Promise in the page. */
export const pollingBrowser = 'delete NodeList.prototype.forEach; delete window.EventSource;';

/** A window that is signed in already: it carries the session of a client that signed in by http. */
export async function windowOf(browser: Browser, client: Client): Promise<Page> {
  const context = await browser.createBrowserContext();
  await bringSession(context, client);
  return context.newPage();
}

/** Gives a browser the session of a client that signed in by http. */
export async function bringSession(context: BrowserContext, client: Client): Promise<void> {
  const [name = '', value = ''] = client.cookie.split(/=(.*)/s);
  await context.setCookie({ name, value, domain: '127.0.0.1', path: '/' });
}

export interface DeskOptions {
  url: string;
  person: Person;
  language?: 'en' | 'zh-CN';
  /** Without EventSource, Promise and NodeList.forEach: the desk polls. */
  old?: boolean;
}

/** A person's desk in a window of its own, with its own cookies. Everything is read from the page, everything done by its buttons. */
export class Desk {
  /** Answers of the server to this window, newest last: "200 /desk/fragments/status". */
  readonly answers: string[] = [];
  /** Script errors and failed policies; a test that ends expects none. */
  readonly faults: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
  ) {
    page.on('response', (answer) => this.answers.push(`${answer.status()} ${new URL(answer.url()).pathname}`));
    page.on('pageerror', (error) => this.faults.push(error instanceof Error ? error.message : String(error)));
  }

  /** Opens the sign-in page, chooses language and team, signs in, and waits for the desk. */
  static async signIn(browser: Browser, { url, person, language = 'en', old = false }: DeskOptions): Promise<Desk> {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport({ width: 1280, height: 720 });
    if (old) await page.evaluateOnNewDocument(oldBrowser);
    // The page comes in the other language, so that the choice is one.
    await page.setExtraHTTPHeaders({ 'Accept-Language': language === 'en' ? 'zh-CN' : 'en' });
    const desk = new Desk(page, context);
    await page.goto(`${url}/sign-in`, { waitUntil: 'load' });
    await Promise.all([page.waitForNavigation(), page.click(`.languages a[lang="${language}"]`)]);
    await page.select('#f_team', person.team);
    await page.type('#f_userName', person.userName);
    await page.type('#f_password', person.password);
    await Promise.all([page.waitForNavigation(), page.click('input[name=do_sign_in]')]);
    // The account's former browser was closed without signing off.
    if (await page.$('input[name=do_take_over]'))
      await Promise.all([page.waitForNavigation(), page.click('input[name=do_take_over]')]);
    if (new URL(page.url()).pathname !== '/desk') throw new Error(`not signed in: ${await desk.text('body')}`);
    await page.waitForSelector('html.js');
    // A reload would lose it.
    await page.evaluate('window.sameWindow = true');
    return desk;
  }

  /** Nothing has reloaded the desk since it was opened. */
  async sameWindow(): Promise<boolean> {
    return (await this.page.evaluate('window.sameWindow === true')) === true;
  }

  async shown(): Promise<string> {
    const bar = "document.getElementById('desk_status')";
    return String(await this.page.evaluate(`${bar} ? ${bar}.getAttribute('data-shown') : ''`));
  }

  /** Waits for this state word; answers the milliseconds it took. */
  async shows(state: ShownState, within = truth): Promise<number> {
    const began = Date.now();
    let seen = '';
    const looks = async () => {
      seen = await this.shown();
      return seen === state;
    };
    await until(`the desk shows ${state}`, looks, { within }).catch((error: Error) => {
      throw new Error(`${error.message}; it shows ${seen}`);
    });
    return Date.now() - began;
  }

  /** Presses a lit button of the function bar. */
  async press(action: string): Promise<void> {
    const lit = `form.lit[data-action="${action}"] input[type=submit]:not([disabled])`;
    await this.page.waitForSelector(`#bar ${lit}`, { timeout: truth });
    // Found and pressed in one go: the bar may be swapped at any time.
    await this.page.evaluate(`document.querySelector('#bar ${lit}').click()`);
  }

  /** Visible text of an element, '' when there is none. */
  text(selector: string, where: Page | Frame = this.page): Promise<string> {
    const element = `document.querySelector(${JSON.stringify(selector)})`;
    const read = `${element} ? ${element}.innerText.replace(/\\s+/g, ' ').trim() : ''`;
    return where.evaluate(read).then(String);
  }

  /** Waits until an element's text holds this. */
  async says(selector: string, words: string | RegExp, within = truth): Promise<string> {
    const holds = (text: string) => (typeof words === 'string' ? text.includes(words) : words.test(text));
    let seen = '';
    const looks = async () => {
      seen = await this.text(selector);
      return holds(seen);
    };
    await until(`${selector} says ${words}`, looks, { within }).catch((error: Error) => {
      throw new Error(`${error.message}; it says ${JSON.stringify(seen)}`);
    });
    return seen;
  }

  /** Opens a page of the menu in a tab, and waits for its frame. */
  async open(path: string): Promise<Frame> {
    await this.page.evaluate(`document.querySelector('#menu a[data-open="${path}"]').click()`);
    const frame = await until(`the tab ${path}`, () =>
      this.page.frames().find((one) => one.parentFrame() && pathOf(one) === path),
    );
    await frame.waitForSelector('#page');
    return frame;
  }

  /** For the eye: into the folder ZUOXI_PICTURES, when that is set. */
  async picture(name: string): Promise<void> {
    const folder = process.env.ZUOXI_PICTURES;
    if (!folder) return;
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) as `${string}.png` });
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

/** The leader's monitor: keeps every state it was seen to show for one agent. */
export class MonitorWatch {
  private constructor(
    private readonly frame: Frame,
    private readonly agentNo: string,
  ) {}

  static async open(desk: Desk, agentNo: string): Promise<MonitorWatch> {
    const frame = await desk.open('/monitor');
    await until('the monitor is live', () => frame.evaluate("!!document.querySelector('.live-note.is-live')"));
    await frame.evaluate(`
      window.row = function () {
        return [].slice.call(document.querySelectorAll('tr[id^=agent_]')).filter(function (tr) {
          return tr.cells[0].innerText.indexOf('${agentNo}') === 0;
        })[0];
      };
      window.look = function () { return /st-([a-z-]+)/.exec(window.row().className)[1]; };
      window.seen = [window.look()];
      new MutationObserver(function () {
        if (window.look() !== window.seen[window.seen.length - 1]) { window.seen.push(window.look()); }
      }).observe(document.body, { subtree: true, childList: true, attributes: true });
    `);
    return new MonitorWatch(frame, agentNo);
  }

  async shows(state: ShownState, within = truth): Promise<void> {
    let seen: unknown;
    const looks = async () => {
      seen = await this.frame.evaluate('window.look()');
      return seen === state;
    };
    await until(`the monitor shows ${this.agentNo} ${state}`, looks, { within }).catch((error: Error) => {
      throw new Error(`${error.message}; it shows ${String(seen)}`);
    });
  }

  /** Text of the agent's row. */
  async row(): Promise<string> {
    return String(await this.frame.evaluate("window.row().innerText.replace(/\\s+/g, ' ')"));
  }

  /** Every state since it was opened, in order. */
  async states(): Promise<string[]> {
    return (await this.frame.evaluate('window.seen')) as string[];
  }
}

/** Path of what a frame shows; '' while it shows nothing yet. */
export function pathOf(frame: Frame): string {
  return URL.canParse(frame.url()) ? new URL(frame.url()).pathname : '';
}
