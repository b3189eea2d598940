import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import type { Browser } from 'puppeteer-core';
import { Desk, openChromium } from '../support/browser.js';
import { agent, Stage } from '../support/stage.js';
import { until } from '../support/until.js';

describe('a PBX that is not fit for us: the desk says so in words, and people still sign in', function () {
  this.timeout(60_000);
  let stage: Stage;
  let browser: Browser;

  before(async function () {
    stage = await Stage.open(this, 'walk_bad_pbx', 'browser');
    browser = await openChromium();
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
  });
  afterEach(async () => {
    await stage?.killAll();
    breaking?.server.close();
    breaking = null;
  });
  let breaking: Awaited<ReturnType<typeof breaksOff>> | null = null;

  /** Signs in and reads the desk: down in words, unknown, nothing lit that needs the PBX; then signs off. */
  const saysDown = async (url: string, picture: string) => {
    const desk = await Desk.signIn(browser, { url, person: agent });
    await desk.shows('unknown');
    await desk.says('#bar .link-down', 'The link to the telephone system is lost: state unknown.');
    assert.equal(await desk.page.$('#bar form.lit[data-action="check-in"]'), null);
    await desk.says('#b_check-in_why', /telephone system/).catch(async () => {
      assert.match(await desk.text('#bar'), /telephone system/);
    });
    await desk.picture(picture);
    const calls = await desk.open('/calls');
    assert.match(await desk.text('#page', calls), /Call records/);
    assert.deepEqual(desk.faults, []);
    await desk.press('sign-off');
    await until('signed off', () => new URL(desk.page.url()).pathname === '/sign-in');
    await desk.close();
  };

  it('it refuses the login', async () => {
    const product = await stage.start('refused', {
      ami: { ...stage.rig.pbx.ami, actionSecret: 'a-wrong-secret', eventSecret: 'a-wrong-secret' },
    });
    await until('it has been tried', async () => (await stage.rig.pbx.log()).includes('failed to authenticate'));
    await saysDown(product.url, 'bad-1-refused');
  });

  it('it closes in the middle of a message, each time', async () => {
    const { server, tries } = await breaksOff();
    breaking = { server, tries };
    const { port } = server.address() as AddressInfo;
    const product = await stage.start('broken', { ami: { ...stage.rig.pbx.ami, host: '127.0.0.1', port } });
    await until('it has been tried twice', () => tries() >= 3, { within: 10_000 });
    await saysDown(product.url, 'bad-2-broken');
  });

  it('it lacks a context: named in the log, and the calls it can carry go on', async () => {
    for (const context of ['cc-out', 'cc-hold']) await stage.rig.pbx.cli(`dialplan remove context ${context}`);
    const product = await stage.start('lacking');
    await stage.linkIs('up', 10_000);
    await until('the log names them', () => {
      const named = product.log.filter((line) => line.msg === 'the PBX lacks something the product needs');
      return ['cc-out,10,1', 'cc-hold,s,1'].every((place) => named.some(({ what }) => what === place));
    });
    const desk = await Desk.signIn(browser, { url: product.url, person: agent });
    await desk.shows('signed-out');
    await desk.press('check-in');
    await desk.shows('idle');
    await stage.rig.phone('2227').behave('ring');
    const { leg } = await stage.customer();
    await stage.rig.phone('2227').answer();
    await desk.shows('talking');
    await desk.press('hold');
    await desk.says('#toasts', /telephone system lacks/);
    await desk.shows('talking');
    await leg.hangUp();
    await desk.shows('wrap-up');
    await desk.close();
  });
});

/** Greets as Asterisk does, and hangs up within its answer to the login. */
async function breaksOff(): Promise<{ server: Server; tries: () => number }> {
  let tries = 0;
  const server = createServer((socket: Socket) => {
    tries += 1;
    socket.on('error', () => socket.destroy());
    socket.write('Asterisk Call Manager/9.0.0\r\n');
    socket.on('data', () => socket.end('Response: Success\r\nActionID: 1\r\nMess'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, tries: () => tries };
}
