import assert from 'node:assert/strict';
import { AmiClient, type AmiClientOptions, type LinkSignal } from '../../src/telephony/ami-client.js';
import * as commands from '../../src/telephony/commands.js';
import type { PbxEvent, PbxEventKind, PbxEventOf } from '../../src/telephony/events.js';
import { contactsFrom, readPhone } from '../../src/telephony/pbx-phone.js';
import { readPicture } from '../../src/telephony/pbx-picture.js';
import { probePbx } from '../../src/telephony/pbx-probe.js';
import { type AmiCut, startAmiCut } from '../support/asterisk/ami-cut.js';
import { type Rig, startRig } from '../support/asterisk/rig.js';
import { requireOrSkip } from '../support/requirements.js';
import { until } from '../support/until.js';

const QUICK = { retryFirst: 50, retryLast: 1000, pingEvery: 300, pingLimit: 1000, connect: 2000 };
const MEMBER = {
  queue: 'sales',
  interface: 'PJSIP/1001',
  memberName: '2018',
  stateInterface: 'PJSIP/1001',
  penalty: 2,
  paused: false,
};

describe('AMI client on a real Asterisk', function () {
  this.timeout(30_000);
  let rig: Rig;
  let line: AmiCut;
  let client: AmiClient;
  let events: PbxEvent[] = [];
  let signals: LinkSignal[] = [];
  let faults: unknown[] = [];
  const clients: AmiClient[] = [];

  before(async function () {
    requireOrSkip.call(this, 'asterisk');
    rig = await startRig({
      extensions: [{ number: '1001' }, { number: '1002', address: '127.0.0.5' }, { number: '1004', registered: false }],
      queues: [{ name: 'sales' }],
      dids: { '4001': 'sales' },
    });
    line = await startAmiCut(rig.pbx.ami);
    client = await connect();
  });
  after(async () => {
    await Promise.all(clients.map((one) => one.stop()));
    await line?.stop();
    await rig?.stop();
  });
  beforeEach(async () => {
    await until('up', () => client.link.state === 'up', { within: 10_000 });
    events = [];
    signals = [];
    faults = [];
  });
  afterEach(async () => {
    assert.deepEqual(faults, []);
    if (client.link.state === 'up') await commands.queueRemove(client, MEMBER);
    await rig.clear();
  });

  async function connect(options: Partial<AmiClientOptions> = {}): Promise<AmiClient> {
    const one = make(options);
    one.onEvent((event) => events.push(event));
    one.onLink((signal) => signals.push(signal));
    one.start();
    await until('up', () => one.link.state === 'up');
    return one;
  }
  function make(options: Partial<AmiClientOptions> = {}): AmiClient {
    const { eventUser, eventSecret, actionUser, actionSecret, phonesUser, phonesSecret } = rig.pbx.ami;
    const one = new AmiClient({
      address: { host: line.host, port: line.port },
      events: { username: eventUser, secret: eventSecret },
      actions: { username: actionUser, secret: actionSecret },
      phones: { username: phonesUser, secret: phonesSecret },
      instance: 'live',
      now: Date.now,
      onFault: (error) => faults.push(error),
      timings: QUICK,
      ...options,
    });
    clients.push(one);
    return one;
  }
  const told = <K extends PbxEventKind>(kind: K, fits: (event: PbxEventOf<K>) => boolean = () => true) =>
    until(kind, () =>
      events.find((event): event is PbxEventOf<K> => event.kind === kind && fits(event as PbxEventOf<K>)),
    );
  const clickToDial = (callId: string, number: string) =>
    commands.originate(client, {
      channel: 'PJSIP/1001',
      place: { context: 'cc-out', exten: number },
      channelId: `cc-${callId}-a1`,
      timeoutMillis: 10_000,
      callerId: { number, name: '客户' },
      variables: { CCID: callId },
      autoAnswer: true,
    });

  it('signs a member in, pauses and signs out, each told by its event', async () => {
    assert.deepEqual(await commands.queueAdd(client, MEMBER), {
      ok: true,
      already: false,
      message: 'Added interface to queue',
    });
    const added = await told('QueueMemberAdded');
    assert.deepEqual(
      [added.memberName, added.interface, added.penalty, added.paused],
      ['2018', 'PJSIP/1001', 2, false],
    );
    const again = await commands.queueAdd(client, MEMBER);
    assert.ok(again.ok && again.already);
    await commands.queuePause(client, { interface: 'PJSIP/1001', paused: true, reason: '午餐' });
    await told('QueueMemberPause', (event) => event.paused && event.pausedReason === '午餐');
    await commands.queuePenalty(client, { interface: 'PJSIP/1001', queue: 'sales', penalty: 5 });
    const { members } = await readPicture(client, Date.now);
    assert.deepEqual(
      members.map(({ memberName, penalty, pausedReason }) => [memberName, penalty, pausedReason]),
      [['2018', 5, '午餐']],
    );
    await commands.queueRemove(client, MEMBER);
    await told('QueueMemberRemoved');
    const gone = await commands.queueRemove(client, MEMBER);
    assert.ok(gone.ok && gone.already);
  });

  it('tells refusals of a real PBX apart', async () => {
    const codes = await Promise.all([
      commands.queueAdd(client, { ...MEMBER, queue: 'nope' }),
      commands.queueRemove(client, { ...MEMBER, queue: 'nope' }),
      commands.queuePause(client, { interface: 'PJSIP/1009', paused: true, reason: 'x' }),
      commands.queuePenalty(client, { interface: 'PJSIP/1009', penalty: 1 }),
      commands.hangup(client, 'PJSIP/1001-99999999'),
      commands.redirect(client, { channel: 'PJSIP/1001-99999999', place: { context: 'cc-bye', exten: 's' } }),
      commands.setvar(client, 'CCXFER', 'x', 'PJSIP/1001-99999999'),
      commands.originate(client, {
        channel: 'PJSIP/1001',
        place: { context: 'nope', exten: '1' },
        channelId: 'cc-1-a1',
        timeoutMillis: 1000,
      }),
    ]);
    assert.deepEqual(
      codes.map((result) => (result.ok ? 'ok' : result.code)),
      [
        'no-such-queue',
        'no-such-queue',
        'not-a-member',
        'not-a-member',
        'no-such-channel',
        'no-such-channel',
        'no-such-channel',
        'no-such-extension',
      ],
    );
    assert.equal(await commands.getvar(client, 'X', 'PJSIP/1001-99999999'), null);
    assert.equal(await commands.getvar(client, 'X'), '');
  });

  it('rings an agent for a queue call, and reads who it is', async () => {
    await commands.queueAdd(client, MEMBER);
    await rig.phone('1001').behave('ring');
    const customer = await rig.customer.call('4001', { cli: '13800138000' });
    const inbound = await told('CC', (event) => event.op === 'in');
    assert.equal(inbound.fields.did, '4001');
    assert.equal(inbound.fields.cli, '13800138000');
    const called = await told('AgentCalled');
    assert.equal(called.memberName, '2018');
    assert.equal(called.channel.uniqueid, inbound.channel?.uniqueid);
    await rig.phone('1001').answer();
    const connected = await told('AgentConnect');
    assert.equal(connected.dest.uniqueid, called.dest.uniqueid);
    await customer.hangUp();
    await told('Hangup', (event) => event.channel.uniqueid === called.dest.uniqueid);
    const request = await told('HangupRequest');
    assert.equal(request.channel.uniqueid, called.channel.uniqueid);
  });

  it('dials, holds, resumes and lets go by Redirect; the picture shows each', async () => {
    const dialled = await clickToDial('1AB', '139000');
    assert.ok(dialled.ok);
    const answer = await told('OriginateResponse');
    assert.deepEqual([answer.success, answer.actionId, answer.uniqueid], [true, dialled.actionId, 'cc-1AB-a1']);
    const begin = await told('DialBegin', (event) => event.channel?.uniqueid === 'cc-1AB-a1');
    const bridged = await told('BridgeEnter', (event) => event.bridgeChannels === 2);
    const agent = answer.channelName;
    const customer = begin.dest.name;

    const talking = await readPicture(client, Date.now);
    const row = talking.channels.find((channel) => channel.uniqueid === 'cc-1AB-a1');
    assert.deepEqual([row?.bridgeId, row?.application, row?.state], [bridged.bridgeId, 'Dial', 6]);
    assert.deepEqual(talking.rooms, []);

    await commands.redirect(client, {
      channel: customer,
      place: { context: 'cc-hold', exten: 's' },
      extra: { channel: agent, place: { context: 'cc-room-agent', exten: '1AB' } },
    });
    await told('MusicOnHoldStart', (event) => event.channel.name === customer);
    await told('ConfbridgeJoin', (event) => event.room === '1AB' && event.channel.name === agent);
    const held = await readPicture(client, Date.now);
    assert.deepEqual(held.rooms, [{ room: '1AB', uniqueid: 'cc-1AB-a1', channelName: agent, marked: true }]);
    assert.equal(held.channels.find((channel) => channel.name === customer)?.application, 'MusicOnHold');

    await commands.redirect(client, { channel: customer, place: { context: 'cc-room', exten: '1AB' } });
    await told('ConfbridgeJoin', (event) => event.channel.name === customer);
    assert.equal(
      (await readPicture(client, Date.now)).rooms.find((one) => one.channelName === customer)?.marked,
      false,
    );

    await commands.setvar(client, 'CCXFER', customer, agent);
    assert.equal(await commands.getvar(client, 'CCXFER', agent), customer);
    await commands.redirect(client, { channel: agent, place: { context: 'cc-bye', exten: 's' } });
    await told('Hangup', (event) => event.channel.uniqueid === 'cc-1AB-a1' && event.cause === 16);
    await told('Hangup', (event) => event.channel.name === customer);
  });

  it('hangs up a ringing phone, and hears of a phone that is not there', async () => {
    await rig.phone('1001').behave('ring');
    await commands.originate(client, {
      channel: 'PJSIP/1001',
      place: { context: 'cc-out', exten: '139' },
      channelId: 'cc-1AC-a1',
      timeoutMillis: 10_000,
      variables: { CCID: '1AC' },
    });
    const ringing = await told('Newstate', (event) => event.channel.state === 5);
    assert.ok((await commands.hangup(client, ringing.channel.name)).ok);
    await told('OriginateResponse', (event) => event.uniqueid === 'cc-1AC-a1' && !event.success);
    await commands.originate(client, {
      channel: 'PJSIP/1004',
      place: { context: 'cc-out', exten: '139' },
      channelId: 'cc-1AD-a1',
      timeoutMillis: 10_000,
    });
    await told('OriginateResponse', (event) => event.uniqueid === 'cc-1AD-a1' && !event.success);
  });

  it('finds nothing missing on this PBX, and names what is taken away', async () => {
    assert.deepEqual(await probePbx(client, ['sales']), []);
    await rig.pbx.cli('dialplan remove context cc-spy');
    try {
      const missing = await probePbx(client, ['sales', 'support']);
      assert.deepEqual(
        missing.map(({ code, what }) => `${code} ${what}`),
        ['dialplan cc-spy,s,1', 'queue support'],
      );
    } finally {
      await rig.pbx.cli('dialplan reload');
    }
    await until('the context is back', async () => (await probePbx(client, [])).length === 0);
  });

  it('names the actions that the user may not send', async () => {
    const { eventUser, eventSecret } = rig.pbx.ami;
    const weak = await connect({ actions: { username: eventUser, secret: eventSecret } });
    const missing = await probePbx(weak, ['sales']);
    assert.ok(missing.some(({ code, what }) => code === 'action' && what === 'Redirect'));
    assert.ok(missing.some(({ what }) => what === 'QueueAdd'));
    assert.ok(missing.every(({ code }) => code !== 'dialplan'));
    await weak.stop();
  });

  it('tells one phone, the phones behind an address, and the whole list where it may', async () => {
    const phone = await readPhone(client, '1002');
    assert.deepEqual(
      [phone.registered, phone.host, phone.deviceState, phone.status],
      [true, '127.0.0.5', 'NOT_INUSE', 'Reachable'],
    );
    assert.ok((phone.rttMicros ?? 0) > 0);
    const missing = await readPhone(client, '1004');
    assert.deepEqual([missing.registered, missing.host, missing.deviceState], [false, '', 'UNAVAILABLE']);
    assert.equal((await readPhone(client, '1999')).deviceState, 'INVALID');
    assert.deepEqual(
      (await contactsFrom(client, '127.0.0.5', [])).map((contact) => contact.endpoint),
      ['1002'],
    );

    const modest = { send: client.send.bind(client), list: client.list.bind(client) };
    assert.deepEqual(
      (await contactsFrom(modest, '127.0.0.5', ['1001', '1002', '1004'])).map((contact) => contact.endpoint),
      ['1002'],
    );
    const picture = await readPicture(modest, Date.now);
    assert.deepEqual([picture.contactsKnown, picture.contacts], [false, []]);
    assert.ok(picture.devices.some(({ device }) => device === 'PJSIP/1001'));
    const full = await readPicture(client, Date.now);
    assert.ok(full.contactsKnown && full.contacts.some((contact) => contact.endpoint === '1001'));
  });

  it('sees a phone go and come back', async () => {
    await rig.phone('1002').unregister();
    await told('ContactStatus', (event) => event.endpoint === '1002' && event.status === 'Removed');
    await rig.phone('1002').register();
    const back = await told('ContactStatus', (event) => event.endpoint === '1002' && event.status === 'Reachable');
    assert.ok((back.roundtripMicros ?? 0) > 0);
  });

  it('sends the longest line and the most headers that Asterisk reads, and refuses more', async () => {
    const reason = (bytes: number) => ({
      name: 'QueuePause',
      headers: { Interface: 'PJSIP/1009', Paused: true, Reason: 'x'.repeat(bytes - 'Reason: '.length) },
    });
    assert.equal((await client.send(reason(1022))).message, 'Interface not found');
    await assert.rejects(client.send(reason(1023)), /telephony-unsafe/);
    const headers = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`X${n}`, '1']));
    assert.equal((await client.send({ name: 'Ping', headers: headers(125) })).success, true);
    await assert.rejects(client.send({ name: 'Ping', headers: headers(126) }), /telephony-unsafe/);
  });

  it('is told of a wrong password', async () => {
    const wrong = make({ events: { username: rig.pbx.ami.eventUser, secret: 'wrong' } });
    wrong.start();
    await until('the reason', () => wrong.link.state === 'down' && wrong.link.reason === 'login-refused');
    await wrong.stop();
  });

  it('comes back after a cut line, and after one that went dead without a word', async () => {
    line.cut();
    await until('down', () => client.link.state === 'down');
    await assert.rejects(clickToDial('1AE', '139'), /telephony-down/);
    await line.heal();
    await until('up', () => client.link.state === 'up', { within: 5000 });
    line.stall();
    await until('ping lost', () => signals.some((signal) => signal.state === 'down' && signal.reason === 'ping-lost'), {
      within: 8000,
    });
    await line.heal();
    await until('up', () => client.link.state === 'up', { within: 8000 });
    assert.deepEqual((await readPicture(client, Date.now)).channels, []);
  });

  it('tells a restarted PBX from a lost line by its start', async () => {
    const before = await readPicture(client, Date.now);
    assert.ok(Math.abs(Date.now() - before.startedAt) < 120_000);
    line.cut();
    await until('down', () => client.link.state === 'down');
    await line.heal();
    await until('up', () => client.link.state === 'up');
    assert.equal((await readPicture(client, Date.now)).startedAt, before.startedAt);
    await rig.pbx.restart();
    await until('up', () => client.link.state === 'up', { within: 10_000 });
    assert.ok((await readPicture(client, Date.now)).startedAt > before.startedAt);
  });
});
