import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startAmiCut } from '../support/asterisk/ami-cut.js';
import { type AmiPacket, RawAmi } from '../support/asterisk/raw-ami.js';
import { type Rig, startRig } from '../support/asterisk/rig.js';
import { requireOrSkip } from '../support/requirements.js';
import { until } from '../support/until.js';

describe('the rig: a real PBX with our dialplan, and real phones', function () {
  this.timeout(30_000);
  let rig: Rig;
  let events: RawAmi;
  let actions: RawAmi;

  before(async function () {
    requireOrSkip.call(this, 'asterisk');
    rig = await startRig({
      extensions: [
        { number: '1001' },
        { number: '1002', address: '127.0.0.5' },
        { number: '1003', secret: 'other-secret' },
        { number: '1004', registered: false },
      ],
      queues: [{ name: 'sales', extra: { timeout: '2' } }],
      dids: { '4001': 'sales' },
      prefixes: ['9'],
    });
    await logIn();
  });

  after(async () => {
    events?.close();
    actions?.close();
    await rig?.stop();
  });

  afterEach(async () => {
    if (!rig) return;
    await actions.send({ Action: 'QueueRemove', Queue: 'sales', Interface: 'PJSIP/1001' });
    await rig.clear();
  });

  async function logIn(): Promise<void> {
    const { port, eventUser, eventSecret, actionUser, actionSecret } = rig.pbx.ami;
    events = await RawAmi.login(port, eventUser, eventSecret);
    actions = await RawAmi.login(port, actionUser, actionSecret);
  }

  async function act(name: string, headers: Record<string, string | string[]>): Promise<void> {
    const answer = await actions.send({ Action: name, ...headers });
    assert.equal(answer.Response, 'Success', `${name}: ${answer.Message}`);
  }

  const signIn = () =>
    act('QueueAdd', { Queue: 'sales', Interface: 'PJSIP/1001', MemberName: '2018', StateInterface: 'PJSIP/1001' });

  const clickToDial = (agent: string, number: string, variables: string[] = []) =>
    act('Originate', {
      Channel: `PJSIP/${agent}`,
      Context: 'cc-out',
      Exten: number,
      Priority: '1',
      Async: 'true',
      ChannelId: `cc-call1-a-${events.events.length}`,
      Variable: [
        ...(variables.some((one) => one.startsWith('CCID=')) ? [] : ['CCID=call1']),
        'PJSIP_HEADER(add,Alert-Info)=<http://zuoxi>\\;info=alert-autoanswer',
        ...variables,
      ],
    });

  /** The event of this call from now on; `from` is where to begin to look. */
  const userEvent = (op: string, from: number, within = 5000) =>
    events.event({ Event: 'UserEvent', UserEvent: 'CC', Op: op }, { from, within });

  async function customerTalksToAgent(): Promise<{
    customer: AmiPacket;
    agent: AmiPacket;
    call: string;
    from: number;
  }> {
    const from = events.events.length;
    await signIn();
    await rig.customer.call('4001');
    await rig.phone('1001').answer();
    const connect = await events.event({ Event: 'AgentConnect' }, { from });
    await events.event({ Event: 'BridgeEnter', Uniqueid: connect.DestUniqueid ?? '' }, { from });
    const { Call: call = '' } = await userEvent('in', from);
    const customer = { Channel: connect.Channel ?? '', Uniqueid: connect.Uniqueid ?? '' };
    return {
      customer,
      agent: { Channel: connect.DestChannel ?? '', Uniqueid: connect.DestUniqueid ?? '' },
      call,
      from,
    };
  }

  const redirect = (leg: AmiPacket, context: string, exten = 's') =>
    act('Redirect', { Channel: leg.Channel ?? '', Context: context, Exten: exten, Priority: '1' });

  async function hold(customer: AmiPacket, agent: AmiPacket, call: string): Promise<void> {
    const from = events.events.length;
    await act('Redirect', {
      ...{ Channel: customer.Channel ?? '', Context: 'cc-hold', Exten: 's', Priority: '1' },
      ...{ ExtraChannel: agent.Channel ?? '', ExtraContext: 'cc-room-agent', ExtraExten: call, ExtraPriority: '1' },
    });
    await events.event({ Event: 'MusicOnHoldStart', Uniqueid: customer.Uniqueid ?? '' }, { from });
    await events.event({ Event: 'ConfbridgeJoin', Uniqueid: agent.Uniqueid ?? '' }, { from });
  }

  async function consult(call: string, number: string): Promise<AmiPacket> {
    const from = events.events.length;
    const id = `cc-${call}-k${from}`;
    const target = { Context: 'cc-room-agent', Exten: call, Priority: '1' };
    await act('Originate', { Channel: `PJSIP/${number}`, ...target, Async: 'true', ChannelId: id });
    await rig.phone(number).answer();
    return events.event({ Event: 'ConfbridgeJoin', Uniqueid: id, Conference: call }, { from });
  }

  it('answers every probe of the dialplan', async () => {
    const probes = ['cc-room-agent,1,1', 'cc-room,1,1', 'cc-hold,s,1', 'cc-wait,s,1', 'cc-xfer,s,1', 'cc-spy,s,1'];
    for (const probe of [...probes, 'cc-bye,s,1', 'cc-out,1,1', 'cc-in,1,1', 'cc-answered,s,1']) {
      const room = probe.replace(',1,1', ',10,1');
      const answer = await actions.send({ Action: 'Getvar', Variable: `DIALPLAN_EXISTS(${room})` });
      assert.equal(answer.Value, '1', room);
    }
    const answer = await actions.send({ Action: 'Getvar', Variable: 'DIALPLAN_EXISTS(cc-nothing,s,1)' });
    assert.equal(answer.Value, '0');
  });

  it('has its phones registered from the addresses they were given', async () => {
    assert.match((await rig.phone('1001').contact())?.Uri ?? '', /@127\.0\.0\.1:/);
    assert.match((await rig.phone('1002').contact())?.Uri ?? '', /@127\.0\.0\.5:/);
    assert.equal((await rig.phone('1003').contact())?.Status, 'Reachable');
    assert.equal(await rig.phone('1004').contact(), undefined);
  });

  it('gives each AMI user its rights and no others', async () => {
    const from = events.events.length;
    await signIn();
    await events.event({ Event: 'QueueMemberAdded', MemberName: '2018' }, { from });
    assert.deepEqual(actions.events, []);
    assert.equal(
      (await events.send({ Action: 'QueueRemove', Queue: 'sales', Interface: 'PJSIP/1001' })).Message,
      'Permission denied',
    );
    assert.equal(
      (await actions.send({ Action: 'Command', Command: 'core show version' })).Message,
      'Permission denied',
    );
    assert.equal((await actions.send({ Action: 'PJSIPShowContacts' })).Message, 'Permission denied');
    const phones = await RawAmi.login(rig.pbx.ami.port, rig.pbx.ami.phonesUser, rig.pbx.ami.phonesSecret);
    assert.equal((await phones.list({ Action: 'PJSIPShowContacts' })).length, 3);
    phones.close();
    assert.equal(
      (await actions.list({ Action: 'QueueStatus' })).filter((item) => item.Event === 'QueueMember').length,
      1,
    );
  });

  it('brings a customer to an agent; the agent hangs up', async () => {
    const { customer, agent, call, from } = await customerTalksToAgent();
    assert.match(call, /^\d{10}[0-9A-F]{16}$/);
    const entered = events.events.slice(from).filter((event) => event.Event === 'BridgeEnter');
    assert.deepEqual(entered.map((event) => event.Uniqueid).sort(), [customer.Uniqueid, agent.Uniqueid].sort());
    assert.equal(new Set(entered.map((event) => event.BridgeUniqueid)).size, 1);
    await rig.phone('1001').hangUp();
    assert.equal((await events.event({ Event: 'AgentComplete' }, { from })).Reason, 'agent');
    await rig.pbx.silent();
  });

  it('brings a customer to an agent; the customer hangs up', async () => {
    const from = events.events.length;
    await signIn();
    const customer = await rig.customer.call('4001', { cli: '13912345678' });
    await rig.phone('1001').answer();
    await customer.is('up');
    const begun = await userEvent('in', from);
    assert.deepEqual([begun.DID, begun.CLI, begun.Queue], ['4001', '13912345678', 'sales']);
    await customer.hangUp();
    assert.equal((await events.event({ Event: 'AgentComplete' }, { from })).Reason, 'caller');
    await rig.phone('1001').idle();
    assert.equal(await customer.state(), 'ended');
  });

  it('tells when an agent does not answer, and when the customer gives up', async () => {
    const from = events.events.length;
    await signIn();
    const customer = await rig.customer.call('4001');
    await rig.phone('1001').ringing();
    await events.event({ Event: 'AgentRingNoAnswer', MemberName: '2018' }, { from });
    await customer.hangUp();
    await events.event({ Event: 'QueueCallerAbandon' }, { from });
  });

  for (const [number, result, cause] of [
    ['48600', 'BUSY', '17'],
    ['50300', 'CONGESTION', '34'],
    ['40400', 'CHANUNAVAIL', '1'],
    ['60300', 'CHANUNAVAIL', '21'],
    ['948600', 'BUSY', '17'],
  ] as const) {
    it(`reports ${result} when ${number} is dialled`, async () => {
      const from = events.events.length;
      await clickToDial('1001', number);
      const end = await userEvent('dialend', from);
      assert.deepEqual([end.Call, end.Result, end.Cause], ['call1', result, cause]);
      await rig.phone('1001').idle();
    });
  }

  it('reports a customer who does not answer in time, and an agent who cancels', async () => {
    let from = events.events.length;
    await clickToDial('1001', '4080001', ['CCRING=1']);
    assert.equal((await userEvent('dialend', from)).Result, 'NOANSWER');
    await rig.phone('1001').idle();
    from = events.events.length;
    await clickToDial('1001', '4080002');
    await rig.customer.at('4080002');
    await rig.phone('1001').hangUp();
    assert.equal((await userEvent('dialend', from)).Result, 'CANCEL');
    await rig.pbx.silent();
    assert.equal(events.events.slice(from).filter((event) => event.Op === 'dialend').length, 1);
  });

  it('connects an agent with a customer who answers, once', async () => {
    const from = events.events.length;
    await clickToDial('1001', '4080003', ['CCCLI=4001']);
    const customer = await rig.customer.at('4080003');
    await customer.answer();
    const end = await userEvent('dialend', from);
    assert.equal(end.Result, 'ANSWER');
    await events.event({ Event: 'BridgeEnter', Uniqueid: end.Uniqueid ?? '' }, { from });
    await customer.hangUp();
    await rig.pbx.silent();
    assert.equal(events.events.slice(from).filter((event) => event.Op === 'dialend').length, 1);
  });

  it('dials a colleague directly, and refuses a number that is more than a number', async () => {
    let from = events.events.length;
    await clickToDial('1001', '1002');
    await rig.phone('1002').answer();
    assert.match((await userEvent('dialend', from)).Channel ?? '', /^PJSIP\/1002-/);
    await rig.phone('1001').hangUp();
    await rig.pbx.silent();
    from = events.events.length;
    await clickToDial('1001', '48600&PJSIP/1002');
    assert.equal((await userEvent('dialend', from)).Result, 'REFUSED');
  });

  it('cuts what is no number out of the caller’s number, and says that a queue gave up', async () => {
    const from = events.events.length;
    await rig.pbx.raw.send({ Action: 'Setvar', Variable: 'CCQUEUETIMEOUT', Value: '1' });
    const customer = await rig.customer.call('4001', { cli: '139,Op: dialend' });
    const begun = await userEvent('in', from);
    assert.deepEqual([begun.CLI, begun.Op], ['139Opdialend', 'in']);
    const end = await userEvent('queueend', from);
    assert.deepEqual([end.Call, end.Result], [begun.Call, 'TIMEOUT']);
    await customer.is('ended');
    await rig.pbx.raw.send({ Action: 'Setvar', Variable: 'CCQUEUETIMEOUT', Value: '' });
  });

  it('records the customer’s leg, unless told not to', async () => {
    const file = (call: string) =>
      join(rig.pbx.spool, 'monitor', new Date().toISOString().slice(0, 10).replaceAll('-', '/'), `${call}.wav`);
    await clickToDial('1001', '8010000', ['CCID=7REC']);
    await rig.phone('1001').talking();
    await rig.phone('1001').idle();
    const { size } = await stat(file('7REC'));
    assert.ok(size > 10_000, `${size} bytes for about a second`);
    await clickToDial('1001', '8010000', ['CCID=7NOREC', 'CCREC=no']);
    await rig.phone('1001').talking();
    await rig.phone('1001').idle();
    await assert.rejects(stat(file('7NOREC')), /ENOENT/);
  });

  it('lets a phone leave a message in a voicemail box', async () => {
    const from = events.events.length;
    const call = await rig.phone('1002').dial('*971001');
    await call.is('up');
    const box = join(rig.pbx.spool, 'voicemail', 'default', '1001', 'tmp');
    await until('it records', async () => (await readdir(box)).length > 0);
    await until('a few seconds of it', async () => (await sizes(box)) > 30_000, { within: 8000 });
    await call.hangUp();
    await events.event({ Event: 'MessageWaiting', Mailbox: '1001@default', Waiting: '1' }, { from });
  });

  it('holds and resumes, by the agent\u2019s room', async () => {
    const { customer, agent, call, from } = await customerTalksToAgent();
    await hold(customer, agent, call);
    assert.equal((await userEvent('hold', from)).Call, call);
    await redirect(customer, 'cc-room', call);
    await events.event({ Event: 'ConfbridgeJoin', Uniqueid: customer.Uniqueid ?? '' }, { from });
    await redirect(customer, 'cc-hold');
    await events.event({ Event: 'ConfbridgeLeave', Uniqueid: customer.Uniqueid ?? '' }, { from });
    await redirect(customer, 'cc-room', call);
    await until(
      'both in the room',
      async () => (await actions.list({ Action: 'ConfbridgeList', Conference: call })).length === 2,
    );
    await rig.phone('1001').hangUp();
    assert.equal((await events.event({ Event: 'AgentComplete' }, { from })).Reason, 'agent');
    await rig.pbx.silent();
  });

  it('consults, and transfers the customer to the consulted agent', async () => {
    const { customer, agent, call, from } = await customerTalksToAgent();
    await hold(customer, agent, call);
    const consulted = await consult(call, '1002');
    await act('Setvar', { Channel: customer.Channel ?? '', Variable: 'CCXFER', Value: consulted.Channel ?? '' });
    const moved = events.events.length;
    await act('Redirect', {
      ...{ Channel: consulted.Channel ?? '', Context: 'cc-wait', Exten: 's', Priority: '1' },
      ...{ ExtraChannel: customer.Channel ?? '', ExtraContext: 'cc-xfer', ExtraExten: 's', ExtraPriority: '1' },
    });
    const bridged = { Event: 'BridgeEnter', BridgeType: 'basic', BridgeNumChannels: '2' };
    await events.event(bridged, { from: moved });
    await redirect(agent, 'cc-bye');
    await rig.phone('1001').idle();
    assert.equal((await events.event({ Event: 'AgentComplete' }, { from })).Reason, 'agent');
    await rig.phone('1002').hangUp();
    assert.deepEqual(
      [(await userEvent('xferend', from)).Call, (await userEvent('xferend', from)).Result],
      [call, 'SUCCESS'],
    );
    await rig.pbx.silent();
  });

  it('gives a transfer up after two seconds when there is nobody to transfer to', async () => {
    const { customer, agent, call, from } = await customerTalksToAgent();
    await hold(customer, agent, call);
    await act('Setvar', { Channel: customer.Channel ?? '', Variable: 'CCXFER', Value: 'PJSIP/nobody-00000001' });
    await redirect(customer, 'cc-xfer');
    const end = await userEvent('xferend', from);
    assert.notEqual(end.Result, 'SUCCESS');
    await redirect(agent, 'cc-bye');
    await rig.pbx.silent();
  });

  it('puts the customer out when the last marked party leaves the room', async () => {
    const { customer, agent, call } = await customerTalksToAgent();
    await hold(customer, agent, call);
    await consult(call, '1003');
    await redirect(customer, 'cc-room', call);
    await until(
      'three in the room',
      async () => (await actions.list({ Action: 'ConfbridgeList', Conference: call })).length === 3,
    );
    await redirect(agent, 'cc-bye');
    await rig.phone('1001').idle();
    assert.equal((await rig.pbx.channels()).filter((channel) => channel.Application === 'ConfBridge').length, 2);
    await rig.phone('1003').hangUp();
    await rig.pbx.silent();
  });

  it('lets a supervisor listen, and change to whispering', async () => {
    const { agent, from } = await customerTalksToAgent();
    const id = `cc-spy-s${from}`;
    await act('Originate', {
      ...{ Channel: 'PJSIP/1003', Context: 'cc-spy', Exten: 's', Priority: '1', Async: 'true', ChannelId: id },
      Variable: [`SPYCHAN=${agent.Channel}`, 'SPYOPT=quES'],
    });
    await rig.phone('1003').answer();
    const start = await events.event({ Event: 'ChanSpyStart', SpyerUniqueid: id }, { from });
    assert.equal(start.SpyeeUniqueid, agent.Uniqueid);
    const switched = events.events.length;
    await act('Setvar', { Channel: start.SpyerChannel ?? '', Variable: 'SPYOPT', Value: 'quwES' });
    await redirect({ Channel: start.SpyerChannel ?? '' }, 'cc-spy');
    await events.event({ Event: 'ChanSpyStart', SpyerUniqueid: id }, { from: switched });
    await rig.phone('1001').hangUp();
    await rig.phone('1003').idle();
  });

  it('says that a phone was unplugged and plugged in again', async () => {
    const from = events.events.length;
    await rig.phone('1002').unregister();
    await events.event({ Event: 'ContactStatus', AOR: '1002', ContactStatus: 'Removed' }, { from });
    await rig.phone('1002').register();
    await events.event({ Event: 'ContactStatus', AOR: '1002', ContactStatus: 'Reachable' }, { from });
  });

  it('lets phones dial out, and refuse calls as they were told', async () => {
    await rig.phone('1002').behave('busy');
    const refused = await rig.phone('1001').dial('1002');
    await refused.is('ended');
    assert.equal(refused.cause, 17);
    await rig.phone('1002').behave('answer');
    const answered = await rig.phone('1001').dial('1002');
    await answered.is('up');
    await rig.phone('1002').hangUp();
    await answered.is('ended');
    assert.equal(answered.cause, 16);
  });

  it('passes AMI through a proxy that can be cut, stalled and healed', async () => {
    const cut = await startAmiCut(rig.pbx.ami);
    const { actionUser, actionSecret } = rig.pbx.ami;
    const first = await RawAmi.login(cut.port, actionUser, actionSecret);
    cut.cut();
    await until('the connection is gone', () => cut.connections === 0);
    assert.deepEqual(await first.send({ Action: 'Ping' }), {});
    await assert.rejects(RawAmi.login(cut.port, actionUser, actionSecret), /ECONNREFUSED/);
    await cut.heal();
    const second = await RawAmi.login(cut.port, actionUser, actionSecret);
    cut.stall();
    let answered = false;
    const ping = second.send({ Action: 'Ping' }).then((answer) => {
      answered = true;
      return answer;
    });
    await rig.pbx.channels();
    assert.equal(answered, false);
    await cut.heal();
    assert.equal((await ping).Ping, 'Pong');
    await cut.stop();
  });

  it('loses its calls and keeps its phones when the PBX is killed and started again', async () => {
    await customerTalksToAgent();
    await rig.pbx.restart();
    events.close();
    actions.close();
    await logIn();
    assert.deepEqual(await rig.pbx.channels(), []);
    await until('the phones are reachable', async () => (await rig.pbx.reachable()) === 3, { within: 8000 });
    await rig.phone('1001').hangUp();
    await clickToDial('1001', '13800138000');
    await rig.phone('1001').talking();
  });

  it('runs beside another of its kind', async () => {
    const other = await startRig({ extensions: [{ number: '1001' }] });
    assert.notEqual(other.pbx.ami.port, rig.pbx.ami.port);
    assert.equal(await other.pbx.reachable(), 1);
    await other.stop();
    assert.ok((await rig.pbx.reachable()) >= 3);
  });
});

async function sizes(folder: string): Promise<number> {
  const files = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))));
  return files.reduce((sum, file) => sum + file.size, 0);
}
