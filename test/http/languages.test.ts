import { strict as assert } from 'node:assert';
import { createHmac } from 'node:crypto';
import { load } from 'cheerio';
import { routes } from '../../src/routes.js';
import type { Language } from '../../src/web/page-models.js';
import { engines, needEngine, sessionSecret, startTestApp, type TestApp } from '../support/app.js';
import { type Answer, Client, signedIn } from '../support/client.js';
import { type Person, password } from '../support/world.js';

const otherOf = (language: Language): Language => (language === 'en' ? 'zh-CN' : 'en');

/** A browser whose own language is the other one: only what was chosen at sign-in tells the server. */
async function visitor(app: TestApp, language: Language): Promise<Client> {
  const client = new Client(app.url);
  client.headers = { 'Accept-Language': otherOf(language) };
  await client.get(`/sign-in?language=${language}`);
  return client;
}

/** Signs in and goes on as browsers do: to the next page with the first byte of the answer, not with its last. */
async function hurry(client: Client, { team, userName }: Person, language: Language, next: string): Promise<string> {
  const fields = { _csrf: client.csrf, team, userName, password, language, next };
  const headers = { ...client.headers, Cookie: client.cookie };
  const body = new URLSearchParams(fields);
  const answer = await fetch(`${client.url}/sign-in`, { method: 'POST', headers, body, redirect: 'manual' });
  assert.equal(answer.status, 303);
  client.cookie = answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')[0] ?? '';
  const page = await client.get(answer.headers.get('location') ?? '');
  await answer.text();
  assert.equal(page.status, 200);
  return load(page.text)('html').attr('lang') ?? '';
}

/** Pages and fragments anybody signed in can ask for without knowing an id, and one queue's. */
const addresses = (groupId: number): string[] =>
  routes
    .filter((route) => route.method === 'get' && ('page' in route || 'fragment' in route))
    .map(({ path }) => path.replace(/^(\/(?:monitor|wallboard)\/groups)\/:id/, `$1/${groupId}`))
    .filter((path) => !/[:*]|export|news|stream/.test(path));

/** The same person in another browser, who chose this language there. */
async function inLanguage(app: TestApp, { accountId }: Person, language: Language): Promise<Client> {
  const row = await app.db('web_sessions').where({ account_id: accountId }).first();
  const sid = `${row.sid}-${language}`;
  await app.db('web_sessions').insert({ ...row, sid, data: JSON.stringify({ ...JSON.parse(row.data), language }) });
  const signature = createHmac('sha256', sessionSecret).update(sid).digest('base64').replace(/=+$/, '');
  const client = new Client(app.url);
  client.headers = { 'Accept-Language': otherOf(language) };
  client.cookie = `zuoxi.sid=${encodeURIComponent(`s:${sid}.${signature}`)}`;
  return client;
}

/** Chinese that is not the name of the language in its own words. */
const isChinese = ({ text }: Answer): boolean => /[\u4e00-\u9fff]/.test(text.replace(/中文(（中国）)?/g, ''));

for (const engine of engines) {
  describe(`languages on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    /** As a database under load does. */
    const storeSlowly = (millis: number): (() => void) => {
      const { webSessions } = app.web.context;
      const save = webSessions.save;
      webSessions.save = async (session) => {
        await new Promise((resolve) => setTimeout(resolve, millis));
        return save.call(webSessions, session);
      };
      return () => {
        webSessions.save = save;
      };
    };

    for (const language of ['en', 'zh-CN'] as const)
      it(`shows the page after sign-in in ${language}, however slowly the session is stored`, async () => {
        const { agent } = app.world.alpha;
        await app.db('accounts').update({ language: otherOf(language) });
        const client = await visitor(app, language);
        const quick = storeSlowly(60);
        try {
          assert.equal(await hurry(client, agent, language, '/calls'), language);
          assert.equal((await client.get('/calls')).$('html').attr('lang'), language);
        } finally {
          quick();
        }
        app.clock.now += 2_000;
        assert.equal((await client.get('/calls')).$('html').attr('lang'), language);
      });

    it('are never mixed up, whoever asks for whatever at the same time', async function () {
      this.timeout(120_000);
      const { alpha } = app.world;
      const paths = addresses(alpha.sales);
      assert.ok(paths.length > 40, `${paths.length} addresses`);
      const asked: Array<{ path: string; language: Language; client: Client; chinese: boolean }> = [];
      for (const person of [alpha.agent, alpha.leader, alpha.admin]) {
        await signedIn(app.url, person);
        for (const language of ['en', 'zh-CN'] as const) {
          const client = await inLanguage(app, person, language);
          for (const path of paths) {
            const answer = await client.get(path);
            if (answer.status !== 200) continue;
            const chinese = isChinese(answer);
            if (language === 'en') assert.equal(chinese, false, `${path} for ${person.userName}`);
            asked.push({ path, language, client, chinese });
          }
        }
      }
      assert.ok(asked.filter(({ chinese }) => chinese).length > 100, 'most of it has words');
      const topics = ['*', `agent:${alpha.agent.agentId}`, `group:${alpha.sales}`];
      for (let round = 0; round < 3; round += 1) {
        // Neither sorted by person nor by page; the same each time the test runs.
        const order = asked.map((one, place) => ({ one, at: (place * 7919 + round * 104_729) % 1009 }));
        order.sort((a, b) => a.at - b.at);
        app.clock.now += 1_300;
        const answers = await Promise.all(
          order.map(async ({ one }, place) => {
            if (place % 40 === 0) app.feed.tell([topics[place % topics.length] ?? '*']);
            return { one, answer: await one.client.get(one.path) };
          }),
        );
        for (const { one, answer } of answers) {
          assert.equal(answer.status, 200, one.path);
          assert.equal(isChinese(answer), one.chinese, `${one.path} in ${one.language}`);
          const lang = answer.$('html').attr('lang');
          if (lang) assert.equal(lang, one.language, one.path);
        }
      }
    });
  });
}
