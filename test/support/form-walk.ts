import type { CheerioAPI } from 'cheerio';
import type { Answer, Client } from './client.js';

/** Where a browser shows a page: the window, the low frame that refreshes itself, the frame of the pages, the locked screen's. */
type Place = 'top' | 'bar' | 'work' | 'inset';

/** What a window or a frame may show: a desk in a frame of a desk, or a page alone in the bar, is a dead end. */
const kinds: Record<Place, RegExp> = {
  top: /^(desk|plain|page)$/,
  bar: /^bar$/,
  work: /^(page|plain)$/,
  inset: /^inset$/,
};

interface Step {
  place: Place;
  path: string;
  /** Page it was found on. */
  from: string;
}
interface Pressed extends Step {
  method: string;
  fields: Array<[string, string]>;
  /** Names of the fields for text. */
  texts: string[];
  button: string;
}

const kindOf = ($: CheerioAPI): string => /kind-([a-z]+)/.exec($('body').attr('class') ?? '')?.[1] ?? 'none';
/** Two of a kind are enough: /calls/1 and /calls/2. */
const patternOf = (path: string): string =>
  path.replace(/(?<![A-Z%0-9])\d+|[0-9A-HJKMNP-TV-Z]{26}|live-\w+/g, '#').replace(/(?<!open)=[^&]*/g, '');
/** Answers with the page itself, filled in: the keys of the number pad, a template's words, what this browser can do. */
const fillsIn = ({ path, button }: Pressed): boolean =>
  path === '/diag' || /^do_(key_|back|clear|template_)/.test(button);
const isOwn = (href: string): boolean => href.startsWith('/') && !href.startsWith('//');

/** Frame a link or form of this place leads to. */
function placeOf(place: Place, target: string | undefined): Place {
  if (target === '_top') return 'top';
  if (target === 'work') return 'work';
  return place;
}

/** What a person writes into a field for text. */
export type Words = (name: string, is: string) => string;

/** A person at a browser without scripts and with frames: sees every page that links lead to, then presses every button once. */
export class FormWalk {
  /** What was found wrong: where, from where, what. */
  readonly faults: string[] = [];
  readonly #seen = new Map<string, number>();
  readonly #done = new Set<string>();
  readonly #forms = new Map<string, Pressed>();

  constructor(
    private client: Client,
    private readonly again: () => Promise<Client>,
  ) {}

  async lookAround(first: string): Promise<void> {
    const steps: Step[] = [{ place: 'top', path: first, from: '' }];
    this.#seen.clear();
    this.client = await this.again();
    for (let step = steps.shift(); step; step = steps.shift()) {
      const key = `${step.place} ${patternOf(step.path)}`;
      const times = this.#seen.get(key) ?? 0;
      if (times >= 2) continue;
      this.#seen.set(key, times + 1);
      const { answer, path } = await this.#get(step);
      if (answer) steps.push(...this.#find(answer.$, { ...step, path }));
      // Ten tabs are the most.
      if (step.path.startsWith('/desk?open=')) await this.client.post('/desk/tabs/close-all');
    }
  }

  /** Presses so far. */
  get count(): number {
    return this.#done.size;
  }

  /** Every button of every form seen, once with these words in the fields for text. */
  async pressAll(words: Words): Promise<void> {
    // What takes away what others need comes after them.
    const last = ({ path, button }: Pressed) =>
      /sign-off|unlock/.test(path) ? 2 : /delete|cancel|archive|end/.test(button) ? 1 : 0;
    const forms = [...this.#forms.values()].sort((a, b) => last(a) - last(b));
    for (const form of forms) {
      const typed = (name: string, is: string) => (form.texts.includes(name) ? words(name, is) : is);
      const filled = { ...form, fields: form.fields.map(([name, is]): [string, string] => [name, typed(name, is)]) };
      const key = JSON.stringify([
        patternOf(form.path),
        form.place,
        form.button,
        filled.fields.map(([name, is]) => (form.texts.includes(name) ? is : name)),
      ]);
      if (this.#done.has(key)) continue;
      this.#done.add(key);
      await this.#press(filled);
    }
  }

  async #get(step: Step): Promise<{ answer: Answer | null; path: string }> {
    let path = step.path;
    for (let hops = 0; hops < 5; hops += 1) {
      const referer = { Referer: `${this.client.url}${step.from || '/'}` };
      const answer = await this.client.get(path, referer);
      if (answer.status === 303 || answer.status === 302) {
        path = answer.headers.get('location') ?? '';
        continue;
      }
      const isPage = (answer.headers.get('content-type') ?? '').startsWith('text/html');
      if (answer.status !== 200) this.#fault(step, `${answer.status}`);
      this.#cacheable(step, answer);
      if (!isPage) return { answer: null, path };
      this.#judge({ ...step, path }, answer);
      return { answer, path };
    }
    this.#fault(step, 'is sent round in a circle');
    return { answer: null, path };
  }

  /** IE keeps what it asks for by script, and by link, unless told not to. */
  #cacheable(step: Step, { headers }: Answer): void {
    const rule = headers.get('cache-control') ?? '';
    if (!/no-store|no-cache|must-revalidate/.test(rule)) this.#fault(step, `may be kept: ${rule}`);
  }

  #judge(step: Step, { $, text, status }: Answer): void {
    if (!text.includes('</html>')) this.#fault(step, 'a piece of a page');
    if ($('html').attr('lang') !== 'en') this.#fault(step, `in ${$('html').attr('lang')}`);
    const chinese = /.{0,20}[\u3400-\u9fff]+.{0,20}/.exec(text.replace(/中文(（中国）)?/g, ''));
    if (chinese) this.#fault(step, `Chinese: ${chinese[0]}`);
    const kind = kindOf($);
    const refused = status >= 400 && kind === 'plain';
    if (!kinds[step.place].test(kind) && !refused) this.#fault(step, `shows a page of kind ${kind} in ${step.place}`);
    if (status < 400 && $('.message-error, .error-summary').length > 0) this.#fault(step, `an error with ${status}`);
    if (step.place === 'work' && $('a[target=_top]').length === 0) this.#fault(step, 'no way to the desk');
    $('input[type=button], a[href="#"]').each((_, el) => {
      if ($(el).closest('.js-only').length === 0 && !$(el).is('.js-only'))
        this.#fault(step, `only scripts: ${$.html(el)}`);
    });
  }

  #find($: CheerioAPI, { place, path }: Step): Step[] {
    const steps: Step[] = [];
    const shown = (el: Parameters<typeof $>[0]) => $(el).closest('.js-only').length === 0;
    $('a[href]').each((_, a) => {
      const href = $(a).attr('href') ?? '';
      if (!shown(a) || href.startsWith('#')) return;
      if (isOwn(href)) steps.push({ place: placeOf(place, $(a).attr('target')), path: href, from: path });
      else if (!/^(https?:|mailto:|tel:)/.test(href)) this.#fault({ place, path, from: '' }, `link to ${href}`);
    });
    $('iframe[src]').each((_, frame) => {
      const name = $(frame).attr('name');
      const into: Place = name === 'bar' ? 'bar' : name === 'work' ? 'work' : 'inset';
      steps.push({ place: into, path: $(frame).attr('src') ?? '', from: path });
    });
    $('form').each((_, form) => {
      if (!shown(form)) return;
      const fields = successful($, form);
      $(form)
        .find('input[type=submit]:not([disabled])')
        .each((_, input) => {
          const button = $(input).attr('name') ?? '';
          const press: Pressed = {
            ...{ place: placeOf(place, $(form).attr('target')), from: path, button },
            ...{ path: $(form).attr('action') ?? '', method: $(form).attr('method') ?? 'get' },
            texts: $(form)
              .find(
                'textarea, input:not([type]), input[type=text], input[type=tel], input[type=number], input[type=email]',
              )
              .map((_, el) => $(el).attr('name') ?? '')
              .get(),
            fields: button ? [...fields, [button, $(input).attr('value') ?? '']] : fields,
          };
          const key = `${place} ${press.place} ${patternOf(press.path)} ${button} ${fields.map(([name]) => name).join(' ')}`;
          if (!this.#forms.has(key)) this.#forms.set(key, press);
          if (press.method === 'get')
            steps.push({ place: press.place, path: `${press.path}?${new URLSearchParams(press.fields)}`, from: path });
        });
    });
    return steps;
  }

  async #press(form: Pressed): Promise<void> {
    const step: Step = { ...form, path: `${form.method} ${form.path} ${form.button}` };
    if ((await this.client.get('/desk')).status !== 200) this.client = await this.again();
    if (form.path === '/desk/tabs') await this.client.post('/desk/tabs/close-all');
    const fields = form.fields.filter(([name]) => name !== '_csrf');
    const referer = { Referer: `${this.client.url}${form.from}` };
    if (form.method === 'get') {
      const { answer } = await this.#ask(form, fields, referer);
      if (answer) this.#kept(step, form, answer);
      return;
    }
    const body = new URLSearchParams([...fields, ['_csrf', this.client.csrf]]).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', ...referer };
    const answer = await this.client.send(form.path, { method: 'POST', headers, body });
    if (answer.status === 303) {
      const to = answer.headers.get('location') ?? '';
      const next = { place: form.place, path: to, from: form.from };
      const page = await this.client.get(to, referer);
      if (page.status === 303) return this.#followed(step, form.place, page);
      if (page.status !== 200) this.#fault(step, `leads to ${to}, which answers ${page.status}`);
      else this.#judge({ ...next, from: step.path }, page);
      return;
    }
    if ((answer.status === 200 && !fillsIn(form)) || (answer.status >= 500 && answer.status !== 503))
      this.#fault(step, `answers ${answer.status}`);
    this.#judge(step, answer);
    if (answer.$('a[href]').length === 0) this.#fault(step, 'no way on');
    this.#kept(step, form, answer);
  }

  async #followed(step: Step, place: Place, page: Answer): Promise<void> {
    const to = page.headers.get('location') ?? '';
    if (place !== 'top' && to.startsWith('/sign-in')) this.#fault(step, 'a sign-in page in a frame');
  }

  async #ask(form: Pressed, fields: Array<[string, string]>, referer: Record<string, string>) {
    const path = `${form.path}?${new URLSearchParams(fields)}`;
    const answer = await this.client.get(path, referer);
    const step = { ...form, path };
    if (answer.status >= 500 && answer.status !== 503) this.#fault(step, `${answer.status}`);
    if (!(answer.headers.get('content-type') ?? '').startsWith('text/html')) return { answer: null };
    if (answer.status !== 303) this.#judge(step, answer);
    return { answer };
  }

  /** What was typed stands in the answer that refuses it. */
  #kept(step: Step, form: Pressed, { $, status }: Answer): void {
    if (status !== 422) return;
    for (const [name, value] of form.fields) {
      if (!/Typed/.test(value) || /password/i.test(name)) continue;
      const fields = $(`[name="${name}"]`);
      const there = fields.toArray().some((el) => ($(el).val() ?? $(el).text()) === value);
      if (!there) this.#fault(step, `${status} loses ${name}`);
    }
  }

  #fault({ place, path, from }: Step, what: string): void {
    this.faults.push(`${place}: ${path} (from ${from}): ${what}`);
  }
}

/** Name and value of every field that a browser would send, without the pressed button. */
function successful($: CheerioAPI, form: Parameters<CheerioAPI>[0]): Array<[string, string]> {
  const out: Array<[string, string]> = [];
  $(form)
    .find('input[name], select[name], textarea[name]')
    .each((_, el) => {
      const type = ($(el).attr('type') ?? '').toLowerCase();
      if ($(el).is('[disabled]') || /^(submit|button|image|reset|file)$/.test(type)) return;
      if (/^(radio|checkbox)$/.test(type) && !$(el).is('[checked]')) return;
      const name = $(el).attr('name') ?? '';
      const option = $(el).find('option[selected]').first().attr('value') ?? $(el).find('option').first().attr('value');
      const value = $(el).is('select')
        ? (option ?? '')
        : $(el).is('textarea')
          ? $(el).text()
          : ($(el).attr('value') ?? '');
      out.push([name, value]);
    });
  return out;
}
