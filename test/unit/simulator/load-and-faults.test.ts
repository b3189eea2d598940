import assert from 'node:assert/strict';
import { EventBlaster } from '../../../src/telephony/simulator/event-blaster.js';
import { SimulatedPbx } from '../../../src/telephony/simulator/pbx.js';
import { RawAmi } from '../../support/asterisk/raw-ami.js';
import { until } from '../../support/until.js';

describe('the simulator under load and with faults', () => {
  let pbx: SimulatedPbx;
  const numbers = Array.from({ length: 50 }, (_, index) => String(2000 + index));

  beforeEach(async () => {
    const extensions = numbers.map((number) => ({ number }));
    pbx = new SimulatedPbx({
      extensions,
      queues: [{ name: 'q1' }, { name: 'q2' }],
      dids: { '100': 'q1', '200': 'q2' },
    });
    await pbx.start();
  });
  afterEach(() => pbx.stop());

  function checkIn(): void {
    for (const queue of pbx.queues.all.values()) {
      for (const number of numbers) {
        const name = `PJSIP/${number}`;
        pbx.queues.add(queue, { interface: name, memberName: number, stateInterface: name, penalty: 0 });
      }
    }
  }

  it('blasts whole calls: every one begun is ended, every event arrives', async () => {
    checkIn();
    const ami = await RawAmi.login(pbx.port, 'zuoxi-events', 'rig-events-1');
    await ami.event({ Event: 'FullyBooted' });
    const blaster = new EventBlaster(pbx);
    const sent = blaster.burst(5_000) + blaster.finish();
    assert.ok(sent >= 5_000);
    await until('all arrived', () => ami.events.length === sent + 1);
    const count = (event: string) => ami.events.filter((one) => one.Event === event).length;
    assert.ok(count('AgentConnect') > 50);
    assert.equal(count('AgentComplete'), count('AgentCalled'));
    assert.equal(count('Newchannel'), count('Hangup'));
    assert.equal(pbx.exchange.channels.size, 0);
    ami.close();
  });

  it('keeps the rate it is asked for', async () => {
    checkIn();
    const report = await new EventBlaster(pbx).run({ eventsPerSecond: 2_000, seconds: 0.3 });
    assert.ok(report.millis < 1_500, `${report.millis} ms`);
    assert.ok(report.calls > 10);
    assert.ok(report.events >= 600);
  });

  it('refuses to blast without members', () => {
    assert.throws(() => new EventBlaster(pbx), /no queue members/);
  });

  it('refuses a login, a wrong secret and an action before login', async () => {
    await assert.rejects(RawAmi.login(pbx.port, 'rig', 'wrong'), /Authentication failed/);
    pbx.ami.faults.refuseLogin = true;
    await assert.rejects(RawAmi.login(pbx.port, 'rig', 'rig-all-1'), /Authentication failed/);
  });

  it('answers Success and does nothing, when told to', async () => {
    pbx.ami.faults.ignored.add('queueadd');
    const ami = await RawAmi.login(pbx.port, 'rig', 'rig-all-1');
    const answer = await ami.send({ Action: 'QueueAdd', Queue: 'q1', Interface: 'PJSIP/2000' });
    assert.equal(answer.Response, 'Success');
    assert.equal(pbx.queues.all.get('q1')!.members.size, 0);
    ami.close();
  });

  it('lacks a context, when told to', async () => {
    const bringBack = pbx.dialplan.remove('cc-hold');
    const ami = await RawAmi.login(pbx.port, 'rig', 'rig-all-1');
    const probe = async () => (await ami.send({ Action: 'Getvar', Variable: 'DIALPLAN_EXISTS(cc-hold,s,1)' })).Value;
    assert.equal(await probe(), '0');
    bringBack();
    assert.equal(await probe(), '1');
    ami.close();
  });

  it('closes in the middle of a message, and listens on', async () => {
    const ami = await RawAmi.login(pbx.port, 'rig', 'rig-all-1');
    pbx.ami.cut(true);
    await until('cut', () => pbx.ami.sessionCount === 0);
    assert.deepEqual(await ami.send({ Action: 'Ping' }), {});
    const again = await RawAmi.login(pbx.port, 'rig', 'rig-all-1');
    assert.equal((await again.send({ Action: 'Ping' })).Ping, 'Pong');
    again.close();
  });

  it('lists and allows only what a user may do', async () => {
    const ami = await RawAmi.login(pbx.port, 'zuoxi-actions', 'rig-actions-1');
    const actions = await ami.send({ Action: 'ListCommands' });
    assert.ok(actions.QueueAdd);
    assert.equal(actions.PJSIPShowContacts, undefined);
    assert.equal((await ami.send({ Action: 'PJSIPShowContacts' })).Message, 'Permission denied');
    ami.close();
  });
});
