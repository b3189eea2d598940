import { strict as assert } from 'node:assert';
import { request } from 'node:http';
import { connect } from 'node:net';
import { routes } from '../../src/routes.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { Client, signedIn } from '../support/client.js';
import { putCall, putState } from '../support/states.js';

/** What people, programs and attackers put into a field. */
const bad: Record<string, string> = {
  CRLF: '13900001111\r\nAction: Originate',
  LF: 'a\nb',
  NUL: 'a\0b',
  quotes: `'"\`;--<script>alert(1)</script>`,
  long: 'x'.repeat(10_000),
  emoji: '😀🏳️‍🌈'.repeat(20),
  rtl: '\u202eabc\u200f',
  percent: '%s%n%00%',
  template: '{{{constructor}}} <%= 1 %> $' + '{1}',
  lone: '\ud800',
};

for (const engine of engines) {
  describe(`bad input on ${engine}`, () => {
    let app: TestApp;
    let client: Client;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
      await putState(app, app.world.alpha.leader, {});
      client = await signedIn(app.url, app.world.alpha.leader);
    });
    after(() => app?.stop());

    const fields: Record<string, string[]> = {
      '/sign-in': ['team', 'userName', 'password', 'language', 'next'],
      '/desk/tabs': ['url', 'title', 'titleKey'],
      '/desk/tabs/close': ['url'],
      '/actions/pause': ['reason', 'note', 'groupId', 'what', 'returnTo'],
      '/actions/check-in': ['extension', 'ignorePhone', 'groupId', 'returnTo'],
      '/actions/set-work-mode': ['groupId', 'mode'],
      '/groups/default-outbound': ['groupId', 'returnTo'],
      '/profile': ['language', 'theme', 'lastName', 'email', 'phone', 'bankAccount', 'was_email', 'field'],
      '/profile/password': ['oldPassword', 'newPassword', 'newPasswordAgain'],
      '/unlock': ['password'],
      '/diag': ['tier', 'features', 'skew'],
    };
    for (const [path, names] of Object.entries(fields)) {
      for (const [kind, text] of Object.entries(bad)) {
        it(`${path} answers ${kind} clearly, in every field`, async () => {
          for (const name of names) {
            const browser = path === '/sign-in' ? new Client(app.url) : client;
            if (path === '/sign-in') await browser.get('/sign-in');
            const { status, text: body } = await browser.post(path, { [name]: text });
            assert.ok(status < 500, `${name}: ${status} ${body}`);
            assert.doesNotMatch(body, /<script>alert/, name);
            if (status >= 400) assert.match(body, /<html lang=/, `${name}: ${status}`);
          }
        });
      }
    }

    it('is never put back unescaped by a page that shows it', async () => {
      for (const query of [
        '/calls?number=',
        '/monitor?q=',
        '/sign-in?next=',
        '/sign-in?team=',
        '/desk?open=',
        '/nope/',
      ]) {
        const { text, status } = await client.get(`${query}${encodeURIComponent(bad.quotes ?? '')}`);
        assert.ok(status < 500, query);
        assert.doesNotMatch(text, /<script>alert/, query);
      }
    });

    /** A path as it is written: fetch takes the dots out before anything leaves. */
    const asWritten = (
      path: string,
      { cookie, csrf }: Client,
      method = 'GET',
    ): Promise<{ status: number; text: string }> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(app.url);
        const headers = { Cookie: cookie, 'Content-Type': 'application/x-www-form-urlencoded', Connection: 'close' };
        const asked = request({ hostname, port, path, method, headers }, (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (part: string) => {
            text += part;
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        });
        asked.on('error', reject);
        asked.end(method === 'POST' ? new URLSearchParams({ _csrf: csrf }).toString() : undefined);
      });

    it('of dots finds nothing in any name of any address', async function () {
      this.timeout(60_000);
      const admin = await signedIn(app.url, app.world.alpha.admin);
      await putCall(app, app.world.alpha.agent, '1', { groupId: app.world.alpha.sales });
      const dots = ['..', '%2e%2e', '%2e%2e%2f1', '..%2f..%2fetc%2fpasswd', '..%5c..%5c1', '1%2f..%2f1', '..%00'];
      let tried = 0;
      for (const { path, method } of routes) {
        for (const name of path.match(/:\w+/g) ?? []) {
          for (const bad of dots) {
            const address = path.replace(name, bad).replace(/:\w+/g, '1');
            const { status, text } = await asWritten(address, admin, method.toUpperCase());
            assert.ok(status >= 400 && status < 500, `${method} ${address}: ${status}`);
            assert.doesNotMatch(text, /root:.*:0:0:|"dependencies"/, address);
            tried += 1;
          }
        }
      }
      assert.ok(tried > 250, String(tried));
      for (const path of [
        '/s/../package.json',
        '/s/%2e%2e/package.json',
        '/s/..%2fpackage.json',
        '/s/css/../../x.json',
      ])
        assert.equal((await asWritten(path, admin)).status, 404, path);
      assert.equal((await asWritten('/calls/1', admin)).status, 200, 'what is there is found that way');
    });

    it('in an address is answered, not crashed on', async () => {
      for (const path of [
        '/%E0%A4%A',
        '/calls/%E0%A4%A',
        '/calls/..%2f..%2fetc',
        '/calls?number[a]=1',
        `/calls?number=${'x'.repeat(6000)}`,
        '/monitor/groups/%00',
        '/CALLS',
        '/calls/',
      ]) {
        const { status, text } = await client.get(path);
        assert.ok(status >= 200 && status < 500, `${path}: ${status}`);
        assert.doesNotMatch(text, /"dependencies"/, path);
      }
    });

    it('that is too much is refused with 413, in words', async () => {
      const big = await client.post('/diag', { features: 'x'.repeat(70_000) });
      assert.equal(big.status, 413);
      assert.match(big.text, /<html lang="en"/);
      const many = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}`, '1']));
      assert.equal((await client.post('/diag', many)).status, 413);
      const internal = await client.send('/internal/commands', { method: 'POST', body: 'x'.repeat(300_000) });
      assert.equal(internal.status, 413);
    });

    it('of another kind than a form has no token, so it is refused', async () => {
      for (const [type, body] of [
        ['application/json', JSON.stringify({ _csrf: client.csrf, language: 'en', theme: 'dark' })],
        [
          'multipart/form-data; boundary=x',
          `--x\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n${client.csrf}\r\n--x--`,
        ],
        ['text/plain', `_csrf=${client.csrf}`],
        ['application/x-www-form-urlencoded; charset=made-up', `_csrf=${client.csrf}`],
      ] as const) {
        const { status } = await client.send('/profile', { method: 'POST', headers: { 'Content-Type': type }, body });
        assert.ok(status === 403 || status === 400, `${type}: ${status}`);
      }
      const twice = `_csrf=${client.csrf}&_csrf=${client.csrf}&language=en&theme=dark`;
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      assert.equal((await client.send('/profile', { method: 'POST', headers, body: twice })).status, 403);
    });

    it('by another method finds nothing', async () => {
      for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        for (const { path } of routes) {
          const { status } = await client.send(path.replace(/:\w+/, '1'), { method });
          assert.ok(
            status === 404 || status === 403 || (method === 'OPTIONS' && status === 200),
            `${method} ${path}: ${status}`,
          );
        }
      }
    });

    it('on the wire closes that connection and nothing else', async () => {
      const { hostname, port } = new URL(app.url);
      const answer = await new Promise<string>((resolve) => {
        const socket = connect(Number(port), hostname, () =>
          socket.write('GET /desk HTTP/1.1\r\nHost: x\r\nBad Header\r\n\r\n'),
        );
        let text = '';
        socket.on('data', (part) => {
          text += part.toString();
        });
        socket.on('close', () => resolve(text));
        socket.on('error', () => resolve(text));
      });
      assert.match(answer, /^HTTP\/1.1 400/);
      assert.equal((await client.get('/healthz')).text, 'ok\n');
    });

    it('to our own door between processes is refused without its signature', async () => {
      const body = JSON.stringify({ name: 'check-in', agentId: app.world.beta.agent.agentId, asker: {}, fields: {} });
      const { status } = await client.send('/internal/commands', { method: 'POST', body });
      assert.equal(status, 403);
      assert.deepEqual(
        app.asked.filter(({ agentId }) => agentId === app.world.beta.agent.agentId),
        [],
      );
    });

    it('says 503 in words when the database is away, and goes on when it is back', async () => {
      const broken = new Error('connect ECONNREFUSED');
      Object.assign(broken, { code: 'ECONNREFUSED' });
      const { webSessions } = app.web.context;
      const { look } = webSessions;
      webSessions.look = () => Promise.reject(broken);
      app.clock.now += 2000;
      try {
        const page = await client.get('/desk');
        assert.equal(page.status, 503);
        assert.match(page.text, /<html lang="en"/);
        assert.equal(page.$('h1').text(), 'The database is not available');
        assert.equal((await client.get('/desk/fragments/status')).status, 503);
      } finally {
        webSessions.look = look;
      }
      assert.equal((await client.get('/desk')).status, 200);
    });
  });
}
