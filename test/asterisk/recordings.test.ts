import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLog } from '../../src/log.js';
import * as recordingGroups from '../../src/models/recording-groups.js';
import * as recordings from '../../src/models/recordings.js';
import * as settings from '../../src/models/settings.js';
import { audioFacts } from '../../src/services/audio-format.js';
import { recordVariable } from '../../src/services/record-switch.js';
import { findRecordings } from '../../src/services/recordings.js';
import { recordingTopic } from '../../src/settings/recordings.js';
import { CallLab } from '../support/call-lab.js';
import { labs } from '../support/lab.js';
import { until } from '../support/until.js';

/** What a file and the records of its call may differ by. */
const tolerance = 500;

for (const kind of labs()) {
  describe(`recordings, on the ${kind.name}`, function () {
    this.timeout(90_000);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 3 });
      await settings.write(site.product.db, null, 'audio-places', places(), null, Date.now());
      // The first turn notes where it begins.
      await look();
    });
    afterEach(async () => {
      await site.lab.clear();
      await site.quiet();
    });
    after(() => site?.stop());

    const places = () => ({
      recordings: join(site.lab.pbx.spool, 'monitor'),
      voicemail: join(site.lab.pbx.spool, 'voicemail'),
      secret: '',
    });
    const look = () =>
      findRecordings({
        ...{ db: site.product.db, pbx: 'pbx1', now: Date.now, log: createLog('silent'), settled: async () => {} },
      });

    /** The recording of the call that came last, when it is settled. */
    async function recorded(): Promise<recordings.Recording> {
      const { call_id: callId } = await site.record();
      const team: { team_id: number } = await site.product.db('calls').where({ call_id: callId }).first('team_id');
      return until(
        'the recording is found',
        async () => {
          await look();
          const found = (await recordings.ofCalls(site.product.db, team.team_id, [callId])).get(callId);
          return found?.state === 'ready' ? found : undefined;
        },
        { within: 10_000, every: 200 },
      );
    }

    /** How long the customer was together with somebody, by the records of the call. */
    async function together(callId: string): Promise<number> {
      const spans: Array<{ started_at: number; ended_at: number }> = await site.product
        .db('call_intervals')
        .where({ call_id: callId })
        .whereIn('kind', ['talk', 'conference'])
        .orderBy('started_at');
      let millis = 0;
      let reached = 0;
      for (const { started_at: from, ended_at: to } of spans) {
        millis += Math.max(0, to - Math.max(from, reached));
        reached = Math.max(reached, to);
      }
      return millis;
    }

    const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));

    /** Hold, consultation, conference and transfer, each long enough to be missed. */
    async function wholeChain(): Promise<void> {
      await pause(1200);
      await site.agent(1).press('hold');
      await pause(1500);
      await site.agent(1).press('resume');
      await pause(1000);
      await site.agent(1).press('consult', { agentId: site.agent(2).id });
      await site.phone(2).answer();
      await site.agent(1).shows('consulting');
      await pause(1500);
      await site.agent(1).press('conference');
      await site.agent(1).shows('conference');
      await pause(1000);
      await site.agent(1).press('transfer');
      await site.agent(2).shows('talking');
      await pause(1200);
      await site.phone(2).hangUp();
      await site.lab.pbx.silent();
    }

    for (const [name, begin] of [
      ['a queue call', () => site.queueCall()],
      ['a dialled call', () => site.dialled()],
    ] as const) {
      it(`${name}: one unbroken file through hold, consultation, conference and transfer`, async () => {
        await begin();
        await wholeChain();
        const { callId, path, format, millis, bytes } = await recorded();
        const wanted = await together(callId);
        assert.equal(format, 'pcm');
        assert.ok(wanted > 4000, `together for ${wanted} ms`);
        assert.ok(Math.abs(Number(millis) - wanted) < tolerance, `${millis} ms of sound for ${wanted} ms together`);
        const file = await readFile(join(places().recordings, path));
        assert.equal(file.length, Number(bytes));
        assert.equal(audioFacts(file, file.length).whole, true);
        const all = await site.product.db('recordings').where({ call_id: callId });
        assert.equal(all.length, 1);
      });
    }

    it('a call nobody answered has none, and a customer who hangs up leaves a whole file', async () => {
      const gone = await site.lab.customer.call('4001000', { cli: '13900000009' });
      await gone.is('up');
      await pause(800);
      await gone.hangUp();
      await site.quiet();
      await look();
      const unanswered = await site.record();
      assert.deepEqual(await site.product.db('recordings').where({ call_id: unanswered.call_id }), []);
      const customer = await site.queueCall();
      await pause(1500);
      await customer.hangUp();
      await site.quiet();
      const { millis } = await recorded();
      assert.ok(Math.abs(Number(millis) - 1500) < 1000, `${millis} ms`);
    });

    it('a team that does not record leaves no file, by queue and dialled', async () => {
      const { db, services } = site.product;
      const teamId = site.agent(1).record.teamId;
      await settings.write(db, teamId, 'recordings', { record: false }, null, Date.now());
      await services.holding()?.station.listener.resync();
      const ask = { Action: 'Getvar', Variable: recordVariable('support') };
      const value = async () => (await site.lab.pbx.raw.send(ask)).Value;
      await until('the PBX is told', async () => (await value()) === 'no', { within: 10_000 });
      const queued = await site.queueCall();
      await pause(500);
      await queued.hangUp();
      await site.quiet();
      const first = await site.record();
      const dialled = await site.dialled();
      await pause(500);
      await dialled.hangUp();
      await site.quiet();
      const second = await site.record();
      for (const { call_id: callId } of [first, second]) {
        const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
        await assert.rejects(readFile(join(places().recordings, day, `${callId}.wav`)), /ENOENT/);
      }
      await look();
      assert.deepEqual(await db('recordings').whereIn('call_id', [first.call_id, second.call_id]), []);
      await site.lab.pbx.silent();
      await settings.write(db, teamId, 'recordings', { record: true }, null, Date.now());
    });

    it('a group’s own word goes before its team’s, by queue and dialled, from the next call on', async () => {
      const { db, services } = site.product;
      const teamId = site.agent(1).record.teamId;
      const support = (await recordingGroups.ofTeam(db, teamId)).find(({ queue }) => queue === 'support');
      assert.ok(support);
      const { groupId } = support;
      const ask = { Action: 'Getvar', Variable: recordVariable('support') };
      /** As the page does it: nobody reconciles in between. */
      const turn = async (from: recordingGroups.GroupRecording, to: recordingGroups.GroupRecording) => {
        assert.equal(await recordingGroups.change(db, teamId, { groupId, from, to }, Date.now()), true);
        await services.live.publish([recordingTopic]);
      };
      const told = (word: string) =>
        until('the PBX is told', async () => (await site.lab.pbx.raw.send(ask)).Value === word, { within: 10_000 });
      await turn('team', 'off');
      await told('no');
      const queued = await site.queueCall();
      await pause(500);
      await queued.hangUp();
      await site.quiet();
      const first = await site.record();
      const dialled = await site.dialled();
      await pause(500);
      await dialled.hangUp();
      await site.quiet();
      const second = await site.record();
      for (const { call_id: callId } of [first, second]) {
        const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
        await assert.rejects(readFile(join(places().recordings, day, `${callId}.wav`)), /ENOENT/);
      }
      await look();
      assert.deepEqual(await db('recordings').whereIn('call_id', [first.call_id, second.call_id]), []);
      await settings.write(db, teamId, 'recordings', { record: false }, null, Date.now());
      await turn('off', 'on');
      await told('yes');
      const heard = await site.queueCall();
      await pause(1200);
      await heard.hangUp();
      await site.quiet();
      const { format } = await recorded();
      assert.equal(format, 'pcm');
      await settings.write(db, teamId, 'recordings', { record: true }, null, Date.now());
      await turn('on', 'team');
    });

    it('waits with new calls while the PBX is not seen: they end with a time that is over by then', async () => {
      const { services } = site.product;
      assert.ok(services.holding()?.settled() instanceof Promise);
      await site.lab.pbx.stop();
      await until('the link is down', () => services.holding()?.station.live.link === 'down');
      assert.equal(services.holding()?.settled(), null);
      await site.lab.pbx.start();
      await until('the link is up', () => services.holding()?.station.live.link === 'up', { within: 30_000 });
    });
  });
}
