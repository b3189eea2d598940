import assert from 'node:assert/strict';
import type { Browser, Frame, HTTPRequest, Page } from 'puppeteer-core';
import type { MonitorGroup } from '../../src/web/page-models.js';
import { pollingBrowser } from '../support/browser.js';
import { requireOrSkip } from '../support/requirements.js';
import { until } from '../support/until.js';
import { openBrowser } from '../support/views/browser.js';
import { fixtures, statuses } from '../support/views/fixtures.js';
import { type Gallery, openGallery } from '../support/views/gallery.js';

const model = <T>(name: string) => fixtures.find((f) => f.name === name)!.model as T;

describe('desk.js in Chromium', function () {
  this.timeout(40_000);
  let browser: Browser;
  let gallery: Gallery;
  let page: Page;
  before(async function () {
    requireOrSkip.call(this, 'browser');
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    gallery = await openGallery();
    page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 720 });
  });
  afterEach(async () => {
    await page.close();
    await gallery.close();
  });

  const open = async (name: string, old = false) => {
    if (old) await page.evaluateOnNewDocument(pollingBrowser);
    await page.goto(`${gallery.address}/v/${name}`, { waitUntil: 'load' });
  };
  const shown = (in_: Page | Frame = page) =>
    in_.evaluate("document.getElementById('desk_status').getAttribute('data-shown')");
  const isShown = (word: string) => until(`the bar shows ${word}`, async () => (await shown()) === word);
  const asked = (path: string) => gallery.requests.filter((r) => r.includes(path)).length;
  /** What is posted from now on waits for the test. */
  const holdsPosts = async (): Promise<HTTPRequest[]> => {
    const held: HTTPRequest[] = [];
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      if (request.method() === 'POST') held.push(request);
      else void request.continue();
    });
    return held;
  };
  const nothing = { version: '8', ring: { muted: false, volume: 80, notify: true }, call: null };

  it('hears by one stream and re-reads the fragment: tier 2', async () => {
    gallery.show('desk-call', nothing);
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    gallery.show('desk-status', statuses.ringing);
    gallery.show('desk-call', model<object>('desk-call'));
    gallery.tell('agent');
    await isShown('ringing');
    await until('the page follows', async () => (await page.title()).includes('13904127788'));
    assert.equal(gallery.streams, 1);
    assert.equal(await page.evaluate("document.getElementById('nojs')"), null);
  });

  it('polls the same fragments where there is no EventSource: tier 1', async () => {
    await open('desk-idle', true);
    gallery.show('desk-status', statuses.wrapUp);
    await isShown('wrap-up');
    assert.equal(gallery.streams, 0);
    assert.ok(asked('/desk/fragments/status') >= 2);
    assert.ok(!gallery.requests.join().includes('htmx'));
    assert.equal(await page.evaluate('typeof window.htmx'), 'undefined');
  });

  it('says so when the stream is cut, polls meanwhile, and takes the words back when it returns', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    gallery.cutStreams(true);
    await until('the page follows', async () => (await page.$('#toast_offline')) !== null);
    gallery.show('desk-status', statuses.paused);
    await isShown('paused');
    gallery.cutStreams(false);
    await until('the stream is back', () => gallery.streams === 1, { within: 15_000 });
    await until('the page follows', async () => (await page.$('#toast_offline')) === null);
    // A proxy's refusal ends a stream for good, and another takes its place: it is heard as well.
    await page.evaluate('new Promise(function (done) { setTimeout(done, 300); })');
    gallery.show('desk-status', statuses.talking);
    gallery.tell('agent');
    await isShown('talking');
  });

  it('opens the stream of a page outside the desk again, too, where a proxy refused it', async () => {
    await open('wallboard');
    await until('one stream', () => gallery.streams === 1);
    gallery.cutStreams(true);
    await until('it is said', async () => (await page.$('html.is-offline')) !== null);
    gallery.cutStreams(false);
    await until('the stream is back', () => gallery.streams === 1, { within: 10_000 });
    await until('the words go', async () => (await page.$('html.is-offline')) === null);
  });

  it('takes a stream that says nothing for dead, reads the state, and opens another', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    gallery.hushStreams();
    gallery.show('desk-status', statuses.talking);
    gallery.tell('agent');
    // Sixteen seconds later.
    await page.evaluate(
      'var getTime = Date.prototype.getTime; Date.prototype.getTime = function () { return getTime.call(this) + 16000; }',
    );
    await until('it is said', async () => (await page.$('#toast_offline')) !== null);
    await isShown('talking');
    await until('another stream', () => gallery.streams === 1);
    gallery.show('desk-status', statuses.paused);
    gallery.tell('agent');
    await isShown('paused');
    await until('the words go', async () => (await page.$('#toast_offline')) === null);
  });

  it('asks again where an answer failed, though nothing new is told', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    await page.setRequestInterception(true);
    let left = 2;
    page.on('request', (request) => {
      const fails = request.url().includes('/desk/fragments/status') && left-- > 0;
      if (!fails) void request.continue();
      else if (left === 1) void request.abort('connectionreset');
      else void request.respond({ status: 503, body: 'away' });
    });
    gallery.show('desk-status', statuses.talking);
    gallery.tell('agent');
    await until('it failed twice', () => left <= 0);
    await until('it is said', async () => (await page.$('#toast_offline')) !== null);
    await isShown('talking');
    await until('the words go', async () => (await page.$('#toast_offline')) === null);
  });

  it('is not offline where it is refused', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    await page.setRequestInterception(true);
    let refused = 0;
    page.on('request', (request) => {
      const isBar = request.url().includes('/desk/fragments/status');
      if (!isBar || refused === 2) return void request.continue();
      refused += 1;
      return void request.respond({ status: 404, body: 'Not Found' });
    });
    gallery.show('desk-status', statuses.talking);
    gallery.tell('agent');
    await until('refused twice', () => refused === 2);
    assert.equal(await page.$('#toast_offline'), null);
    await isShown('talking');
  });

  it('keeps what was asked for last, where an earlier answer comes later', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    await page.setRequestInterception(true);
    const held: HTTPRequest[] = [];
    let holds = true;
    page.on('request', (request) => {
      if (holds && request.url().includes('/desk/fragments/status')) held.push(request);
      else void request.continue();
    });
    const old = await page.evaluate("document.getElementById('bar').innerHTML");
    await page.evaluate('ZUOXI.poke()');
    await until('the poll is on its way', () => held.length === 1);
    holds = false;
    gallery.show('desk-status', statuses.talking);
    gallery.tell('agent');
    await isShown('talking');
    const answered = page.waitForResponse((response) => response.url().includes('/desk/fragments/status'));
    await held[0]?.respond({ status: 200, contentType: 'text/html', body: String(old) });
    await answered;
    gallery.tell('agent');
    await until('it is asked again', () => asked('/desk/fragments/status') >= 2);
    assert.equal(await shown(), 'talking');
  });

  it('shows what a poll brings, though it is what a poll brought before the stream did', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    await page.evaluate('ZUOXI.poke()');
    await until('polled', () => asked('/desk/fragments/status') >= 1);
    gallery.show('desk-status', statuses.talking);
    gallery.tell('agent');
    await isShown('talking');
    gallery.cutStreams(true);
    gallery.show('desk-status', statuses.idle);
    await isShown('idle');
  });

  it('swaps only the changed row of the monitor, in a frame that has no stream of its own', async () => {
    await open('desk-conference');
    await until('one stream', () => gallery.streams === 1);
    const frame = await until('the frame', () => page.frames().find((f) => f.url().endsWith('/monitor')));
    await frame.waitForSelector('#agent_1_2018');
    await until('the page follows', async () => (await frame.evaluate('typeof window.htmx')) === 'object');
    await frame.evaluate("document.getElementById('agent_1_2017').mine = true");
    const group = model<MonitorGroup>('monitor-group');
    const row = { ...group.rows.find((r) => r.agentId === 2018)!, shown: 'talking' as const };
    gallery.show('monitor-changes', {
      groupId: 1,
      version: '900',
      counts: { ...group.counts, ringing: 0 },
      rows: [row],
      gone: [],
    });
    await until('the page follows', async () => {
      gallery.tell('group-1');
      return (await frame.evaluate("document.getElementById('agent_1_2018').className")) === 'st-talking';
    });
    assert.equal(await frame.evaluate("document.getElementById('agent_1_2018').parentNode.tagName"), 'TBODY');
    assert.equal(await frame.evaluate("document.getElementById('agent_1_2017').mine"), true, 'other rows stay');
    await until(
      'the page follows',
      async () => (await frame.evaluate("document.getElementById('cursor_1').value")) === '900',
    );
    assert.ok(asked('/monitor/groups/1/changes?since=812') >= 1);
    assert.equal(gallery.streams, 1);
  });

  it('shows what was told while a page in a frame was still loading', async () => {
    await page.setRequestInterception(true);
    const held: HTTPRequest[] = [];
    page.on('request', (request) => {
      if (request.frame() !== page.mainFrame() && request.url().includes('htmx')) held.push(request);
      else void request.continue();
    });
    await page.goto(`${gallery.address}/v/desk-conference`, { waitUntil: 'domcontentloaded' });
    await until('one stream', () => gallery.streams === 1);
    const frame = await until('the frame', () => page.frames().find((f) => f.url().endsWith('/monitor')));
    await until('its htmx is on the way', () => held.length === 1);
    const group = model<MonitorGroup>('monitor-group');
    const row = { ...group.rows.find((r) => r.agentId === 2018)!, shown: 'talking' as const };
    const changes = { groupId: 1, version: '900', counts: group.counts, rows: [row], gone: [] };
    gallery.show('monitor-changes', changes);
    gallery.tell('group-1');
    await held[0]?.continue();
    await until('the row follows', async () => {
      return (await frame.evaluate("document.getElementById('agent_1_2018').className")) === 'st-talking';
    });
  });

  it('polls where htmx does not come, whatever the stream says', async () => {
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      if (request.url().includes('htmx')) void request.abort('connectionreset');
      else void request.continue();
    });
    await open('wallboard');
    await until('one stream', () => gallery.streams === 1);
    await until('it asks by itself', () => asked('/wallboard/groups/') >= 2, { within: 10_000 });
  });

  it('follows the day and the clock of the team on a wallboard that is never loaded again', async () => {
    await open('wallboard');
    const date = () => page.$eval('#wall_date', (el) => el.textContent);
    assert.match(String(await date()), /^2026-11-22 /);
    await page.evaluate(`(function (queue) {
      queue.setAttribute('data-date', 'tomorrow');
      queue.setAttribute('data-offset', '0');
      queue.setAttribute('data-at', Number(queue.getAttribute('data-at')) + 1);
    })(document.querySelector('.wall-queue'))`);
    await until('the date follows', async () => (await date()) === 'tomorrow');
    const clock = () => page.$eval('#wall_clock', (el) => el.textContent);
    await until('eight hours earlier', async () => /^0[0-9]:/.test(String(await clock())));
  });

  it('says that nobody knows where a command got no answer, and looks', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    const held = await holdsPosts();
    const reads = asked('/desk/fragments/status');
    await page.click('#b_check-out');
    const post = await until('pressed', () => held[0]);
    await post.abort('connectionreset');
    const words = await until('it is said', () =>
      page.evaluate("(document.querySelector('.message-error') || {}).innerText"),
    );
    assert.match(String(words), /没有收到答复/);
    await until('it is looked at', () => asked('/desk/fragments/status') > reads);
  });

  it('takes the words of a late answer back when it has come', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    const held = await holdsPosts();
    await page.click('#b_check-out');
    const post = await until('pressed', () => held[0]);
    await until('it is late', async () => (await page.$('#toast_late')) !== null, { within: 8_000 });
    await post.continue();
    await until('it is done', async () => (await page.$('.message-requested')) !== null);
    assert.equal(await page.$('#toast_late'), null);
  });

  it('sends a command once, however often it is pressed, and tells the answer', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    await page.evaluate("var b = document.getElementById('b_check-out'); b.click(); b.click();");
    await until('the page follows', async () => (await page.$('.message-requested')) !== null);
    assert.equal(asked('POST /actions/check-out'), 1);
    assert.equal(await page.evaluate("document.getElementById('b_check-out').disabled"), false);
  });

  it('says on the button itself what is being done, also where Enter has one of its own', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    await page.click('#b_dial');
    await page.waitForSelector('#dialog [name=do_dial]');
    const button = "document.querySelector('#dialog [name=do_dial]')";
    const pending = await page.evaluate(`${button}.getAttribute('data-pending')`);
    assert.equal(await page.evaluate(`${button}.click(), ${button}.value`), pending);
  });

  it('shows the next day when a night goes by with the desk open', async () => {
    await open('desk-idle');
    const today = () => page.$eval('#today', (el) => el.textContent);
    const evening = await today();
    assert.match(String(evening), /^2026-11-22 /);
    await page.evaluate("document.getElementById('today').setAttribute('data-midnight', '0')");
    await until('the last of the days it knows', async () => /^2026-11-25 /.test(String(await today())));
  });

  it('presses once, however long the key is held down', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    const held = (more: string) =>
      page.evaluate(
        `document.dispatchEvent(new KeyboardEvent('keydown', { keyCode: 50, altKey: true, bubbles: true ${more} }))`,
      );
    await until('the keys are there', () => page.evaluate('!!ZUOXI.key'));
    await held(', repeat: true');
    assert.equal(asked('POST /actions/check-out'), 0);
    await held('');
    await until('pressed', () => asked('POST /actions/check-out') === 1);
  });

  it('opens the page of a button as a dialog, keeps Tab inside, and gives the focus back', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    await page.focus('#b_pause');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#dialog [name=reason]');
    for (let i = 0; i < 12; i += 1) {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate("document.getElementById('dialog').contains(document.activeElement)"), true);
    }
    await page.keyboard.press('Escape');
    assert.equal(await page.$('#dialog'), null);
    assert.equal(await page.evaluate('document.activeElement.id'), 'b_pause');
  });

  it('gives the focus to what the button has become, where the bar changed behind the dialog', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    await page.focus('#b_pause');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#dialog [name=reason]');
    gallery.show('desk-status', statuses.paused);
    gallery.tell('agent');
    await isShown('paused');
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate('document.activeElement.id'), 'b_unpause');
  });

  it('says a lost link at once and a state politely, once each, however often the bar is read again', async () => {
    gallery.show('desk-call', nothing);
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    await page.evaluate(`
      window.heard = [];
      ['say', 'say_now'].forEach(function (id) {
        new MutationObserver(function () {
          var text = document.getElementById(id).textContent;
          if (text) { window.heard.push(id + ' ' + text); }
        }).observe(document.getElementById(id), { childList: true });
      });`);
    const { agent, ...bar } = statuses.linkDown;
    for (const answered of [12, 13, 14]) {
      gallery.show('desk-status', { ...bar, agent: { ...agent, answered } });
      gallery.tell('agent');
      await until('read again', async () =>
        (await page.$eval('#bar .small', (el) => el.textContent)).includes(` ${answered}`),
      );
    }
    const heard = (await page.evaluate('window.heard')) as string[];
    assert.deepEqual(heard.map((one) => one.split(' ')[0]).sort(), ['say', 'say_now'], heard.join());
    const live = await page.$$eval('#bar [role=alert], #bar [role=status], #corner [role=status]', (all) => all.length);
    assert.equal(live, 0, 'what is put in anew is not said by itself');
    assert.equal(await page.$$eval('.timer:not([aria-live=off])', (all) => all.length), 0, 'no timer is read aloud');
  });

  it('obeys shortcuts from inside a frame, and leaves AltGr alone', async () => {
    await open('desk-idle');
    const frame = await until('the frame', () => page.frames().find((f) => f.url().endsWith('/home')));
    await until('the page follows', () => frame.evaluate('!!window.ZUOXI'));
    const press = (more: string) =>
      frame.evaluate(
        `document.dispatchEvent(new KeyboardEvent('keydown', { keyCode: 50, altKey: true, bubbles: true ${more} }))`,
      );
    await press(', ctrlKey: true');
    await press('');
    await until('the page follows', () => asked('POST /actions/check-out') > 0);
    assert.equal(asked('POST /actions/check-out'), 1);
  });

  describe('keys', () => {
    const press = (keys: string) =>
      page.evaluate(
        `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ${keys} }))`,
      );
    const alt2 = 'key: "2", keyCode: 50, altKey: true';
    beforeEach(async () => {
      await open('desk-idle');
      await until('one stream', () => gallery.streams === 1);
    });

    it('open the help with ?, and not while somebody types', async () => {
      await page.evaluate(
        "var f = document.createElement('input'); f.id = 'typing'; document.getElementById('work').appendChild(f); f.focus();",
      );
      const question = 'key: "?", keyCode: 191, shiftKey: true';
      assert.equal(await press(question), true, 'nobody takes the character away');
      await page.evaluate('document.activeElement.blur()');
      assert.equal(await press(question), false);
      // The gallery's list of tabs has no help: its frame is soon taken away again.
      await until('the help is opened', () => asked('GET /help') === 1);
    });

    it('do nothing with AltGr, with the letter a Mac writes by Alt, or in the middle of an input method', async () => {
      await page.evaluate(
        "var f = document.createElement('input'); document.getElementById('work').appendChild(f); f.focus();",
      );
      await press(`${alt2}, ctrlKey: true`);
      await press(`${alt2}, modifierAltGraph: true`);
      await press('key: "\u2122", keyCode: 50, altKey: true');
      await press('key: "Process", keyCode: 229, altKey: true');
      assert.equal(asked('POST'), 0);
      await press(alt2);
      await until('Alt alone works while typing', () => asked('POST /actions/check-out') === 1);
    });

    it('move the focus to the call, and open its window for it', async () => {
      gallery.show('desk-call', model<object>('desk-call'));
      gallery.tell('agent');
      await page.waitForSelector('.corner.open');
      await page.click('[data-fold]');
      await press('key: "F2", keyCode: 113');
      assert.equal(await page.evaluate('document.activeElement.id'), 'desk_call');
      assert.equal(await page.evaluate("document.documentElement.className.indexOf('corner-folded')"), -1);
    });

    it('are taken by the field that asks for one', async () => {
      await open('shortcuts');
      await page.focus('#f_key_dial');
      await press('key: "9", keyCode: 57, altKey: true, shiftKey: true');
      assert.equal(await page.$eval('#f_key_dial', (el) => (el as unknown as { value: string }).value), 'Alt+Shift+9');
      await press('key: "Backspace", keyCode: 8');
      assert.equal(await page.$eval('#f_key_dial', (el) => (el as unknown as { value: string }).value), '');
    });
  });

  for (const sheet of ['modern', 'base'] as const) {
    it(`lets pages be scrolled clear of the corner window and of notes, which lie in a row: ${sheet} sheet`, async () => {
      gallery.look.sheet = sheet;
      await open('desk-talking');
      const frame = await until('the page is there', () => page.frames().find((one) => one.url().endsWith('/calls')));
      const corner = 'document.getElementById("desk_call").getBoundingClientRect()';
      const endOfPage = async () => {
        await frame.evaluate('window.scrollTo(0, 100000)');
        const inFrame = Number(
          await frame.evaluate(
            'Math.max.apply(null, Array.from(document.querySelectorAll("#page *")).map(function (el) { return el.getBoundingClientRect().bottom; }))',
          ),
        );
        return (
          inFrame + Number(await page.evaluate('document.querySelector("#work iframe").getBoundingClientRect().top'))
        );
      };
      await until(
        'the end of the page lies above the corner window',
        async () => (await endOfPage()) <= Number(await page.evaluate(`${corner}.top`)),
      );
      for (const word of ['one', 'two', 'three', 'four'])
        await page.evaluate(`ZUOXI.toast('error', 'Note ${word}', '${word}')`);
      const notes = (await page.evaluate(
        'Array.from(document.querySelectorAll("#toasts .message")).filter(function (el) { return el.offsetHeight; }).map(function (el) { var r = el.getBoundingClientRect(); return [r.left, r.right, r.bottom]; })',
      )) as number[][];
      assert.equal(notes.length, 4, 'three notes and the reminder');
      const rightmost = Math.max(...notes.map(([, right = 0]) => right));
      assert.ok(rightmost <= Number(await page.evaluate(`${corner}.left`)), `${rightmost}`);
      assert.ok(new Set(notes.map(([left]) => left)).size >= 3, 'side by side');
      const top =
        'Math.min.apply(null, Array.from(document.querySelectorAll("#toasts .message")).map(function (el) { return el.getBoundingClientRect().top || 9999; }))';
      await until('and above the notes', async () => (await endOfPage()) <= Number(await page.evaluate(top)));
      await page.evaluate('document.documentElement.className += " corner-hidden"');
      await page.evaluate('document.getElementById("toasts").innerHTML = ""');
      await until(
        'the room is given back',
        async () => (await frame.evaluate('document.getElementById("page").style.paddingBottom')) === '',
      );
    });
  }

  describe('the ring', () => {
    /** A bell and a notification that tell what was done with them. */
    const bell = `
      window.heard = [];
      window.Audio = function (src) { this.paused = true; this.volume = 1; window.bell = this; };
      window.Audio.prototype.play = function () { this.paused = false; window.heard.push('play ' + this.volume); };
      window.Audio.prototype.pause = function () { if (!this.paused) window.heard.push('pause'); this.paused = true; };
      window.Notification = function (text) { window.heard.push('notice ' + text); this.close = function () { window.heard.push('closed'); }; };
      window.Notification.permission = 'granted';
      Object.defineProperty(document, 'hidden', { get: function () { return window.elsewhere === true; } });`;
    const heard = () => page.evaluate('window.heard') as Promise<string[]>;
    const ringing = model<{ call: object; ring: object }>('desk-call');
    const show = (call: object) => {
      gallery.show('desk-call', call);
      gallery.tell('agent');
    };
    const begin = async () => {
      gallery.show('desk-call', nothing);
      await page.evaluateOnNewDocument(bell);
      await open('desk-idle');
      await until('one stream', () => gallery.streams === 1);
      await until('the ring is loaded', () => page.evaluate("typeof window.ZUOXI.ring === 'function'"));
    };

    it('sounds as loud as the person chose, marks the icon, and stops when the call is answered', async () => {
      await begin();
      show({ ...ringing, ring: { muted: false, volume: 40, notify: false } });
      await until('it rings', async () => (await heard()).length > 0);
      assert.deepEqual(await heard(), ['play 0.4']);
      assert.equal(await page.evaluate('window.bell.loop'), true);
      assert.match(String(await page.evaluate("document.querySelector('link[rel=icon]').href")), /favicon-ring/);
      show({ ...ringing, ring: { muted: false, volume: 100, notify: false } });
      await until('louder', () => page.evaluate('window.bell.volume === 1'));
      show({ ...ringing, call: { ...ringing.call, phase: 'talking' } });
      await until('it is quiet', async () => (await heard()).includes('pause'));
      assert.doesNotMatch(String(await page.evaluate("document.querySelector('link[rel=icon]').href")), /favicon-ring/);
      assert.equal((await heard()).filter((one) => one.startsWith('play')).length, 1);
    });

    it('stops when the caller gives up, and when it is muted while it sounds', async () => {
      await begin();
      show(ringing);
      await until('it rings', async () => (await heard()).includes('play 0.8'));
      show({ ...ringing, ring: { muted: true, volume: 80, notify: false } });
      await until('it is muted', async () => (await heard()).includes('pause'));
      show(ringing);
      await until('it is back', async () => (await heard()).filter((one) => one === 'play 0.8').length === 2);
      show(nothing);
      await until('it is over', async () => (await heard()).filter((one) => one === 'pause').length === 2);
    });

    it('rings in IE, which has an element of its own for that, and stops as well', async () => {
      gallery.show('desk-call', nothing);
      await page.evaluateOnNewDocument(
        'window.Audio = function () { this.canPlayType = function () { return ""; }; };',
      );
      await open('desk-idle');
      await until('one stream', () => gallery.streams === 1);
      await until('the ring is loaded', () => page.evaluate("typeof window.ZUOXI.ring === 'function'"));
      const tone = () => page.$$eval('bgsound', (all) => all.map((one) => one.getAttribute('volume')).join());
      show({ ...ringing, ring: { muted: false, volume: 100, notify: false } });
      await until('it rings', async () => (await tone()) === '0');
      show({ ...ringing, ring: { muted: false, volume: 10, notify: false } });
      await until('lower', async () => (await tone()) === '-2000');
      show({ ...ringing, ring: { muted: true, volume: 10, notify: false } });
      await until('it is muted', async () => (await page.$('bgsound')) === null);
      show({ ...ringing, ring: { muted: false, volume: 10, notify: false } });
      await until('it rings again', async () => (await tone()) === '-2000');
      show({ ...ringing, call: { ...ringing.call, phase: 'talking' } });
      await until('answered', async () => (await page.$('bgsound')) === null);
    });

    it('does not sound for what does not ring here: the own phone of a call one dials, a talk, a lost server', async () => {
      await begin();
      for (const phase of ['dialling-agent', 'dialling-customer', 'talking', 'held', 'unknown']) {
        show({ ...ringing, call: { ...ringing.call, phase } });
        await page.waitForSelector(`.ph-${phase}`);
      }
      assert.deepEqual(await heard(), []);
      show(ringing);
      await until('it rings', async () => (await heard()).length === 1);
      gallery.cutStreams(true);
      await until('nobody knows any more', async () => (await heard())[1] === 'pause');
    });

    it('shows a notification only to somebody who looks elsewhere, and takes it away', async () => {
      await begin();
      show(ringing);
      await until('it rings', async () => (await heard()).length > 0);
      assert.equal((await heard()).filter((one) => one.startsWith('notice')).length, 0, 'he sees the page');
      show(nothing);
      await until('it is over', async () => (await heard()).includes('pause'));
      await page.evaluate('window.elsewhere = true');
      show(ringing);
      await until('the notice', async () => (await heard()).some((one) => /^notice .*13904127788/.test(one)));
      show(nothing);
      await until('it is taken away', async () => (await heard()).includes('closed'));
    });

    describe('in several windows of one person', () => {
      let other: Page;
      const plays = (one: Page) =>
        one.evaluate(
          "window.heard.filter(function (word) { return word.indexOf('play') === 0; }).length",
        ) as Promise<number>;
      const sounds = (one: Page) => one.evaluate('!!window.bell && !window.bell.paused') as Promise<boolean>;
      const second = async (script = '') => {
        other = await browser.newPage();
        await other.evaluateOnNewDocument(bell + script);
        await other.goto(`${gallery.address}/v/desk-idle`, { waitUntil: 'load' });
        await until('the ring is loaded', () => other.evaluate("typeof window.ZUOXI.ring === 'function'"));
        await until('two streams', () => gallery.streams === 2);
      };
      const look = (at: Page) =>
        Promise.all(
          [page, other].map((one) =>
            one.evaluate(`window.elsewhere = ${one !== at}; document.hasFocus = function () { return ${one === at}; }`),
          ),
        );
      /** Long enough for every window to have had its turn. */
      const allHadTheirTurn = () => new Promise((resolve) => setTimeout(resolve, 1_500));
      afterEach(async () => {
        if (!other.isClosed()) await other.close();
      });

      it('one sounds: the one that is looked at, whichever it is', async () => {
        await begin();
        await second();
        for (const [seen, hidden] of [
          [other, page],
          [page, other],
        ] as const) {
          await look(seen);
          const before = [await plays(seen), await plays(hidden)];
          show(ringing);
          await until('it rings', () => sounds(seen));
          await allHadTheirTurn();
          assert.deepEqual([await plays(seen), await plays(hidden)], [Number(before[0]) + 1, before[1]]);
          assert.equal(await sounds(hidden), false);
          show(nothing);
          await until('it is over', async () => !(await sounds(seen)));
        }
      });

      it('nobody looks at any: the one used last sounds, and one notice is shown', async () => {
        await begin();
        await second();
        await look(page);
        await until('it is known', () => page.evaluate("localStorage.getItem('zuoxi.used') !== null"));
        await allHadTheirTurn();
        for (const one of [page, other])
          await one.evaluate('window.elsewhere = true; document.hasFocus = function () { return false; }');
        show(ringing);
        await until('it rings', () => sounds(page));
        await allHadTheirTurn();
        assert.equal(await sounds(other), false);
        const notices = await Promise.all(
          [page, other].map((one) =>
            one.evaluate('window.heard.filter(function (w) { return /^notice/.test(w); }).length'),
          ),
        );
        assert.deepEqual(notices, [1, 0]);
      });

      it('the window that sounds is closed: another goes on', async () => {
        await begin();
        await second();
        await look(other);
        show(ringing);
        await until('it rings', () => sounds(other));
        await allHadTheirTurn();
        assert.equal(await sounds(page), false);
        await other.close({ runBeforeUnload: false });
        await until('the other goes on', () => sounds(page), { within: 10_000 });
      });

      it('all sound where the browser keeps nothing for them', async () => {
        const refuses = "Storage.prototype.setItem = function () { throw new Error('refused'); };";
        await page.evaluateOnNewDocument(refuses);
        await begin();
        await second(refuses);
        show(ringing);
        await until('both ring', async () => (await sounds(page)) && (await sounds(other)));
      });
    });

    it('asks the browser only when the person presses the button, and says what plain HTTP means', async () => {
      await page.evaluateOnNewDocument(
        "window.asked = 0; window.Notification = function () {}; window.Notification.permission = 'default'; window.Notification.requestPermission = function (f) { window.asked += 1; window.Notification.permission = 'granted'; f(); };",
      );
      await open('ring');
      assert.equal(await page.evaluate('window.asked'), 0);
      await page.click('#ask_notify');
      assert.equal(await page.evaluate('window.asked'), 1);
      assert.equal(await page.evaluate("document.getElementById('ask_notify').disabled"), true);
      await page.evaluateOnNewDocument("Object.defineProperty(window, 'isSecureContext', { value: false });");
      await open('ring');
      assert.match(String(await page.evaluate("document.getElementById('notify_note').textContent")), /HTTPS/);
    });
  });

  describe('the focus and the voice', () => {
    const focused = () => page.evaluate('document.activeElement.id');
    for (const [tier, old] of [
      ['tier 2', false],
      ['tier 1', true],
    ] as const) {
      it(`stay with the same control over every update: ${tier}`, async () => {
        await open('desk-idle', old);
        if (!old) await until('one stream', () => gallery.streams === 1);
        const show = async (name: 'idle' | 'wrapUp' | 'paused' | 'talking') => {
          gallery.show('desk-status', statuses[name]);
          gallery.tell('agent');
          await isShown({ idle: 'idle', wrapUp: 'wrap-up', paused: 'paused', talking: 'talking' }[name]);
        };
        await show('wrapUp');
        await page.focus('#b_end-wrap-up');
        await show('idle');
        assert.equal(
          await page.evaluate("document.activeElement.getAttribute('aria-describedby')"),
          'b_end-wrap-up_why',
        );
        await show('wrapUp');
        assert.equal(await focused(), 'b_end-wrap-up');
        await page.focus('#b_pause');
        await show('paused');
        assert.equal(await focused(), 'b_unpause', 'the other state of the same button');
        await show('idle');
        assert.equal(await focused(), 'b_pause');
        await page.focus('#b_phone-refresh');
        await show('talking');
        assert.equal(await focused(), 'b_phone-refresh');
      });
    }

    it('stay in the corner window and in the row of a monitor', async () => {
      gallery.show('desk-call', model<object>('desk-call'));
      await open('desk-talking');
      await until('one stream', () => gallery.streams === 1);
      await page.focus('#corner_fold');
      gallery.show('desk-call', (fixtures.find((f) => f.name === 'desk-conference')!.model as { call: object }).call);
      gallery.tell('agent');
      await page.waitForSelector('.ph-conference');
      assert.equal(await focused(), 'corner_fold');
      await open('monitor');
      const id = await page.evaluate("document.querySelector('.row-actions input[type=submit]').id");
      await page.focus(`#${id}`);
      const before = asked('/monitor/groups/1');
      gallery.show('monitor-group', { ...model<object>('monitor-group'), version: '900' });
      await page.evaluate("htmx.trigger(document.body, 'group-1')");
      await until('the rows are read again', () => asked('/monitor/groups/1') > before);
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(await focused(), id);
    });

    it('keep the focus on a button while it is pressed', async () => {
      await open('desk-idle');
      await until('one stream', () => gallery.streams === 1);
      await page.focus('#b_check-out');
      await page.keyboard.press('Enter');
      await until('the page follows', async () => (await page.$('.message-requested')) !== null);
      assert.equal(await focused(), 'b_check-out');
    });

    it('say the state politely when it changes, and a ringing call at once, by regions that stay', async () => {
      gallery.show('desk-call', nothing);
      await open('desk-idle');
      await until('one stream', () => gallery.streams === 1);
      const text = (id: string) => page.$eval(`#${id}`, (el) => el.textContent);
      await page.evaluate("window.say = document.getElementById('say')");
      gallery.tell('agent');
      assert.equal(await text('say'), '', 'nothing changed, nothing is said');
      gallery.show('desk-status', statuses.ringing);
      gallery.show('desk-call', model<object>('desk-call'));
      gallery.tell('agent');
      await until('the state is said', async () => (await text('say')) === '\u632f\u94c3');
      await until('the call is said', async () => (await text('say_now'))?.includes('13904127788') === true);
      assert.equal(await page.$eval('#say', (el) => el.getAttribute('role')), 'status');
      assert.equal(await page.$eval('#say_now', (el) => el.getAttribute('role')), 'alert');
      assert.equal(await page.evaluate("window.say === document.getElementById('say')"), true);
      gallery.show('desk-call', nothing);
      gallery.tell('agent');
      await until('it is over', async () => (await text('say_now')) === '');
    });
  });

  it('keeps what was typed in a tab while another is looked at', async () => {
    await open('desk-talking');
    const frame = await until('the frame', () => page.frames().find((f) => f.url().endsWith('/calls')));
    await frame.waitForSelector('#f_number');
    await frame.type('#f_number', '139');
    await page.evaluate("window.ZUOXI.openTab('/monitor', 'Monitor', 'menu.leader.monitor')");
    await until('the frame', () => page.frames().some((f) => f.url().endsWith('/monitor')));
    await page.evaluate("window.ZUOXI.openTab('/calls', '', 'menu.basic.calls')");
    await until('every frame has a title', () =>
      page.$$eval('#work iframe', (all) => all.length > 1 && all.every((one) => one.title !== '')),
    );
    assert.equal(await frame.evaluate("document.getElementById('f_number').value"), '139');
  });
});
