import assert from 'node:assert/strict';
import { openDatabase } from '../../src/db/database.js';
import { NotNow } from '../../src/errors.js';
import { type DeskAgent, membersOf, ServiceProcess, seedSite } from '../support/desk-lab.js';
import { type Lab, type LabCall, labs } from '../support/lab.js';
import { until } from '../support/until.js';

for (const kind of labs()) {
  describe(`supervision, on the ${kind.name}`, function () {
    this.timeout(90_000);
    let lab: Lab;
    let product: ServiceProcess;
    let agent: DeskAgent;
    let leader: DeskAgent;
    let fixed: DeskAgent;
    let support: number;

    before(async function () {
      kind.requireOrSkip(this);
      lab = await kind.start({
        extensions: [{ number: '2227' }, { number: '2228' }, { number: '2229' }, { number: '2230' }],
        queues: [{ name: 'support', extra: { wrapuptime: '0' } }, { name: 'desk' }],
        dids: { '4001000': 'support' },
      });
      const db = openDatabase({ engine: 'sqlite', path: ':memory:' });
      await seedSite(db, {
        groups: [
          { name: 'Support', queue: 'support', wrapUpMode: 'answer', dids: [{ number: '4001000' }] },
          { name: 'Desk', queue: 'desk' },
        ],
        extensions: ['2227', '2228', '2229', '2230', '2231'],
        agents: [
          { agentNo: '2018', extension: '2227', groups: [{ group: 'Support' }] },
          { agentNo: '2017', extension: '2228', groups: [{ group: 'Support', leader: true }] },
          { agentNo: '2019', extension: '2229', groups: [{ group: 'Desk', static: true, offline: true }] },
        ],
      });
      product = await ServiceProcess.start({ database: { engine: 'sqlite', path: ':memory:' }, db, ami: lab.pbx.ami });
      await product.linkUp();
      [agent, leader, fixed] = [await product.agent('2018'), await product.agent('2017'), await product.agent('2019')];
      await agent.openDesk();
      await agent.press('check-in');
      support = (await product.services.snapshots.ofAgent(agent.id))?.memberships[0]?.groupId ?? 0;
    });
    beforeEach(() => agent.openDesk());
    afterEach(async () => {
      await lab?.clear();
      await lab?.pbx.silent();
      if (!agent) return;
      await until('the agent is out of the call', async () => (await agent.row())?.callId === null);
      const { shown } = (await agent.row()) ?? {};
      if (shown === 'wrap-up') await agent.press('end-wrap-up');
      if ((await agent.row())?.pauseReason) await agent.press('unpause');
      if (shown === 'signed-out') await agent.press('check-in');
      await agent.shows('idle');
      await lab.phone('2228').behave('auto');
    });
    after(async () => {
      await product?.stop();
      await product?.db.destroy();
      await lab?.stop();
    });

    /** The leader does something to the agent. */
    const does = (name: string, fields: Record<string, unknown> = {}, to: DeskAgent = agent) =>
      product.services.commands.run(name, to.id, leader.asker(), fields);
    const listening = () => product.db('supervisions').orderBy('supervision_id', 'desc').first();
    const mode = (word: string) =>
      until(`the mode is ${word}`, async () => {
        const row = await listening();
        return row?.mode === word && row.began_at !== null && row.ended_at === null;
      });
    const over = () => until('the listening is over', async () => (await listening())?.ended_at !== null);
    const log = async (action: string) => {
      const rows = await product.db('audit_log').where({ action }).orderBy('audit_id', 'desc');
      return rows.map((row) => ({ ...row, details: JSON.parse(row.details) }));
    };
    const call = async (): Promise<LabCall> => {
      await lab.phone('2227').behave('answer');
      const customer = await lab.customer.call('4001000');
      await agent.shows('talking');
      return customer;
    };
    const listens = async (name = 'listen', phone = '') => {
      await lab.phone(phone || '2228').behave('answer');
      const outcome = await does(name, { phone });
      assert.equal(outcome.status, 'requested');
      await lab.phone(phone || '2228').talking();
    };
    const callOf = async (callId: string) => product.db('calls').where({ call_id: callId }).first();

    it('signs an idle agent out of the group, and says so in the log', async () => {
      await does('force-check-out', { groupId: support });
      await agent.shows('signed-out');
      assert.deepEqual(await membersOf(lab.pbx.raw, '2018'), {});
      const [entry] = await log('agent.force-check-out');
      assert.equal(entry.actor, 'u2017');
      assert.equal(entry.target_id, String(agent.id));
      assert.equal(entry.details.shown, 'idle');
      assert.ok(entry.details.millis >= 0);
      await assert.rejects(does('force-check-out', { groupId: support }), {
        code: 'unavailable.agent-not-checked-in',
        status: 409,
      });
    });

    it('never signs a static member out', async () => {
      await until('static is in', async () => (await membersOf(lab.pbx.raw, '2019')).desk !== undefined);
      await fixed.shows('idle');
      const group = (await product.services.snapshots.ofAgent(fixed.id))?.memberships[0]?.groupId;
      await assert.rejects(does('force-check-out', { groupId: group }, fixed), {
        code: 'unavailable.agent-static',
        status: 409,
      });
    });

    it('pauses an idle agent with a reason, without approval', async () => {
      await product.db('pause_reasons').where({ code: 'training' }).update({ needs_approval: true });
      await assert.rejects(agent.press('pause', { reason: 'training' }), { code: 'pause-needs-approval' });
      await assert.rejects(does('force-pause', { reason: 'no-such' }), { status: 422 });
      await does('force-pause', { reason: 'training' });
      await agent.shows('paused');
      assert.equal((await membersOf(lab.pbx.raw, '2018')).support?.reason, 'training');
      await assert.rejects(does('force-pause', { reason: 'lunch' }), { code: 'unavailable.agent-paused' });
      assert.equal((await log('agent.force-pause'))[0].details.reason, 'training');
    });

    it('ends a wrap-up, and nothing else', async () => {
      await assert.rejects(does('force-unpause'), { code: 'unavailable.agent-not-wrap-up', status: 409 });
      const customer = await call();
      await customer.hangUp();
      await agent.shows('wrap-up');
      await does('force-unpause');
      await agent.shows('idle');
      assert.equal((await log('agent.force-idle')).length, 1);
    });

    it('pauses an agent in the middle of a call for after it', async () => {
      const customer = await call();
      await does('force-pause', { reason: 'meeting' });
      assert.equal((await agent.row())?.shown, 'talking');
      await customer.hangUp();
      await agent.shows('wrap-up');
      await agent.press('end-wrap-up');
      await agent.shows('paused');
      assert.equal((await membersOf(lab.pbx.raw, '2018')).support?.reason, 'meeting');
    });

    it('hangs up the whole call, as the supervisor', async () => {
      const customer = await call();
      const callId = (await agent.row())?.callId ?? '';
      await does('force-hang-up');
      await customer.is('ended');
      await lab.phone('2227').idle();
      await agent.shows('wrap-up');
      assert.equal((await callOf(callId)).ended_by, 'supervisor');
      assert.equal((await log('agent.force-hang-up'))[0].details.callId, callId);
    });

    it('listens by the own phone, and the log tells who, whom, which call and how long', async () => {
      const customer = await call();
      const callId = (await agent.row())?.callId ?? '';
      await listens();
      await mode('listen');
      assert.match((await listening()).leg_id, new RegExp(`^cc-${callId}-s[0-9]{13}$`));
      await assert.rejects(does('listen'), { code: 'supervising-so', status: 409 });
      // The log tells how long in milliseconds, and the simulator needs none to connect.
      const began = Date.now();
      await until('it lasts a moment', () => Date.now() > began + 20);
      // A page that showed an earlier listening means that one.
      await assert.rejects(does('stop-listening', { legId: `cc-${callId}-s0` }), {
        code: 'changed-meanwhile',
        status: 409,
      });
      await assert.rejects(does('whisper', { about: 'an-earlier-call' }), { code: 'changed-meanwhile', status: 409 });
      await lab.phone('2228').talking();
      await does('stop-listening', { legId: (await listening()).leg_id });
      await lab.phone('2228').idle();
      await over();
      assert.equal(await customer.state(), 'up', 'the call goes on');
      assert.equal((await agent.row())?.shown, 'talking');
      const end = await until('the end is logged', async () => (await log('supervise.end'))[0]);
      assert.deepEqual(
        [end.actor, end.target_id, end.details.callId, end.details.mode],
        ['u2017', String(agent.id), callId, 'listen'],
      );
      assert.ok(end.details.millis > 0);
      const kinds = await product.db('call_intervals').where({ call_id: callId }).pluck('kind');
      assert.ok(kinds.includes('supervise'));
      await assert.rejects(does('stop-listening'), { code: 'not-supervising', status: 409 });
    });

    for (const [from, options] of [
      ['whisper', 'quwES'],
      ['barge-in', 'quBES'],
    ] as const) {
      it(`begins with ${from}`, async () => {
        await call();
        await listens(from);
        await mode(from);
        const spies = (await lab.pbx.channels()).filter((channel) => channel.Application === 'ChanSpy');
        assert.equal(spies.length, 1);
        assert.match(spies[0]?.ApplicationData ?? '', new RegExp(`,${options}$`));
      });
    }

    it('switches between the modes on the line', async () => {
      const customer = await call();
      await listens();
      await mode('listen');
      for (const next of ['whisper', 'barge-in', 'listen', 'whisper'] as const) {
        assert.equal((await does(next)).status, 'done');
        await mode(next);
      }
      assert.equal((await lab.pbx.channels()).filter((channel) => channel.Application === 'ChanSpy').length, 1);
      assert.equal(await customer.state(), 'up');
    });

    it('takes a listened call over: the agent is out, the customer stays with the supervisor', async () => {
      const customer = await call();
      const callId = (await agent.row())?.callId ?? '';
      await listens();
      await mode('listen');
      await does('take-over');
      await mode('take-over');
      await lab.phone('2227').idle();
      await agent.shows('wrap-up');
      assert.equal(await customer.state(), 'up');
      await until("the call is the supervisor's", async () => (await callOf(callId)).agent_id === leader.id);
      assert.equal((await callOf(callId)).ended_at, null);
      await agent.press('end-wrap-up');
      await agent.shows('idle');
      await does('stop-listening');
      await customer.is('ended');
      await over();
      const call2 = await until('the call has ended', async () => {
        const row = await callOf(callId);
        return row.ended_at !== null && row;
      });
      assert.deepEqual([call2.ended_by, call2.result], ['supervisor', 'answered']);
    });

    it('takes a call over at once, from hold too', async () => {
      const customer = await call();
      await agent.press('hold');
      await agent.shows('held');
      await listens('take-over');
      await mode('take-over');
      await lab.phone('2227').idle();
      assert.equal(await customer.state(), 'up');
      const rooms = await lab.pbx.channels();
      assert.equal(rooms.filter((channel) => channel.Application === 'ConfBridge').length, 2);
      await customer.hangUp();
      await lab.phone('2228').idle();
    });

    it("keeps listening through hold and resume, and ends with the agent's call", async () => {
      const customer = await call();
      await listens();
      await mode('listen');
      await agent.press('hold');
      await agent.shows('held');
      await agent.press('resume');
      await agent.shows('talking');
      assert.equal((await listening()).ended_at, null);
      await customer.hangUp();
      await lab.phone('2228').idle();
      await over();
    });

    it("uses another phone of the team, and calls nobody's phone who works", async () => {
      await call();
      await assert.rejects(does('listen', { phone: '2227' }), { code: 'supervisor-phone-agents', status: 422 });
      await assert.rejects(does('listen', { phone: '2229' }), { code: 'supervisor-phone-held', status: 422 });
      await assert.rejects(does('listen', { phone: '9999' }), { code: 'extension-unknown', status: 422 });
      await listens('listen', '2230');
      await mode('listen');
      assert.equal((await listening()).phone, '2230');
      await does('stop-listening');
      await over();
    });

    it('says when the phone is not registered, and rings nobody', async () => {
      await call();
      await assert.rejects(does('listen', { phone: '2231' }), { code: 'supervisor-phone-missing', status: 422 });
      assert.equal((await lab.pbx.channels()).length, 2);
    });

    it('is refused in the wrong state, and for the own call', async () => {
      for (const name of ['listen', 'whisper', 'barge-in', 'take-over', 'force-hang-up']) {
        await assert.rejects(does(name), { code: 'unavailable.agent-not-in-call', status: 409 }, name);
      }
      await call();
      const own = product.services.commands.run('listen', agent.id, agent.asker(), {});
      await assert.rejects(own, { code: 'unavailable.own-call', status: 409 });
      await assert.rejects(does('force-check-out', { groupId: support }), { code: 'unavailable.agent-in-call' });
      await assert.rejects(does('force-unpause'), { code: 'unavailable.agent-not-wrap-up' });
    });

    it('is refused where the PBX lacks the contexts for it, and rings nobody', async () => {
      await call();
      const disabled = product.services.holding()?.station.disabled;
      disabled?.add('supervise');
      try {
        for (const name of ['listen', 'whisper', 'barge-in', 'take-over'])
          await assert.rejects(does(name), { code: 'pbx-lacks', status: 409 }, name);
      } finally {
        disabled?.delete('supervise');
      }
      assert.equal((await lab.pbx.channels()).length, 2);
    });

    it('calls the phone once, however often the button is pressed', async () => {
      await call();
      await lab.phone('2228').behave('ring');
      const tries = await Promise.allSettled([does('listen'), does('listen'), does('whisper')]);
      assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const one of tries) if (one.status === 'rejected') assert.equal(one.reason.status, 409);
      await lab.phone('2228').ringing();
      await assert.rejects(does('whisper'), { code: 'supervisor-phone-rings', status: 409 });
      await does('stop-listening');
      await lab.phone('2228').idle();
      await over();
    });

    it('takes over for a supervisor who is no agent, and the record keeps the agent', async () => {
      const customer = await call();
      const callId = (await agent.row())?.callId ?? '';
      const boss = { ...leader.asker(), agentId: null, userName: 'boss' };
      const bossDoes = (name: string, fields = {}) => product.services.commands.run(name, agent.id, boss, fields);
      await assert.rejects(bossDoes('listen'), { code: 'required', status: 422 });
      await lab.phone('2230').behave('answer');
      await bossDoes('take-over', { phone: '2230' });
      await mode('take-over');
      await lab.phone('2227').idle();
      assert.equal((await callOf(callId)).agent_id, agent.id);
      const ofBoss = { call_id: callId, number: '2230' };
      await until("his leg is the agent's now", async () => {
        const legs = await product.db('call_legs').where(ofBoss);
        return legs.length === 1 && legs[0].role === 'agent' && legs[0].agent_id === null;
      });
      await bossDoes('stop-listening');
      await customer.is('ended');
    });

    it('each command that is pressed in two browsers at once is done once, and refused once with a reason', async () => {
      const twice = async (name: string, fields: Record<string, unknown> = {}) => {
        const both = await Promise.allSettled([does(name, fields), does(name, fields)]);
        const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
        assert.equal(refused.length, 1, `${name}: ${refused.join(', ')}`);
        assert.ok(refused[0] instanceof NotNow, `${name}: ${refused[0]}`);
      };
      await twice('force-pause', { reason: 'lunch' });
      await agent.shows('paused');
      await agent.press('unpause');
      await twice('force-check-out', { groupId: support });
      await agent.shows('signed-out');
      await agent.press('check-in');
      await agent.shows('idle');
      await lab.phone('2228').behave('answer');
      await call();
      await twice('listen', { phone: '' });
      await mode('listen');
      await twice('whisper');
      await mode('whisper');
      await twice('barge-in');
      await mode('barge-in');
      await twice('stop-listening');
      await over();
      await twice('listen', { phone: '' });
      await mode('listen');
      await twice('take-over');
      await mode('take-over');
      await agent.shows('wrap-up');
      await twice('force-unpause');
      await agent.shows('idle');
      await twice('stop-listening');
      await over();
      await lab.pbx.silent();
      await call();
      await twice('force-hang-up');
      await agent.shows('wrap-up');
    });
  });
}
