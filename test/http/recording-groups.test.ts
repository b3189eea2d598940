import { strict as assert } from 'node:assert';
import * as recordingGroups from '../../src/models/recording-groups.js';
import { recordedGroups } from '../../src/services/audio-settings.js';
import { recordingTopic } from '../../src/settings/recordings.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/client.js';
import { until } from '../support/until.js';

for (const engine of engines) {
  describe(`recording by group on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const path = '/recording-groups';
    const stored = async (teamId: number) =>
      Object.fromEntries((await recordingGroups.ofTeam(app.db, teamId)).map((one) => [one.groupId, one.recording]));

    it('shows every group as the team says, saves what was changed, tells it and logs it', async () => {
      const { alpha } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      const { $, status } = await admin.get(path);
      assert.equal(status, 200);
      const shown = $('select')
        .map((_, one) => $(one).val())
        .get();
      assert.deepEqual(shown, ['team', 'team']);
      assert.match($('select').first().text(), /As the team: recorded/);
      const told: string[] = [];
      const stop = app.feed.subscribe((topics) => void told.push(...topics));
      const fields = { [`group_${alpha.sales}`]: 'off', [`was_${alpha.sales}`]: 'team', do_save: 'x' };
      const answer = await admin.post(path, fields);
      assert.deepEqual([answer.status, answer.headers.get('location')], [303, path]);
      await until('the holder of the PBX hears of it', () => told.includes(recordingTopic));
      stop();
      assert.deepEqual(await stored(alpha.teamId), { [alpha.sales]: 'off', [alpha.support]: 'team' });
      const isRecorded = await recordedGroups(app.db, alpha.teamId);
      assert.deepEqual([alpha.sales, alpha.support, null].map(isRecorded), [false, true, true]);
      const logged = await app.db('audit_log').where({ action: 'group.recording' });
      assert.equal(logged.length, 1);
      assert.deepEqual(JSON.parse(logged[0].details), { old: 'team', new: 'off' });
      assert.equal(logged[0].target_id, String(alpha.sales));
    });

    it('overwrites nothing that somebody else saved meanwhile, and keeps what was typed', async () => {
      const { alpha } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      await admin.get(path);
      await recordingGroups.change(app.db, alpha.teamId, { groupId: alpha.sales, from: 'team', to: 'on' }, 1);
      const typed = { [`group_${alpha.sales}`]: 'off', [`group_${alpha.support}`]: 'off' };
      const was = { [`was_${alpha.sales}`]: 'team', [`was_${alpha.support}`]: 'team' };
      const answer = await admin.post(path, { ...typed, ...was });
      assert.equal(answer.status, 409);
      assert.equal(answer.$(`select[name=group_${alpha.sales}]`).val(), 'off');
      assert.equal(answer.$(`input[name=was_${alpha.sales}]`).val(), 'on');
      assert.match(answer.$('.meanwhile').text(), /Recorded/);
      assert.deepEqual(await stored(alpha.teamId), { [alpha.sales]: 'on', [alpha.support]: 'team' }, 'all or nothing');
      const again = await admin.post(path, { ...typed, ...was, [`was_${alpha.sales}`]: 'on' });
      assert.equal(again.status, 303);
      assert.deepEqual(await stored(alpha.teamId), { [alpha.sales]: 'off', [alpha.support]: 'off' });
    });

    it('takes no word that is no choice, and no group of another team', async () => {
      const { alpha, beta } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      await admin.get(path);
      const bad = await admin.post(path, { [`group_${alpha.sales}`]: 'maybe', [`was_${alpha.sales}`]: 'team' });
      assert.equal(bad.status, 422);
      await admin.post(path, { [`group_${beta.sales}`]: 'off', [`was_${beta.sales}`]: 'team' });
      assert.deepEqual(await stored(beta.teamId), { [beta.sales]: 'team', [beta.support]: 'team' });
      assert.equal(
        await recordingGroups.change(app.db, alpha.teamId, { groupId: beta.sales, from: 'team', to: 'off' }, 1),
        false,
      );
    });
  });
}
