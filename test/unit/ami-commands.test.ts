import assert from 'node:assert/strict';
import { InvalidInput, TelephonyDown } from '../../src/errors.js';
import { AmiConnection } from '../../src/telephony/ami-connection.js';
import {
  dialplanExists,
  getvar,
  hangup,
  originate,
  queueAdd,
  queuePause,
  queuePenalty,
  queueRemove,
  redirect,
  setvar,
} from '../../src/telephony/commands.js';
import { ACTIONS, FakeAmi, failure, success } from '../support/fake-ami.js';

const MEMBER = {
  queue: 'q1',
  interface: 'PJSIP/1001',
  memberName: '2018',
  stateInterface: 'PJSIP/1001',
  penalty: 3,
  paused: true,
};
const BYE = { context: 'cc-bye', exten: 's' };

describe('AMI commands', () => {
  let fake: FakeAmi;
  let ami: AmiConnection;
  before(async () => {
    fake = await FakeAmi.start();
    ami = new AmiConnection({
      address: fake.address,
      login: ACTIONS,
      instance: 't',
      onRecord: () => {},
      onEnd: () => {},
    });
    await ami.open();
  });
  after(async () => {
    await ami.close();
    await fake.stop();
  });
  beforeEach(() => {
    fake.actions.length = 0;
  });

  const answers = (action: string, message: string | null) =>
    fake.on(action, () => [message === null ? success(['Message', 'ok']) : failure(message)]);
  /** Headers of the last action as sent, without its ActionID. */
  const sent = () => {
    const { actionid: _, ...headers } = fake.actions.at(-1)?.headers ?? {};
    return headers;
  };

  it('adds a member with everything it is', async () => {
    answers('QueueAdd', null);
    assert.deepEqual(await queueAdd(ami, MEMBER), { ok: true, already: false, message: 'ok' });
    assert.deepEqual(sent(), {
      action: 'QueueAdd',
      queue: 'q1',
      interface: 'PJSIP/1001',
      membername: '2018',
      stateinterface: 'PJSIP/1001',
      penalty: '3',
      paused: 'true',
    });
  });

  it('takes what is so already for done', async () => {
    answers('QueueAdd', 'Unable to add interface: Already there');
    answers('QueueRemove', 'Unable to remove interface: Not there');
    const added = await queueAdd(ami, MEMBER);
    const removed = await queueRemove(ami, MEMBER);
    assert.ok(added.ok && added.already && removed.ok && removed.already);
  });

  it('tells refusals apart', async () => {
    const cases: Array<[string, string]> = [
      ['Unable to add interface to queue: No such queue', 'no-such-queue'],
      ['Permission denied', 'permission-denied'],
      ['Something new', 'refused'],
    ];
    for (const [message, code] of cases) {
      answers('QueueAdd', message);
      const result = await queueAdd(ami, MEMBER);
      assert.deepEqual(result, { ok: false, code, message });
    }
    answers('QueuePause', 'Interface not found');
    const pause = await queuePause(ami, { interface: 'PJSIP/1001', paused: true, reason: 'lunch' });
    assert.ok(!pause.ok && pause.code === 'not-a-member');
    answers('Hangup', 'No such channel');
    const hung = await hangup(ami, 'PJSIP/1001-00000001');
    assert.ok(!hung.ok && hung.code === 'no-such-channel');
    answers('Redirect', 'Channel does not exist: PJSIP/1001-00000001');
    const moved = await redirect(ami, { channel: 'PJSIP/1001-00000001', place: BYE });
    assert.ok(!moved.ok && moved.code === 'no-such-channel');
    answers('Originate', 'Extension does not exist.');
    const dialled = await originate(ami, { channel: 'PJSIP/1001', place: BYE, channelId: 'cc-1-a1', timeoutMillis: 1 });
    assert.ok(!dialled.ok && dialled.code === 'no-such-extension');
  });

  it('pauses one queue or all, and sets a penalty', async () => {
    answers('QueuePause', null);
    answers('QueuePenalty', null);
    await queuePause(ami, { interface: 'PJSIP/1001', paused: false, reason: '' });
    assert.deepEqual(sent(), { action: 'QueuePause', interface: 'PJSIP/1001', paused: 'false', reason: '' });
    await queuePause(ami, { interface: 'PJSIP/1001', queue: 'q1', paused: true, reason: '午餐' });
    assert.equal(sent().queue, 'q1');
    assert.equal(sent().reason, '午餐');
    await queuePenalty(ami, { interface: 'PJSIP/1001', penalty: 5 });
    assert.deepEqual(sent(), { action: 'QueuePenalty', interface: 'PJSIP/1001', penalty: '5' });
  });

  it('originates asynchronously under an id of ours', async () => {
    answers('Originate', null);
    const result = await originate(ami, {
      channel: 'PJSIP/1001',
      place: { context: 'cc-out', exten: '13800000000' },
      channelId: 'cc-01AB-a1',
      timeoutMillis: 30_000,
      callerId: { name: '李"四<x>', number: '13800000000' },
      variables: { CCID: '01AB' },
      autoAnswer: true,
    });
    assert.ok(result.ok);
    const action = fake.of('Originate')[0];
    assert.equal(action?.headers.actionid, result.actionId);
    const expected = [
      'Async: true',
      'Channelid: cc-01AB-a1',
      'Context: cc-out',
      'Exten: 13800000000',
      'Priority: 1',
      'Timeout: 30000',
      'Callerid: "李四x" <13800000000>',
      'Variable: CCID=01AB',
      'Variable: PJSIP_HEADER(add,Alert-Info)=<http://zuoxi>\\;info=alert-autoanswer',
    ];
    for (const line of expected) assert.ok(action?.lines.includes(line), line);
  });

  it('moves one leg or both at once', async () => {
    answers('Redirect', null);
    await redirect(ami, {
      channel: 'PJSIP/trunk-0000000a',
      place: { context: 'cc-hold', exten: 's' },
      extra: { channel: 'PJSIP/1001-0000000b', place: { context: 'cc-room-agent', exten: '01AB' } },
    });
    assert.deepEqual(sent(), {
      action: 'Redirect',
      channel: 'PJSIP/trunk-0000000a',
      context: 'cc-hold',
      exten: 's',
      priority: '1',
      extrachannel: 'PJSIP/1001-0000000b',
      extracontext: 'cc-room-agent',
      extraexten: '01AB',
      extrapriority: '1',
    });
  });

  it('sets and reads variables, and knows a variable that is not set from a channel that is not there', async () => {
    answers('Setvar', null);
    await setvar(ami, 'CCXFER', 'Local/1@x-00000001;1', 'PJSIP/trunk-0000000a');
    assert.deepEqual(sent(), {
      action: 'Setvar',
      variable: 'CCXFER',
      value: 'Local/1@x-00000001;1',
      channel: 'PJSIP/trunk-0000000a',
    });
    await setvar(ami, 'DEVICE_STATE(Custom:agent2018)', 'INUSE');
    assert.equal(sent().channel, undefined);
    fake.on('Getvar', (action) => [
      action.headers.channel
        ? failure('No such channel')
        : success(['Variable', 'X'], ['Value', action.headers.variable === 'X' ? '7' : '']),
    ]);
    assert.equal(await getvar(ami, 'X'), '7');
    assert.equal(await getvar(ami, 'Y'), '');
    assert.equal(await getvar(ami, 'X', 'PJSIP/1-1'), null);
  });

  it('asks the dialplan', async () => {
    fake.on('Getvar', (action) => [
      success(['Value', action.headers.variable === 'DIALPLAN_EXISTS(cc-hold,s,1)' ? '1' : '0']),
    ]);
    assert.equal(await dialplanExists(ami, { context: 'cc-hold', exten: 's' }), true);
    assert.equal(await dialplanExists(ami, { context: 'cc-nope', exten: 's' }), false);
    answers('Getvar', 'Permission denied');
    assert.equal(await dialplanExists(ami, { context: 'cc-hold', exten: 's' }), null);
  });

  const place = { context: 'cc-out', exten: '1' };
  const call = { channel: 'PJSIP/1001', place, channelId: 'cc-1-a1', timeoutMillis: 1 };
  for (const [what, run] of Object.entries<() => Promise<unknown>>({
    'a number with dialplan syntax': () =>
      originate(ami, { ...call, place: { context: 'cc-out', exten: '1,1,Macro' } }),
    'a number with a variable': () => originate(ami, { ...call, place: { context: 'cc-out', exten: `\${SHELL(id)}` } }),
    'a context with a space': () => originate(ami, { ...call, place: { context: 'cc out', exten: '1' } }),
    'two phones at once': () => originate(ami, { ...call, channel: 'PJSIP/1001&PJSIP/1002' }),
    'a caller number with brackets': () => originate(ami, { ...call, callerId: { number: '1> x' } }),
    'a caller name with CR LF': () => originate(ami, { ...call, callerId: { name: 'a\r\nAction: x', number: '1' } }),
    'a variable with a comma': () => originate(ami, { ...call, variables: { CCID: 'a,b' } }),
    'a variable that is a function': () => originate(ami, { ...call, variables: { 'SHELL(id)': 'x' } }),
    'another header than auto answer': () =>
      originate(ami, { ...call, variables: { 'PJSIP_HEADER(add,Alert-Info)': 'x' } }),
    'a channel that is a pattern for Hangup': () => hangup(ami, '/^PJSIP/'),
    'a queue with LF': () => queueAdd(ami, { ...MEMBER, queue: 'q1\nx' }),
    'a reason of 10 kB': () => queuePause(ami, { interface: 'PJSIP/1001', paused: true, reason: 'x'.repeat(10_000) }),
    'a function of the shell': () => getvar(ami, 'SHELL(id)'),
    'a value with dollars': () => setvar(ami, 'CCXFER', `\${X}`, 'PJSIP/1-1'),
    'a function to set': () => setvar(ami, 'FILE(/etc/passwd)', 'x'),
  }))
    it(`refuses ${what} before it is sent`, async () => {
      await assert.rejects(run, (error) => error instanceof InvalidInput && error.code === 'telephony-unsafe');
      assert.equal(fake.actions.length, 0);
    });

  it('says that telephony is down', async () => {
    const closed = new AmiConnection({
      address: fake.address,
      login: ACTIONS,
      instance: 't',
      onRecord: () => {},
      onEnd: () => {},
    });
    await assert.rejects(queueAdd(closed, MEMBER), TelephonyDown);
  });
});
