import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { createApp, type WebApp } from '../../src/app.js';
import { createLog } from '../../src/log.js';
import type { ShownState } from '../../src/telephony/state.js';
import { CallLab, customerNumber } from '../support/call-lab.js';
import { type Answer, Client, trySignIn } from '../support/client.js';
import { labs } from '../support/lab.js';
import { until } from '../support/until.js';

const scripted = { 'X-Requested-With': 'XMLHttpRequest' };
const sessionSecret = 'a secret of the tests, forty characters long';

/** One press after the other, as a day goes; each is sent twice at the same instant, and once more when it is done. */
interface Step {
  press: string;
  fields?: () => Record<string, string>;
  /** What the desk shows when it is done. */
  shows: ShownState;
  /** What happens before the next press. */
  next?: () => Promise<void>;
}

for (const kind of labs()) {
  describe(`two browsers of one agent press at once, on the ${kind.name}`, function () {
    this.timeout(60_000);
    // Promised without a failure: a second try would hide one.
    this.retries(0);
    let site: CallLab;
    let web: WebApp;
    let server: Server;
    let one: Client;
    let two: Client;
    let groupId: string;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 2, group: { wrapUpMode: 'answer' } });
      const { db, services } = site.product;
      groupId = String((await services.snapshots.ofAgent(site.agent(1).id))?.memberships[0]?.groupId);
      web = createApp({
        config: {
          ...{ sessionSecret, idleMillis: 3_600_000, secureCookies: false, trustedProxies: [], cacheViews: true },
          ...{ languages: { offered: ['zh-CN', 'en'], default: 'zh-CN' }, timeZone: 'Asia/Shanghai' },
          ...{ strictLocales: true, demoAccounts: [] },
        },
        ...{ log: createLog('silent'), db, services },
      });
      server = createServer(web.express);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      one = new Client(`http://127.0.0.1:${port}`);
      const signedIn = await trySignIn(one, { team: 't1', userName: 'u2001' }, 'a-long-password');
      assert.equal(signedIn.status, 303);
      await one.get('/desk');
      two = await twin();
    });
    after(async () => {
      web?.close();
      server?.closeAllConnections();
      await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
      await site?.stop();
    });

    /** A second session of the same account, as of two who signed in in one moment (A10): neither was told of the other. */
    const twin = async (): Promise<Client> => {
      const row = await site.product.db('web_sessions').whereNotNull('account_id').first();
      const sid = `${row.sid}-2`;
      await site.product.db('web_sessions').insert({ ...row, sid });
      const signature = createHmac('sha256', sessionSecret).update(sid).digest('base64').replace(/=+$/, '');
      const other = new Client(one.url);
      other.cookie = `zuoxi.sid=${encodeURIComponent(`s:${sid}.${signature}`)}`;
      assert.equal((await other.get('/desk')).status, 200);
      return other;
    };
    /** What the page hands out with the button. */
    const aboutOf = async (name: string): Promise<Record<string, string>> => {
      const page = await one.get(name === 'consult' ? '/actions/consult' : '/desk');
      const about = page.$(`form[method=post][action="/actions/${name}"] input[name=about]`).first().attr('value');
      return about === undefined ? {} : { about };
    };
    const reason = (answer: Answer): string => answer.$('[data-status=error]').attr('data-code') ?? '';
    const legs = (role: string): number =>
      (site.call()?.legs ?? []).filter((leg) => leg.role === role && leg.endedAt === null).length;

    const steps: Step[] = [
      { press: 'check-out', shows: 'signed-out' },
      { press: 'check-in', shows: 'idle' },
      { press: 'pause', fields: () => ({ reason: 'lunch' }), shows: 'paused' },
      { press: 'unpause', shows: 'idle' },
      { press: 'pause-group', fields: () => ({ groupId, reason: 'lunch' }), shows: 'paused' },
      { press: 'unpause-group', fields: () => ({ groupId }), shows: 'idle' },
      { press: 'check-out-group', fields: () => ({ groupId }), shows: 'signed-out' },
      { press: 'check-in-group', fields: () => ({ groupId }), shows: 'idle' },
      {
        press: 'dial',
        fields: () => ({ number: customerNumber }),
        shows: 'dialling',
        next: async () => {
          await site.phone(1).answer();
          await site.lab.customer.at(customerNumber);
          await site.agent(1).shows('talking');
          assert.deepEqual([legs('agent'), legs('customer')], [1, 1], 'dialled once');
        },
      },
      { press: 'hold', shows: 'held' },
      { press: 'resume', shows: 'talking' },
      {
        press: 'consult',
        fields: () => ({ agentId: String(site.agent(2).id) }),
        shows: 'consult-ringing',
        next: async () => assert.equal(legs('consult'), 1, 'called once'),
      },
      { press: 'retrieve', shows: 'talking' },
      {
        press: 'consult',
        fields: () => ({ agentId: String(site.agent(2).id) }),
        shows: 'consult-ringing',
        next: async () => {
          await site.phone(2).answer();
          await site.agent(1).shows('consulting');
        },
      },
      { press: 'conference', shows: 'conference' },
      { press: 'transfer', shows: 'wrap-up' },
      { press: 'end-wrap-up', shows: 'idle' },
      {
        press: 'dial',
        fields: () => ({ number: customerNumber }),
        shows: 'dialling',
        next: async () => {
          await site.phone(1).answer();
          await site.agent(1).shows('talking');
        },
      },
      { press: 'hang-up-all', shows: 'wrap-up' },
    ];

    for (const { press, fields = () => ({}), shows, next = async () => {} } of steps) {
      it(`${press}: done once, refused once with a reason, and refused when it comes again`, async () => {
        const sent = { ...(await aboutOf(press)), ...fields() };
        const post = (client: Client) => client.post(`/actions/${press}`, sent, scripted);
        const both = await Promise.all([post(one), post(two)]);
        assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409], both.map(({ text }) => text).join());
        const refused = both.find(({ status }) => status === 409);
        assert.ok(refused && reason(refused) !== '', refused?.text);
        assert.notEqual(refused.$('[data-status=error]').text().trim(), '');
        await site.agent(1).shows(shows);
        const late = await post(two);
        assert.equal(late.status, 409, late.text);
        assert.notEqual(reason(late), '');
        await site.agent(1).shows(shows);
        await next();
      });
    }

    it('a press for a call that is over hangs up, holds or hands over nothing of the next one', async () => {
      await site.agent(1).press('end-wrap-up');
      // The customer was handed to the second agent, who has him still.
      await site.lab.clear();
      await site.agent(2).shows('wrap-up');
      await site.agent(2).press('end-wrap-up');
      await site.quiet();
      await site.dialled();
      const names = ['hold', 'hang-up-all', 'consult', 'retrieve', 'conference', 'transfer', 'resume'];
      const cells = ['agent talking', 'customer talking'];
      await until('both talk', () => isDeepStrictEqual(site.cells(), cells));
      for (const press of names) {
        const about = 'an-earlier-call';
        const answer = await one.post(`/actions/${press}`, { about, number: '10010' }, scripted);
        assert.equal(answer.status, 409, press);
      }
      assert.deepEqual(site.cells(), cells);
      assert.equal(await (await site.lab.customer.at(customerNumber)).state(), 'up');
      await site.agent(1).press('hang-up-all');
    });
  });
}
