import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createLog } from '../../src/log.js';
import * as mailboxes from '../../src/models/mailboxes.js';
import * as settings from '../../src/models/settings.js';
import { readFacts } from '../../src/services/audio-files.js';
import * as voicemails from '../../src/services/voicemails.js';
import { CallLab } from '../support/call-lab.js';
import { labs } from '../support/lab.js';
import { namesOf } from '../support/spool.js';
import { until } from '../support/until.js';

for (const kind of labs()) {
  describe(`voicemail, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;
    let box: mailboxes.Mailbox;
    let teamId: number;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 2 });
      const { db } = site.product;
      const { spool } = site.lab.pbx;
      const places = { recordings: join(spool, 'monitor'), voicemail: join(spool, 'voicemail'), secret: '' };
      await settings.write(db, null, 'audio-places', places, null, Date.now());
      teamId = site.agent(1).record.teamId;
      const [own] = await mailboxes.visibleTo(db, { teamId, agentId: site.agent(1).id, groupIds: [] });
      assert.ok(own);
      box = own;
    });
    after(() => site?.stop());

    const parts = () => ({ db: site.product.db, live: site.product.services.live, now: Date.now });
    const count = async () => (await mailboxes.count(site.product.db, site.agent(1).id)) ?? { fresh: 0, old: 0 };
    const folder = (name: string) => namesOf(join(site.lab.pbx.spool, 'voicemail', 'default', '1001'), name);

    /** Somebody speaks for a few seconds on the voicemail of phone 1001. */
    async function leave(): Promise<void> {
      const before = (await count()).fresh;
      const call = await site.phone(2).dial('*971001');
      await call.is('up');
      await new Promise((resolve) => setTimeout(resolve, 4500));
      await call.hangUp();
      await until('message waiting is told', async () => (await count()).fresh === before + 1, { within: 8000 });
    }

    async function listed(): Promise<voicemails.Voicemail[]> {
      const read = await voicemails.voicemailsOf(parts(), teamId, box);
      assert.ok(typeof read === 'object', `the box is ${String(read)}`);
      return read.messages;
    }

    it('a caller leaves messages: told, listed, played, moved, deleted, removed', async () => {
      // Before the first message the spool itself may not be there.
      assert.ok(typeof (await voicemails.voicemailsOf(parts(), teamId, box)) === 'string');
      const told: string[] = [];
      const stop = site.product.services.live.subscribe((topics) => void told.push(...topics));
      await leave();
      await leave();
      stop();
      assert.ok(told.includes(voicemails.voicemailTopic(site.agent(1).id)), 'its owner is told');
      assert.ok(!told.includes(voicemails.voicemailTopic(site.agent(2).id)), 'and nobody else');
      assert.deepEqual(await count(), { fresh: 2, old: 0 });

      const [newest, oldest] = await listed();
      assert.ok(newest && oldest);
      assert.equal(newest.callerNumber, '1002');
      assert.ok(Math.abs(newest.at - Date.now()) < 60_000);
      const file = await voicemails.openVoicemail(site.product.db, oldest);
      const facts = await readFacts(file);
      await file.close();
      assert.ok(facts.whole && facts.format === 'pcm' && Number(facts.millis) > 1500, `${facts.millis} ms of sound`);

      // The older one: the newer one is renumbered in its place.
      await voicemails.hear(parts(), teamId, box, oldest);
      assert.deepEqual(await folder('Old'), ['msg0000.txt', 'msg0000.wav']);
      assert.deepEqual(await folder('INBOX'), ['msg0000.txt', 'msg0000.wav']);
      assert.deepEqual(await count(), { fresh: 1, old: 1 });
      const asked = { Action: 'MailboxCount', Mailbox: '1001@default' };
      await until(
        'the PBX counts the same',
        async () => {
          const answer = await site.lab.pbx.raw.send(asked);
          return answer.NewMessages === '1' && answer.OldMessages === '1';
        },
        { within: 5000 },
      );

      await voicemails.trash(
        parts(),
        teamId,
        box,
        await voicemails.voicemail(parts(), teamId, box, newest.messageId),
        1,
      );
      assert.equal((await listed()).filter(({ deletedAt }) => deletedAt === null).length, 1);
      const days = { record: true, keepDays: 0, leadersVoicemail: false, trashDays: 0 };
      await settings.write(site.product.db, teamId, 'recordings', days, null, Date.now());
      await voicemails.expireVoicemails({ ...parts(), pbx: 'pbx1', log: createLog('silent') });
      assert.deepEqual(await folder('Old'), ['msg0000.txt', 'msg0000.wav']);
      assert.deepEqual(
        (await listed()).map(({ messageId }) => messageId),
        [oldest.messageId],
      );
      // The PBX goes on with its own numbers in the box we changed.
      await leave();
      assert.deepEqual(
        (await listed()).map(({ folder: of, name }) => `${of}/${name}`),
        ['INBOX/msg0000', 'Old/msg0000'],
      );
    });
  });
}
