import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { putState } from '../support/states.js';

for (const engine of engines) {
  describe(`shortcuts and help on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    /** The form as it stands, with these keys in it. */
    const fieldsOf = async (client: Client, over: Record<string, string> = {}) => {
      const { $ } = await client.get('/shortcuts');
      const fields: Record<string, string> = { on: $('[name=on]:checked').val() as string };
      $('.key-field').each((_, el) => {
        fields[$(el).attr('name') ?? ''] = $(el).val() as string;
      });
      return { ...fields, ...over };
    };
    const keyInBar = async (client: Client, name: string) => {
      const { $ } = await client.get('/desk/fragments/status');
      const button = $(`#b_${name}`);
      return button.attr('data-key') ?? button.closest('.tool').attr('data-key-off') ?? '';
    };

    it('lists every button with its key, and keeps another key with the account', async () => {
      const { agent } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      await putState(app, agent, {});
      const fields = await fieldsOf(client);
      assert.equal(fields['key_check-in'], 'Alt+2');
      assert.equal(fields['key_sign-off'], 'Alt+Shift+0');
      assert.equal(await keyInBar(client, 'pause'), 'Alt+3');
      const saved = await client.post('/shortcuts', { ...fields, key_pause: 'alt q', key_resync: '', do_save: 'x' });
      assert.equal(saved.status, 303);
      assert.equal(await keyInBar(client, 'pause'), 'Alt+Q');
      assert.equal(await keyInBar(client, 'resync'), '');
      assert.equal((await fieldsOf(client)).key_pause, 'Alt+Q');
      const elsewhere = await signedIn(app.url, agent);
      assert.equal(await keyInBar(elsewhere, 'pause'), 'Alt+Q', 'wherever he signs in');
      const other = await signedIn(app.url, app.world.alpha.leader);
      assert.equal(await keyInBar(other, 'pause'), 'Alt+3', 'and nobody else');
    });

    it('names a conflict, a key that is none and one of the browser beside the field; what was typed stays', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      const wrong = { key_dial: 'Alt+1', key_hold: 'Ctrl+W', key_consult: 'alt+d', do_save: 'x' };
      const answer = await client.post('/shortcuts', { ...(await fieldsOf(client)), on: '0', ...wrong });
      assert.equal(answer.status, 422);
      const { $ } = answer;
      assert.match($('#e_key_dial').text(), /Alt\+1 is the key of "Groups"/);
      assert.match($('#e_key_hold').text(), /Not a key/);
      assert.match($('#e_key_consult').text(), /browser/);
      assert.equal($('.error-summary a').length, 3);
      assert.equal($('#f_key_hold').val(), 'Ctrl+W');
      assert.equal($('[name=on]:checked').val(), '0');
      assert.equal((await fieldsOf(client)).key_dial, 'Alt+5', 'nothing was saved');
    });

    it('is switched off and on, and given back its defaults', async () => {
      const { agent } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      await putState(app, agent, {});
      await client.post('/shortcuts', { ...(await fieldsOf(client)), on: '0', key_pause: 'Alt+Q', do_save: 'x' });
      const off = (await client.get('/desk/fragments/status')).$;
      assert.equal(off('[data-key], [data-key-off], .key').length, 0);
      assert.match((await client.get('/help')).$('#page').text(), /switched shortcuts off/);
      app.clock.now += 1;
      await client.post('/shortcuts', { ...(await fieldsOf(client)), on: '1', do_save: 'x' });
      assert.equal(await keyInBar(client, 'pause'), 'Alt+Q');
      app.clock.now += 1;
      await client.post('/shortcuts', { do_reset: 'x' });
      assert.equal(await keyInBar(client, 'pause'), 'Alt+3');
    });

    it('shows the help with the keys as they are for this person', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      await client.post('/shortcuts', { ...(await fieldsOf(client)), key_dial: 'Alt+Q', do_save: 'x' });
      const { $, status } = await client.get('/help');
      assert.equal(status, 200);
      const row = $('tr')
        .filter((_, tr) => $(tr).find('th').text() === 'Dial')
        .text();
      assert.match(row, /Alt\+Q/);
      assert.match($('#phone_help').text(), /81002/);
      assert.equal($('#phone_help li').length, 5);
      assert.ok($('.state').length >= 12);
    });

    it('gives somebody who is no agent only what he has', async () => {
      const client = await signedIn(app.url, app.world.alpha.staff);
      const fields = await fieldsOf(client);
      assert.deepEqual(Object.keys(fields).sort(), [
        'key_go-to-call',
        'key_go-to-help',
        'key_map',
        'key_reminders',
        'key_sign-off',
        'on',
      ]);
      assert.equal((await client.get('/help')).status, 200);
      assert.equal((await client.post('/shortcuts', { ...fields, 'key_sign-off': 'Alt+9', do_save: 'x' })).status, 303);
    });
  });
}
