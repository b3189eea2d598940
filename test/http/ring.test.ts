import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { putCall, putState } from '../support/states.js';

for (const engine of engines) {
  describe(`the ring on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const corner = async (client: Client) => (await client.get('/desk/fragments/call')).$('#desk_call');
    const choices = async (client: Client) => {
      const { $ } = await client.get('/ring');
      return ['muted', 'volume', 'notify'].map((name) => $(`#f_${name} option[selected]`).attr('value'));
    };

    it('is kept with the account and reaches every desk of the person, and no other', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      assert.deepEqual(await choices(client), ['0', '80', '0']);
      assert.equal((await corner(client)).attr('data-volume'), '80');
      assert.equal((await client.post('/ring', { muted: '0', volume: '40', notify: '1', do_save: 'x' })).status, 303);
      assert.deepEqual(await choices(client), ['0', '40', '1']);
      assert.equal((await corner(client)).attr('data-volume'), '40');
      assert.equal((await corner(client)).attr('data-notify'), 'true');
      const other = await signedIn(app.url, app.world.alpha.leader);
      assert.equal((await corner(other)).attr('data-volume'), '80');
    });

    it('is muted where it rings, for a script and without one, and keeps its volume', async () => {
      const { agent, sales } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      await client.post('/ring', { muted: '0', volume: '60', notify: '0' });
      await putCall(app, agent, 'ring-1', { groupId: sales, phase: 'ringing', endedAt: null, result: null });
      await putState(app, agent, { shown: 'ringing', callId: 'ring-1', callPhase: 'ringing' });
      const form = (await corner(client)).find('form[action="/ring/mute"]');
      assert.equal(form.find('[name=muted]').attr('value'), '1');
      app.clock.now += 1;
      const scripted = await client.post('/ring/mute', { muted: '1' }, { 'X-Requested-With': 'XMLHttpRequest' });
      assert.equal(scripted.status, 200);
      assert.equal((await corner(client)).attr('data-volume'), '0');
      app.clock.now += 1;
      const plain = await client.post('/ring/mute', { muted: '0', returnTo: 'https://elsewhere.example/' });
      assert.equal(plain.headers.get('location'), '/desk');
      assert.equal((await corner(client)).attr('data-volume'), '60');
      await putCall(app, agent, 'ring-1', { groupId: sales, phase: 'talking', endedAt: null, result: null });
      await putState(app, agent, { shown: 'talking', callId: 'ring-1', callPhase: 'talking' });
      app.clock.now += 1;
      await client.post('/ring', { muted: '0', volume: '60', notify: '0' });
      assert.equal((await corner(client)).find('form[action="/ring/mute"]').length, 0);
    });

    it('refuses a volume that is none, and changes nothing', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      for (const volume of ['', '101', '-20', '80; drop table', '1e2']) {
        const answer = await client.post('/ring', { muted: '0', volume, notify: '0', do_save: 'x' });
        assert.equal(answer.status, 422, volume);
        assert.equal(answer.$('#e_volume').length, 1);
      }
      assert.equal((await client.post('/ring/mute', { muted: 'maybe' })).status, 422);
      assert.deepEqual(await choices(client), ['0', '80', '0']);
    });
  });
}
