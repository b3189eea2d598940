import assert from 'node:assert/strict';
import type { QueueOptions } from '../../../src/telephony/simulator/options.js';
import { SimulatedPbx } from '../../../src/telephony/simulator/pbx.js';
import { ManualTimers } from '../../../src/telephony/simulator/timers.js';

/** What app_queue does, telephony.md 1 and 4.3: the product's own rules (pre-pause, wrap-up) are built on it. */
describe('the simulator\u2019s queues', () => {
  let timers: ManualTimers;
  let pbx: SimulatedPbx;
  let heard: Array<{ event: string; body: string }>;

  function begin(queue: Partial<QueueOptions>, members: string[], penalties: Record<string, number> = {}): void {
    timers = new ManualTimers(1_795_375_939_000);
    const extensions = ['1001', '1002', '1003'].map((number) => ({ number }));
    pbx = new SimulatedPbx({ extensions, queues: [{ name: 'q1', ...queue }], dids: { '100': 'q1' }, timers });
    heard = [];
    pbx.ami.tap = (_cls, event, body) => heard.push({ event, body });
    const q1 = pbx.queues.all.get('q1')!;
    for (const number of members) {
      const name = `PJSIP/${number}`;
      const row = { interface: name, memberName: number, stateInterface: name, penalty: penalties[number] ?? 0 };
      pbx.queues.tellAdded(pbx.queues.add(q1, row)!);
    }
  }
  const call = () => pbx.world.call('100', '13800138000')!;
  const member = (number: string) => pbx.queues.all.get('q1')!.members.get(`PJSIP/${number}`)!;
  const told = (event: string) => heard.filter((one) => one.event === event);
  const called = () => told('AgentCalled').map(({ body }) => /MemberName: (\d+)/.exec(body)?.[1]);
  const value = (body: string | undefined, key: string) => new RegExp(`^${key}: (.*)\r$`, 'm').exec(body ?? '')?.[1];

  it('rings one after the other when nobody answers, with rrmemory', () => {
    begin({ extra: { timeout: '5', retry: '1' } }, ['1001', '1002', '1003']);
    call();
    timers.advance(23_000);
    assert.deepEqual(called(), ['1001', '1002', '1003', '1001']);
    assert.equal(value(told('AgentRingNoAnswer')[0]?.body, 'RingTime'), '5000');
    const ends = told('DialEnd').slice(0, 2);
    assert.deepEqual(
      ends.map(({ body }) => value(body, 'DialStatus')),
      ['NOANSWER', 'CANCEL'],
    );
  });

  it('gives the next call to who has waited longest, with leastrecent', () => {
    begin({ strategy: 'leastrecent', extra: { wrapuptime: '0' } }, ['1001', '1002']);
    for (const phone of pbx.phones.values()) phone.behave('answer');
    for (let turn = 0; turn < 4; turn++) {
      const customer = call();
      timers.advance(3000);
      customer.hangUp();
      timers.advance(2000);
    }
    assert.deepEqual(called(), ['1001', '1002', '1001', '1002']);
  });

  it('prefers the lower penalty, and takes the higher when the lower is busy', () => {
    begin({}, ['1001', '1002'], { '1001': 5 });
    for (const phone of pbx.phones.values()) phone.behave('answer');
    call();
    timers.advance(2000);
    call();
    timers.advance(2000);
    assert.deepEqual(called(), ['1002', '1001']);
  });

  it('rings all with ringall, and tells the others when one has answered', () => {
    begin({ strategy: 'ringall' }, ['1001', '1002', '1003']);
    call();
    timers.advance(100);
    assert.equal(called().length, 3);
    pbx.phone('1002').answer();
    timers.advance(100);
    assert.equal(value(told('AgentConnect')[0]?.body, 'MemberName'), '1002');
    assert.equal(pbx.phone('1001').calls.length + pbx.phone('1003').calls.length, 0);
    assert.equal(told('DialEnd').filter(({ body }) => value(body, 'DialStatus') === 'CANCEL').length, 2);
  });

  it('lets a member in wrap-up time alone, then gives him the waiting call', () => {
    begin({ extra: { wrapuptime: '10' } }, ['1001']);
    pbx.phone('1001').behave('answer');
    const first = call();
    timers.advance(1000);
    call();
    first.hangUp();
    timers.advance(8000);
    assert.equal(called().length, 1);
    timers.advance(4000);
    assert.equal(called().length, 2);
  });

  it('sends nobody to a paused member, to a busy one or to one without a phone', () => {
    begin({}, ['1001', '1002', '1003']);
    pbx.queues.pause(member('1001'), true, 'lunch');
    pbx.phone('1002').dial('13800000000');
    pbx.phone('1003').unregister();
    timers.advance(1000);
    call();
    timers.advance(5000);
    assert.deepEqual(called(), []);
    pbx.phone('1003').register();
    timers.advance(1100);
    assert.deepEqual(called(), ['1003']);
  });

  it('serves several callers at once (autofill)', () => {
    begin({}, ['1001', '1002', '1003']);
    for (let turn = 0; turn < 3; turn++) call();
    timers.advance(100);
    assert.deepEqual(called().sort(), ['1001', '1002', '1003']);
  });

  it('tells of a caller who gives up, while he waits and while a phone rings', () => {
    begin({}, ['1001']);
    const first = call();
    timers.advance(3000);
    first.hangUp();
    timers.advance(100);
    const [abandon] = told('QueueCallerAbandon');
    assert.deepEqual([value(abandon?.body, 'Position'), value(abandon?.body, 'HoldTime')], ['1', '3']);
    assert.equal(pbx.phone('1001').calls.length, 0);
    assert.equal(told('QueueCallerLeave').length, 1);
    pbx.phone('1001').unregister();
    call().hangUp();
    timers.advance(100);
    assert.equal(told('QueueCallerAbandon').length, 2);
    assert.equal(pbx.exchange.channels.size, 0);
  });

  it('goes on with a call whose member is removed, and completes it', () => {
    begin({}, ['1001']);
    pbx.phone('1001').behave('answer');
    call();
    timers.advance(1000);
    pbx.queues.remove(pbx.queues.all.get('q1')!, 'PJSIP/1001');
    assert.equal(pbx.exchange.channels.size, 2);
    pbx.phone('1001').hangUp();
    timers.advance(100);
    assert.equal(value(told('AgentComplete')[0]?.body, 'Reason'), 'agent');
    assert.equal(pbx.exchange.channels.size, 0);
  });

  it('leaves no channel and no state behind after a power cut in the middle of calls', () => {
    begin({}, ['1001', '1002']);
    pbx.phone('1001').behave('answer');
    for (let turn = 0; turn < 3; turn++) call();
    timers.advance(1000);
    pbx.exchange.endAll();
    timers.advance(60_000);
    assert.equal(pbx.exchange.channels.size, 0);
    assert.equal(pbx.devices.state('PJSIP/1001'), 'NOT_INUSE');
    assert.equal(pbx.queues.all.get('q1')!.waiting.length, 0);
  });
});
