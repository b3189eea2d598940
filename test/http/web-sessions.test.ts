import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/client.js';

for (const engine of engines) {
  describe(`requests of one session at the same time, on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const contact = { phone: '95554', owner: '', note: '', enabled: '1' };

    it('lose none of each other’s messages, nor the language one of them chose', async () => {
      const admin = await signedIn(app.url, app.world.alpha.admin);
      const names = ['Anna', 'Bert', 'Carl', 'Dora'];
      const done = await Promise.all([
        ...names.map((name) => admin.post('/common-contacts', { ...contact, name })),
        admin.get('/sign-in?language=en'),
      ]);
      assert.deepEqual(
        done.map(({ status }) => status),
        [303, 303, 303, 303, 303],
      );
      const page = await admin.get('/common-contacts');
      assert.equal(page.$('html').attr('lang'), 'en');
      for (const name of names) assert.match(page.$('.message-done').text(), new RegExp(name));
      assert.equal((await admin.get('/common-contacts')).$('.message-done').length, 0);
    });

    it('are shown each message once, and one that came meanwhile next time', async () => {
      const admin = await signedIn(app.url, app.world.alpha.admin);
      const seen: string[] = [];
      const look = async () => seen.push((await admin.get('/common-contacts')).$('.message-done').text());
      for (let n = 0; n < 10; n += 1)
        await Promise.all([admin.post('/common-contacts', { ...contact, name: `Name${n};` }), look()]);
      await look();
      for (let n = 0; n < 10; n += 1)
        assert.equal(seen.filter((text) => text.includes(`Name${n};`)).length, 1, `${n} of ${seen.join(' | ')}`);
    });
  });
}
