import assert from 'node:assert/strict';
import { type AmiPacket, RawAmi } from '../support/asterisk/raw-ami.js';
import { type Lab, labs } from '../support/lab.js';
import { until } from '../support/until.js';

/** What our server relies on, held against both kinds of PBX by the same cases: it keeps the simulator honest. */
for (const kind of labs()) {
  describe(`a PBX as our server meets it: ${kind.name}`, function () {
    this.timeout(30_000);
    let lab: Lab;
    let events: RawAmi;
    let actions: RawAmi;

    before(async function () {
      kind.requireOrSkip(this);
      lab = await kind.start({
        extensions: [{ number: '1001' }, { number: '1002', address: '127.0.0.5' }, { number: '1003' }],
        queues: [{ name: 'sales', extra: { timeout: '2', wrapuptime: '0' } }],
        dids: { '4001': 'sales' },
      });
      await logIn();
    });
    after(async () => {
      events?.close();
      actions?.close();
      await lab?.stop();
    });
    afterEach(async () => {
      if (!lab) return;
      for (const number of ['1001', '1002']) {
        await actions.send({ Action: 'QueueRemove', Queue: 'sales', Interface: `PJSIP/${number}` });
      }
      await lab.clear();
    });

    async function logIn(): Promise<void> {
      const { port, eventUser, eventSecret, actionUser, actionSecret } = lab.pbx.ami;
      events = await RawAmi.login(port, eventUser, eventSecret);
      actions = await RawAmi.login(port, actionUser, actionSecret);
    }

    async function act(name: string, headers: Record<string, string | string[]>): Promise<void> {
      const answer = await actions.send({ Action: name, ...headers });
      assert.equal(answer.Response, 'Success', `${name}: ${answer.Message}`);
    }

    const signIn = (number = '1001', more: Record<string, string> = {}) =>
      act('QueueAdd', {
        ...{ Queue: 'sales', Interface: `PJSIP/${number}`, StateInterface: `PJSIP/${number}` },
        ...{ MemberName: `2${number.slice(1)}`, ...more },
      });

    /** Names and dial or pause words of the events since, for one channel. */
    const storyOf = (uniqueid: string | undefined, from: number) =>
      events.events
        .slice(from)
        .filter((event) => event.Uniqueid === uniqueid)
        .map((event) => event.Event);

    async function talk(): Promise<{ customer: AmiPacket; agent: AmiPacket; from: number }> {
      const from = events.events.length;
      await signIn();
      await lab.customer.call('4001');
      await lab.phone('1001').answer();
      const connect = await events.event({ Event: 'AgentConnect', MemberName: '2001' }, { from });
      await events.event({ Event: 'BridgeEnter', BridgeNumChannels: '2' }, { from });
      const { Channel = '', Uniqueid = '', DestChannel = '', DestUniqueid = '' } = connect;
      return { customer: { Channel, Uniqueid }, agent: { Channel: DestChannel, Uniqueid: DestUniqueid }, from };
    }

    it('tells a queue call from its first ring to its end', async () => {
      const { customer, agent, from } = await talk();
      await lab.phone('1001').hangUp();
      await events.event({ Event: 'Hangup', Uniqueid: customer.Uniqueid ?? '' }, { from });
      await lab.pbx.silent();
      const story = storyOf(agent.Uniqueid, from).filter((event) => event !== 'NewConnectedLine');
      assert.deepEqual(story, [
        'Newchannel',
        'Newstate',
        'Newstate',
        'BridgeEnter',
        'HangupRequest',
        'BridgeLeave',
        'Hangup',
      ]);
      const complete = await events.event({ Event: 'AgentComplete', MemberName: '2001' }, { from });
      assert.equal(complete.Reason, 'agent');
      const free = await events.event({ Event: 'QueueMemberStatus', Status: '1' }, { from });
      assert.equal(free.CallsTaken, '1');
    });

    it('tells a ring nobody answers in milliseconds, and dials the next', async () => {
      const from = events.events.length;
      await signIn('1001');
      await signIn('1002');
      await lab.customer.call('4001');
      const missed = await events.event({ Event: 'AgentRingNoAnswer' }, { from });
      assert.ok(Number(missed.RingTime) >= 1900, missed.RingTime);
      const ends = events.events.slice(from).filter((event) => event.Event === 'DialEnd');
      assert.equal(ends[0]?.DialStatus ?? 'NOANSWER', 'NOANSWER');
      const called = () => events.events.slice(from).filter((event) => event.Event === 'AgentCalled');
      await until('the second agent is called', () => called().length === 2);
      assert.notEqual(called()[0]?.MemberName, called()[1]?.MemberName);
    });

    it('keeps a paused member free of calls, and sends the waiting one when he is unpaused', async () => {
      const from = events.events.length;
      await signIn('1001', { Paused: 'true' });
      await lab.customer.call('4001');
      await events.event({ Event: 'QueueCallerJoin' }, { from });
      await act('QueuePause', { Interface: 'PJSIP/1001', Paused: 'true', Reason: 'lunch' });
      const paused = await events.event({ Event: 'QueueMemberPause' }, { from });
      assert.deepEqual([paused.Paused, paused.PausedReason], ['1', 'lunch']);
      assert.equal(
        events.events.slice(from).some((event) => event.Event === 'AgentCalled'),
        false,
      );
      await act('QueuePause', { Interface: 'PJSIP/1001', Paused: 'false' });
      await lab.phone('1001').ringing();
    });

    it('refuses by name what app_queue refuses', async () => {
      const send = async (headers: Record<string, string>) => (await actions.send(headers)).Message;
      await signIn();
      const member = { Queue: 'sales', Interface: 'PJSIP/1001' };
      assert.equal(await send({ Action: 'QueueAdd', ...member }), 'Unable to add interface: Already there');
      assert.equal(
        await send({ Action: 'QueueAdd', ...member, Queue: 'none' }),
        'Unable to add interface to queue: No such queue',
      );
      assert.equal(
        await send({ Action: 'QueueRemove', ...member, Interface: 'PJSIP/9' }),
        'Unable to remove interface: Not there',
      );
      assert.equal(await send({ Action: 'QueuePause', Interface: 'PJSIP/9', Paused: '1' }), 'Interface not found');
      assert.match(
        (await send({ Action: 'Redirect', Channel: 'PJSIP/9-1', Context: 'cc-bye', Exten: 's', Priority: '1' })) ?? '',
        /^Channel does not exist/,
      );
      assert.equal(await send({ Action: 'Hangup', Channel: 'PJSIP/9-1' }), 'No such channel');
      assert.deepEqual(await actions.list({ Action: 'ConfbridgeListRooms' }), []);
    });

    it('lists a member in the list\u2019s own words, and what it does', async () => {
      await signIn();
      await act('QueuePause', { Interface: 'PJSIP/1001', Paused: 'true', Reason: 'training' });
      const items = await actions.list({ Action: 'QueueStatus', Queue: 'sales' });
      const member = items.find((item) => item.Event === 'QueueMember');
      assert.deepEqual(
        [member?.Name, member?.Location, member?.Paused, member?.PausedReason, member?.Status],
        ['2001', 'PJSIP/1001', '1', 'training', '1'],
      );
    });

    it('tells an originated leg by our own id, and each way it can fail', async () => {
      for (const [number, status, cause] of [
        ['48601', 'BUSY', '17'],
        ['50301', 'CONGESTION', '34'],
        ['40401', 'NOANSWER', '1'],
      ]) {
        const from = events.events.length;
        const ChannelId = `cc-${number}-c1`;
        const place = { Context: 'cc-wait', Exten: 's', Priority: '1', Async: 'true' };
        await act('Originate', { Channel: `PJSIP/${number}@trunk`, ChannelId, ...place });
        const response = await events.event({ Event: 'OriginateResponse', Uniqueid: ChannelId }, { from });
        assert.deepEqual([response.Response, response.Reason], ['Failure', '0']);
        const end = await events.event({ Event: 'DialEnd', DestUniqueid: ChannelId }, { from });
        assert.equal(end.DialStatus, status);
        const gone = await events.event({ Event: 'Hangup', Uniqueid: ChannelId }, { from });
        assert.equal(gone.Cause, cause);
      }
    });

    it('gives a leg nobody answers up after Timeout, without a DialEnd', async () => {
      const from = events.events.length;
      const place = { Context: 'cc-wait', Exten: 's', Priority: '1', Async: 'true', Timeout: '500' };
      await act('Originate', { Channel: 'PJSIP/1003', ChannelId: 'cc-late-a1', ...place });
      const response = await events.event({ Event: 'OriginateResponse', Uniqueid: 'cc-late-a1' }, { from });
      assert.deepEqual([response.Response, response.Reason], ['Failure', '3']);
      await events.event({ Event: 'Hangup', Uniqueid: 'cc-late-a1' }, { from });
      assert.equal(
        events.events.slice(from).some((event) => event.Event === 'DialEnd'),
        false,
      );
    });

    it('says nothing of who ended it when AMI hangs the agent up', async () => {
      const { agent, from } = await talk();
      await act('Hangup', { Channel: agent.Channel ?? '' });
      await lab.pbx.silent();
      const complete = await events.event({ Event: 'AgentComplete' }, { from });
      assert.equal(complete.Reason, 'caller');
      assert.equal(storyOf(agent.Uniqueid, from).includes('HangupRequest'), false);
    });

    it('says who ended it when a leg is let go by cc-bye', async () => {
      const { customer, agent, from } = await talk();
      await act('Redirect', {
        ...{ Channel: customer.Channel ?? '', Context: 'cc-hold', Exten: 's', Priority: '1' },
        ...{ ExtraChannel: agent.Channel ?? '', ExtraContext: 'cc-room-agent', ExtraExten: '77', ExtraPriority: '1' },
      });
      await events.event({ Event: 'ConfbridgeJoin', Conference: '77' }, { from });
      await act('Redirect', { Channel: agent.Channel ?? '', Context: 'cc-bye', Exten: 's', Priority: '1' });
      assert.equal((await events.event({ Event: 'AgentComplete' }, { from })).Reason, 'agent');
      await lab.phone('1001').idle();
      assert.equal((await lab.pbx.channels()).length, 1);
    });

    it('knows a phone\u2019s state and where it is', async () => {
      const value = async (Variable: string) => (await actions.send({ Action: 'Getvar', Variable })).Value;
      assert.equal(await value('DEVICE_STATE(PJSIP/1002)'), 'NOT_INUSE');
      const contact = await value('PJSIP_AOR(1002,contact)');
      assert.match((await value(`PJSIP_CONTACT(${contact},uri)`)) ?? '', /@127\.0\.0\.5:/);
      assert.ok(Number(await value(`PJSIP_CONTACT(${contact},rtt)`)) > 0);
      await lab.phone('1002').unregister();
      assert.equal(await value('DEVICE_STATE(PJSIP/1002)'), 'UNAVAILABLE');
      await lab.phone('1002').register();
      assert.equal(await value('DEVICE_STATE(PJSIP/9)'), 'INVALID');
    });

    it('forgets its calls and says that it is new after a power cut', async () => {
      await talk();
      await lab.pbx.restart();
      events.close();
      actions.close();
      await logIn();
      const booted = await events.event({ Event: 'FullyBooted' });
      assert.ok(Number(booted.Uptime) < 5, booted.Uptime);
      assert.deepEqual(await lab.pbx.channels(), []);
      assert.equal((await actions.send({ Action: 'CoreStatus' })).CoreCurrentCalls, '0');
    });
  });
}
