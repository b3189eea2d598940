import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './requirements.js';
import { truth } from './stage.js';
import { until } from './until.js';

const redraw = '\x0c';
const top = '\x01';
const reload = '\x12';

/**
 * lynx at a terminal of its own, as tall as any page, driven by keys: no scripts, no frames, no timers. `script` gives it the terminal.
 * Links and fields are numbered, so that a key stroke can name them.
 */
export class Lynx {
  #printed = '';
  #ended = false;
  /** Number of the link or field it stands on. */
  #at = 1;
  #inField = false;

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly home: string,
  ) {
    child.stdout.on('data', (bytes: Buffer) => {
      this.#printed += bytes.toString('utf8');
    });
    child.once('exit', () => {
      this.#ended = true;
    });
  }

  static async open(url: string): Promise<Lynx> {
    const lynx = findProgram('lynx');
    if (!lynx) throw new Error('no lynx');
    const home = await mkdtemp(join(tmpdir(), 'zuoxi-lynx-'));
    const flags = '-accept_all_cookies -number_fields -nocolor -nopause -nomore';
    const command = `stty rows 200 cols 150; exec ${lynx} ${flags} ${url}`;
    const env = { PATH: process.env.PATH, HOME: home, TERM: 'vt100', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
    const child = spawn('script', ['-qfc', command, '/dev/null'], { env });
    return new Lynx(child, home);
  }

  keys(text: string): void {
    this.child.stdin.write(text);
  }

  /** The page as it stands on the screen now. */
  async screen(): Promise<string> {
    await this.#keysAndQuiet(redraw);
    return plain(this.#printed);
  }

  /** Done when nothing more is printed: lynx draws only what differs, so no word is sure to come. Keys sent earlier may be lost. */
  async #keysAndQuiet(keys: string): Promise<void> {
    this.#printed = '';
    this.keys(keys);
    let length = 0;
    let same = 0;
    const looks = () => {
      if (this.#ended) throw new Error('lynx has ended');
      same = length > 0 && length === this.#printed.length ? same + 1 : 0;
      length = this.#printed.length;
      return same >= 2;
    };
    await until('lynx draws', looks, { every: 50 });
  }

  /** Waits until the page holds these words. With `reloading`, asks the server each time. */
  async says(words: string | RegExp, { reloading = false, within = truth } = {}): Promise<string> {
    let screen = '';
    const looks = async () => {
      if (reloading) await this.#keysAndQuiet(reload);
      screen = await this.screen();
      return typeof words === 'string' ? screen.includes(words) : words.test(screen);
    };
    await until(`lynx shows ${words}`, looks, { within, every: 100 }).catch((error: Error) => {
      throw new Error(`${error.message}; it shows:\n${screen}`);
    });
    return screen;
  }

  /** Follows a link, or presses a button, by its text. */
  async press(text: string): Promise<void> {
    await this.#goTo(await this.#numberOf(text));
    await this.#keysAndQuiet('\r');
    this.#inField = false;
    this.#at = 1;
  }

  /** Moves to a field by its label, types, and moves off it. */
  async type(label: string, text: string): Promise<void> {
    await this.#goTo(await this.#numberOf(label, ' '));
    this.keys(`${text}\t`);
    this.#at += 1;
    this.#inField = true;
  }

  /** Numbers are in the order of Tab. Digits would do it too, but lynx takes them in three different ways. */
  async #goTo(number: number): Promise<void> {
    const forward = this.#inField && number >= this.#at;
    const steps = forward ? number - this.#at : number - 1;
    this.keys(`${forward ? '' : top}${'\t'.repeat(steps)}`);
    this.#at = number;
  }

  /** The number before a link's or button's text; of a field, after its label. */
  async #numberOf(text: string, label = ''): Promise<number> {
    const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const pattern = label ? new RegExp(`${escaped}\\s+\\[(\\d+)\\]`) : new RegExp(`\\[(\\d+)\\]\\s*${escaped}`);
    const screen = await this.says(pattern);
    const found = pattern.exec(screen);
    if (!found?.[1]) throw new Error(`nothing called ${text}`);
    return Number(found[1]);
  }

  async close(): Promise<void> {
    this.child.kill('SIGKILL');
    await until('lynx has ended', () => this.#ended);
    this.child.stdin.destroy();
    this.child.stdout.destroy();
    await rm(this.home, { recursive: true, force: true });
  }
}

const esc = '\u001b';
const place = new RegExp(`${esc}\\[[0-9;]*H`, 'g');
const colour = new RegExp(`${esc}\\[[0-9;]*m|\u000f`, 'g');
const order = new RegExp(`${esc}(\\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>78])|[\u0000-\u0009\u000b-\u001f]`, 'g');

/** What is left of a drawn screen without the terminal's orders: a jump to a place begins a line, any other counts as a space. */
function plain(drawn: string): string {
  return drawn.replace(colour, '').replace(place, '\n').replace(order, ' ').replace(/ +/g, ' ');
}
