import assert from 'node:assert/strict';
import type { Call, LegRole } from '../../../src/telephony/state.js';
import { Bench, channel, T0 } from '../../support/board.js';
import { phone, Scene } from '../../support/scene.js';

function scene(plan = {}): { b: Bench; s: Scene } {
  const b = new Bench(plan);
  return { b, s: new Scene(b) };
}

function live(b: Bench, callId: string): Call {
  const call = b.board.call(callId);
  assert.ok(call !== null, `${callId} is live`);
  return call;
}

function told(b: Bench, callId: string): Call {
  const call = b.calls().get(callId);
  assert.ok(call !== undefined, `${callId} was told`);
  return call;
}

function state(call: Call, role: LegRole): string | undefined {
  return call.legs.filter((leg) => leg.role === role).at(-1)?.state;
}

describe('queue calls', () => {
  it('queued, ringing, talking, ended; counters of the group of the queue only', () => {
    const { b, s } = scene();
    s.customerWaits('c1', 'q2');
    assert.equal(live(b, 'c1').phase, 'queued');
    s.rings('c1', 'a1', 1, 'q2');
    assert.equal(live(b, 'c1').phase, 'ringing');
    assert.deepEqual([b.agent(1).shown, b.agent(1).callPhase], ['ringing', 'ringing']);
    s.answers('c1', 'a1', 1, 'q2');
    assert.equal(live(b, 'c1').phase, 'talking');
    assert.equal(state(live(b, 'c1'), 'customer'), 'talking');
    const since = b.at;
    s.hangsUp('c1');
    s.gone('a1');
    const call = told(b, 'c1');
    assert.deepEqual([call.phase, call.result, call.endedBy, call.groupId], ['ended', 'answered', 'customer', 20]);
    const [first, second] = b.agent(1).memberships;
    assert.deepEqual([first?.answered, first?.dialled, first?.talkMillis], [0, 0, 0]);
    assert.deepEqual([second?.answered, second?.dialled], [1, 1]);
    assert.ok((second?.talkMillis ?? 0) >= b.at - since);
    assert.equal(second?.lastCallEndedAt, b.at);
    assert.equal(b.agent(1).shown, 'idle');
  });

  it('tells the queue its waiting callers and the longest one', () => {
    const { b, s } = scene();
    s.customerWaits('c1');
    const first = b.at - 1000;
    s.customerWaits('c2');
    s.hangsUp('c1');
    const queue = b.applied.flatMap(({ changes }) => changes.flatMap((c) => (c.kind === 'queue' ? [c] : [])));
    assert.deepEqual(
      queue.map((change) => change.waiting),
      [1, 2, 1],
    );
    assert.deepEqual(
      queue.map((change) => change.groupId),
      [10, 10, 10],
    );
    assert.equal(queue[1]?.longestSince, first);
    assert.ok((queue[2]?.longestSince ?? 0) > first);
  });

  it('abandoned while waiting, and while ringing', () => {
    const { b, s } = scene();
    s.customerWaits('c1');
    s.rings('c1', 'a1', 1);
    b.send({ kind: 'HangupRequest', channel: channel('c1') });
    s.gone('a1', 26);
    b.send({ kind: 'QueueCallerAbandon', channel: channel('c1'), queue: 'q1', holdSeconds: 4 });
    s.gone('c1');
    const call = told(b, 'c1');
    assert.deepEqual([call.result, call.endedBy, call.answeredAt], ['abandoned', 'customer', null]);
    assert.equal(call.legs[1]?.result, 'cancelled');
    assert.equal(b.agent(1).shown, 'idle');
  });

  it('one call rings several agents, one after the other and at once', () => {
    const { b, s } = scene();
    s.customerWaits('c1');
    s.rings('c1', 'a1', 1);
    b.send({ kind: 'DialEnd', channel: channel('c1'), dest: phone('a1', 1, { state: 5 }), status: 'NOANSWER' });
    b.send({ kind: 'DialEnd', channel: channel('c1'), dest: phone('a1', 1, { state: 5 }), status: 'CANCEL' });
    s.gone('a1', 0);
    assert.equal(live(b, 'c1').phase, 'queued');
    s.rings('c1', 'a2', 2);
    s.rings('c1', 'a3', 3);
    assert.deepEqual([b.agent(2).shown, b.agent(3).shown], ['ringing', 'ringing']);
    s.answers('c1', 'a3', 3);
    assert.deepEqual([b.agent(2).shown, b.agent(3).shown], ['ringing', 'talking']);
    s.gone('a2', 26);
    assert.deepEqual([b.agent(2).shown, live(b, 'c1').phase, live(b, 'c1').agentId], ['idle', 'talking', 3]);
    assert.deepEqual(
      live(b, 'c1').legs.map((leg) => leg.result),
      [null, 'noanswer', 'cancelled', null],
    );
    assert.deepEqual(b.agent(1).memberships[0]?.dialled, 1);
  });

  it('an agent who rejects does not end the call', () => {
    const { b, s } = scene();
    s.customerWaits('c1');
    s.rings('c1', 'a1', 1);
    b.send({ kind: 'HangupRequest', channel: phone('a1', 1, { state: 5 }) });
    s.gone('a1', 21);
    assert.equal(live(b, 'c1').phase, 'queued');
    s.hangsUp('c1');
    const call = told(b, 'c1');
    assert.deepEqual([call.endedBy, call.legs[1]?.endedBy, call.legs[1]?.result], ['customer', 'self', 'rejected']);
  });

  it('the dialplan names the call: id, DID and caller', () => {
    const { b, s } = scene();
    const caller = channel('c1', { callerNumber: '', state: 4, exten: '4001' });
    b.send({ kind: 'Newchannel', channel: caller });
    const fields = { DID: '4001', CLI: '13900000000' };
    b.send({ kind: 'CC', op: 'in', callId: '01ABC', channel: caller, fields });
    assert.deepEqual([live(b, '01ABC').did, live(b, '01ABC').customerNumber], ['4001', '13900000000']);
    b.send({ kind: 'QueueCallerJoin', channel: caller, queue: 'q1', position: 1, waiting: 1 });
    s.rings('c1', 'a1', 1);
    assert.deepEqual([live(b, '01ABC').phase, live(b, '01ABC').groupId], ['ringing', 10]);
    assert.equal(b.agent(1).callId, '01ABC');
  });

  it('a Local channel as member is replaced by the phone behind it', () => {
    const { b, s } = scene();
    s.customerWaits('c1');
    const local = channel('l1', { name: 'Local/1001@agents-0001;1', linkedid: 'c1', state: 0 });
    const far = channel('l2', { name: 'Local/1001@agents-0001;2', linkedid: 'c1', state: 4 });
    const real = phone('a1', 1, { linkedid: 'c1', state: 0 });
    for (const facts of [local, far]) b.send({ kind: 'Newchannel', channel: facts });
    b.send({ kind: 'AgentCalled', channel: channel('c1'), dest: local, ...b.member('2018', 'q1') });
    b.send({ kind: 'Newchannel', channel: real });
    b.send({ kind: 'DialBegin', channel: far, dest: real, dialString: 'PJSIP/1001' });
    const up = { ...local, state: 6 };
    const times = { holdSeconds: 0, ringSeconds: 0 };
    b.send({ kind: 'AgentConnect', channel: channel('c1'), dest: up, ...b.member('2018', 'q1'), ...times });
    s.bridge('c1', up);
    const place = { bridgeId: 'b1', bridgeType: 'basic', bridgeChannels: 2 };
    b.send({ kind: 'BridgeEnter', channel: { ...real, state: 6 }, ...place, swapUniqueid: 'l1' });
    s.gone('l1');
    s.gone('l2');
    assert.deepEqual([live(b, 'c1').phase, state(live(b, 'c1'), 'agent')], ['talking', 'talking']);
    assert.equal(b.calls().size, 1, 'the far half makes no call of its own');
    s.hangsUp('a1');
    s.gone('c1');
    assert.deepEqual(
      [told(b, 'c1').endedBy, b.agent(1).shown, b.agent(1).memberships[0]?.answered],
      ['agent', 'idle', 1],
    );
  });
});

describe('calls an agent makes', () => {
  function dialled(): { b: Bench; s: Scene } {
    const it = scene();
    const asked = { at: T0, agentId: 1, callId: 'X1', groupId: 20, number: '901' };
    it.b.keep(it.b.board.applyLocal({ kind: 'dial-requested', ...asked }));
    it.s.ownRings('cc-X1-a', 1);
    return it;
  }

  it('click to dial: own phone, customer, talk', () => {
    const { b, s } = dialled();
    assert.deepEqual(
      [live(b, 'X1').phase, b.agent(1).shown, b.agent(1).callPhase],
      ['dialling-agent', 'dialling', 'dialling-agent'],
    );
    s.ownAnswers('cc-X1-a', 1);
    assert.equal(live(b, 'X1').phase, 'dialling-agent');
    s.dials('cc-X1-a', 1, 'd1', '901');
    assert.deepEqual([live(b, 'X1').phase, b.agent(1).callPhase], ['dialling-customer', 'dialling-customer']);
    b.send({ kind: 'DialEnd', channel: phone('cc-X1-a', 1), dest: channel('d1'), status: 'ANSWER' });
    assert.equal(live(b, 'X1').phase, 'talking');
    s.bridge('d1', phone('cc-X1-a', 1));
    s.hangsUp('d1');
    s.gone('cc-X1-a');
    const call = told(b, 'X1');
    assert.deepEqual(
      [call.result, call.endedBy, call.groupId, call.customerNumber],
      ['answered', 'customer', 20, '901'],
    );
    assert.deepEqual([b.agent(1).memberships[1]?.answered, b.agent(1).memberships[1]?.dialled], [1, 1]);
  });

  for (const [status, cause, result] of [
    ['BUSY', 17, 'busy'],
    ['CONGESTION', 34, 'congestion'],
    ['NOANSWER', 1, 'invalid'],
    ['NOANSWER', 19, 'noanswer'],
    ['CANCEL', 16, 'cancelled'],
    ['CHANUNAVAIL', 20, 'failed'],
  ] as const) {
    it(`the customer's ${status} with cause ${cause} is ${result}`, () => {
      const { b, s } = dialled();
      s.ownAnswers('cc-X1-a', 1);
      s.dials('cc-X1-a', 1, 'd1', '901');
      b.send({ kind: 'DialEnd', channel: phone('cc-X1-a', 1), dest: channel('d1', { state: 5 }), status });
      s.gone('d1', cause);
      s.gone('cc-X1-a');
      assert.deepEqual([told(b, 'X1').result, told(b, 'X1').answeredAt], [result, null]);
      assert.equal(b.agent(1).shown, 'idle');
      assert.equal(b.agent(1).memberships[1]?.answered, 0);
    });
  }

  for (const hangupFirst of [true, false]) {
    it(`own phone does not answer: OriginateResponse ${hangupFirst ? 'after' : 'before'} Hangup`, () => {
      const { b, s } = dialled();
      const failure = { actionId: '1', success: false, reason: 3, uniqueid: 'cc-X1-a', channelName: 'PJSIP/1001' };
      if (!hangupFirst) b.send({ kind: 'OriginateResponse', ...failure });
      s.gone('cc-X1-a', 0);
      if (hangupFirst) b.send({ kind: 'OriginateResponse', ...failure });
      assert.equal(told(b, 'X1').result, 'noanswer');
      assert.equal(b.agent(1).shown, 'idle');
    });
  }

  it('a phone that cannot be rung leaves a failed call, by the answer or by time', () => {
    for (const answered of [true, false]) {
      const b = new Bench();
      const asked = { at: b.at, agentId: 1, callId: 'X2', groupId: 10, number: '902' };
      b.board.applyLocal({ kind: 'dial-requested', ...asked });
      const failure = { actionId: '1', success: false, reason: 0, uniqueid: 'cc-X2-a', channelName: 'PJSIP/1001' };
      if (answered) b.send({ kind: 'OriginateResponse', ...failure });
      else b.keep(b.board.tick(b.at + 61_000));
      const call = told(b, 'X2');
      assert.deepEqual([call.phase, call.result, call.agentId, call.legs.length], ['ended', 'failed', 1, 0]);
      assert.equal(b.board.sizes().pendingDials, 0);
    }
  });

  it('dialled on the phone itself: belongs to the first group', () => {
    const { b, s } = scene();
    b.send({ kind: 'Newchannel', channel: phone('h1', 1, { state: 4, exten: '901' }) });
    s.dials('h1', 1, 'd1', '901');
    assert.deepEqual(
      [live(b, 'h1').direction, live(b, 'h1').groupId, live(b, 'h1').customerNumber],
      ['out', 10, '901'],
    );
    assert.equal(b.agent(1).shown, 'dialling');
    b.send({ kind: 'Newstate', channel: channel('d1') });
    assert.equal(b.agent(1).shown, 'talking');
  });

  it('an internal call is in the state of both agents', () => {
    const { b, s } = scene();
    b.send({ kind: 'Newchannel', channel: phone('h1', 1, { state: 4, exten: '1002' }) });
    const dest = phone('h2', 2, { linkedid: 'h1', state: 0 });
    b.send({ kind: 'Newchannel', channel: dest });
    b.send({ kind: 'DialBegin', channel: phone('h1', 1, { state: 4 }), dest, dialString: 'PJSIP/1002' });
    assert.deepEqual([b.agent(1).shown, b.agent(2).shown], ['dialling', 'ringing']);
    assert.equal(live(b, 'h1').direction, 'internal');
    b.send({ kind: 'Newstate', channel: phone('h2', 2) });
    s.bridge('h1', phone('h2', 2));
    assert.deepEqual(
      [b.agent(1).shown, b.agent(2).shown, live(b, 'h1').customerNumber],
      ['talking', 'talking', '1002'],
    );
    s.hangsUp('h2');
    s.gone('h1');
    assert.deepEqual([b.agent(1).shown, b.agent(2).shown], ['idle', 'idle']);
  });

  it('an agent who phones a queue is the customer of an internal call', () => {
    const { b, s } = scene();
    const own = phone('h1', 1, { state: 4, exten: '4001' });
    b.send({ kind: 'Newchannel', channel: own });
    b.send({ kind: 'QueueCallerJoin', channel: { ...own, state: 6 }, queue: 'q1', position: 1, waiting: 1 });
    s.rings('h1', 'a2', 2);
    assert.deepEqual(
      [b.agent(1).shown, b.agent(2).shown, live(b, 'h1').direction],
      ['dialling', 'ringing', 'internal'],
    );
    s.answers('h1', 'a2', 2);
    assert.deepEqual([b.agent(1).shown, b.agent(2).shown, live(b, 'h1').agentId], ['talking', 'talking', 2]);
    s.hangsUp('h1');
    s.gone('a2');
    assert.deepEqual([b.agent(1).shown, b.agent(2).shown], ['idle', 'idle']);
  });

  it('an agent who phones a queue and gives up was not answered', () => {
    const { b, s } = scene();
    const own = phone('h1', 1, { state: 4, exten: '4001' });
    b.send({ kind: 'Newchannel', channel: own });
    b.send({ kind: 'QueueCallerJoin', channel: { ...own, state: 6 }, queue: 'q1', position: 1, waiting: 1 });
    s.hangsUp('h1');
    const { result, answeredAt, direction } = told(b, 'h1');
    assert.deepEqual([result, answeredAt, direction], ['abandoned', null, 'internal']);
  });

  it("a call straight to an agent's phone rings him", () => {
    const { b, s } = scene();
    b.send({ kind: 'Newchannel', channel: channel('c1', { state: 4, callerNumber: '138' }) });
    const dest = phone('a1', 1, { linkedid: 'c1', state: 0 });
    b.send({ kind: 'Newchannel', channel: dest });
    b.send({ kind: 'DialBegin', channel: channel('c1', { state: 4 }), dest, dialString: 'PJSIP/1001' });
    assert.deepEqual([live(b, 'c1').phase, live(b, 'c1').direction, b.agent(1).shown], ['ringing', 'in', 'ringing']);
    b.send({ kind: 'Newstate', channel: { ...dest, state: 6 } });
    s.bridge('c1', { ...dest, state: 6 });
    assert.deepEqual([b.agent(1).shown, live(b, 'c1').customerNumber], ['talking', '138']);
  });
});

describe('supplementary services', () => {
  it('hold and resume ten times', () => {
    const { b, s } = scene();
    s.talk('c1', 'a1', 1);
    s.hold('c1', 'a1', 'c1');
    assert.deepEqual(
      [b.agent(1).shown, state(live(b, 'c1'), 'customer'), state(live(b, 'c1'), 'agent')],
      ['held', 'held', 'waiting'],
    );
    for (let round = 0; round < 9; round++) {
      s.musicToRoom('c1', 'c1');
      assert.equal(b.agent(1).shown, 'talking');
      s.roomToMusic('c1', 'c1');
      assert.equal(b.agent(1).shown, 'held');
    }
    assert.equal(live(b, 'c1').intervals.filter((row) => row.kind === 'hold').length, 10);
  });

  it("the phone's own hold key", () => {
    const { b, s } = scene();
    s.talk('c1', 'a1', 1);
    b.send({ kind: 'Hold', channel: phone('a1', 1) });
    b.send({ kind: 'MusicOnHoldStart', channel: channel('c1') });
    assert.deepEqual([b.agent(1).shown, state(live(b, 'c1'), 'customer')], ['held', 'held']);
    b.send({ kind: 'Unhold', channel: phone('a1', 1) });
    b.send({ kind: 'MusicOnHoldStop', channel: channel('c1') });
    assert.deepEqual([b.agent(1).shown, state(live(b, 'c1'), 'customer')], ['talking', 'talking']);
  });

  function consulting(): { b: Bench; s: Scene } {
    const it = scene();
    it.s.talk('c1', 'a1', 1);
    it.s.hold('c1', 'a1', 'c1');
    it.s.ownRings('cc-c1-k1', 2);
    assert.deepEqual([it.b.agent(1).shown, it.b.agent(2).shown], ['consult-ringing', 'ringing']);
    it.s.ownAnswers('cc-c1-k1', 2);
    it.s.join('cc-c1-k1', 'c1');
    assert.deepEqual([it.b.agent(1).shown, it.b.agent(2).shown], ['consulting', 'talking']);
    return it;
  }

  it('consult refused: held again, the consulted agent is free', () => {
    const { b, s } = scene();
    s.talk('c1', 'a1', 1);
    s.hold('c1', 'a1', 'c1');
    s.ownRings('cc-c1-k1', 2);
    b.send({ kind: 'HangupRequest', channel: phone('cc-c1-k1', 2, { state: 5 }) });
    s.gone('cc-c1-k1', 21);
    assert.deepEqual([b.agent(1).shown, b.agent(2).shown, b.agent(2).callId], ['held', 'idle', null]);
    s.musicToRoom('c1', 'c1');
    s.hangsUp('a1');
    s.gone('c1');
    assert.equal(told(b, 'c1').endedBy, 'agent', 'the refused consult did not end the call');
  });

  it('consult, retrieve', () => {
    const { b, s } = consulting();
    s.leaveRoom('cc-c1-k1', 'c1');
    assert.equal(b.agent(1).shown, 'consulting', 'on its way out');
    s.gone('cc-c1-k1');
    assert.equal(b.agent(1).shown, 'held');
    s.musicToRoom('c1', 'c1');
    assert.equal(b.agent(1).shown, 'talking');
  });

  it('talk goes on with the customer while the next party rings and the first has left the conference', () => {
    const { b, s } = consulting();
    s.musicToRoom('c1', 'c1');
    s.ownRings('cc-c1-k2', 3);
    s.leaveRoom('cc-c1-k1', 'c1');
    s.gone('cc-c1-k1');
    assert.equal(b.agent(1).shown, 'consult-ringing');
    const open = live(b, 'c1').intervals.filter(({ endedAt }) => endedAt === null);
    assert.deepEqual(open.map(({ kind }) => kind).sort(), ['ring', 'talk']);
  });

  it('a consultation is recorded from its first moment, also where the room tells late who has joined it', () => {
    const { b, s } = scene();
    s.talk('c1', 'a1', 1);
    s.hold('c1', 'a1', 'c1');
    s.ownRings('cc-c1-k1', 2);
    s.ownAnswers('cc-c1-k1', 2);
    const enter = { bridgeId: 'room-c1', bridgeType: 'base', bridgeChannels: 2, swapUniqueid: null };
    b.send({ kind: 'BridgeEnter', channel: phone('cc-c1-k1', 2), ...enter });
    assert.equal(b.agent(1).shown, 'consulting');
    // The agent has pressed conference in this very moment.
    s.musicToRoom('c1', 'c1');
    assert.equal(b.agent(1).shown, 'conference');
    b.send({ kind: 'ConfbridgeJoin', channel: phone('cc-c1-k1', 2), room: 'c1' });
    const kinds = live(b, 'c1').intervals.map(({ kind }) => kind);
    assert.deepEqual(
      kinds.filter((kind) => kind === 'consult' || kind === 'conference'),
      ['consult', 'conference'],
    );
  });

  for (const [first, then, endedBy] of [
    ['cc-c1-k1', 'talking', 'agent'],
    ['c1', 'consulting', 'customer'],
  ] as const) {
    it(`conference, ${first} leaves first`, () => {
      const { b, s } = consulting();
      s.musicToRoom('c1', 'c1');
      assert.deepEqual([b.agent(1).shown, b.agent(2).shown], ['conference', 'conference']);
      assert.deepEqual(
        live(b, 'c1').legs.map((leg) => leg.state),
        ['room', 'room', 'room'],
      );
      b.send({ kind: 'HangupRequest', channel: channel(first, { name: '' }) });
      s.leaveRoom(first, 'c1');
      s.gone(first);
      assert.equal(b.agent(1).shown, then);
      s.hangsUp('a1');
      for (const id of ['c1', 'cc-c1-k1']) if (id !== first) s.gone(id);
      assert.deepEqual([told(b, 'c1').phase, told(b, 'c1').endedBy], ['ended', endedBy]);
    });
  }

  it('conference, the agent leaves first: customer and consulted talk on', () => {
    const { b, s } = consulting();
    s.musicToRoom('c1', 'c1');
    b.send({ kind: 'HangupRequest', channel: channel('a1', { name: '' }) });
    s.leaveRoom('a1', 'c1');
    s.gone('a1');
    assert.deepEqual([live(b, 'c1').phase, live(b, 'c1').agentId, b.agent(1).shown], ['transferred', 2, 'idle']);
    s.hangsUp('c1');
    s.gone('cc-c1-k1');
    assert.equal(told(b, 'c1').endedBy, 'customer');
  });

  it('transfer: the call leaves the agent and lives on with the consulted', () => {
    const { b, s } = consulting();
    s.leaveRoom('cc-c1-k1', 'c1');
    b.send({ kind: 'MusicOnHoldStop', channel: channel('c1') });
    s.bridge('c1', phone('cc-c1-k1', 2));
    assert.deepEqual([live(b, 'c1').phase, live(b, 'c1').agentId], ['transferred', 2]);
    s.leaveRoom('a1', 'c1');
    s.gone('a1');
    assert.deepEqual([b.agent(1).shown, b.agent(2).shown], ['idle', 'talking']);
    assert.deepEqual(
      live(b, 'c1').legs.map((leg) => leg.state),
      ['talking', 'gone', 'talking'],
    );
    s.hangsUp('c1');
    s.gone('cc-c1-k1');
    assert.equal(b.agent(2).shown, 'idle');
  });

  it('a transfer that fails puts all back: consulting, conference, talking', () => {
    const { b, s } = consulting();
    s.leaveRoom('cc-c1-k1', 'c1');
    b.send({ kind: 'MusicOnHoldStop', channel: channel('c1') });
    s.join('cc-c1-k1', 'c1');
    s.join('c1', 'c1');
    assert.equal(live(b, 'c1').phase, 'conference');
  });

  it('listens, barges in, takes over', () => {
    const { b, s } = scene();
    s.talk('c1', 'a1', 1);
    s.ownRings('cc-c1-s1', 3);
    s.ownAnswers('cc-c1-s1', 3);
    const spyer = phone('cc-c1-s1', 3);
    b.send({ kind: 'ChanSpyStart', spyer, spyee: phone('a1', 1) });
    assert.deepEqual([live(b, 'c1').phase, state(live(b, 'c1'), 'supervisor')], ['talking', 'talking']);
    s.hold('c1', 'a1', 'c1');
    s.musicToRoom('c1', 'c1');
    assert.equal(b.agent(1).shown, 'talking', 'spying survives the move');
    b.send({ kind: 'ChanSpyStop', spyer, spyee: phone('a1', 1) });
    s.join('cc-c1-s1', 'c1');
    assert.equal(b.agent(1).shown, 'conference');
    s.leaveRoom('a1', 'c1');
    s.gone('a1');
    const call = live(b, 'c1');
    assert.deepEqual([call.phase, call.agentId, call.legs[2]?.role], ['talking', 3, 'agent']);
    assert.deepEqual([b.agent(1).shown, b.agent(3).shown], ['idle', 'talking']);
    assert.ok(call.intervals.some((row) => row.kind === 'supervise' && row.endedAt !== null));
    s.hangsUp('c1');
    s.gone('cc-c1-s1');
    assert.equal(told(b, 'c1').phase, 'ended');
  });

  it('wishes to release whom nobody else lets go', () => {
    const { b, s } = scene();
    s.talk('c1', 'a1', 1);
    s.hold('c1', 'a1', 'c1');
    s.hangsUp('c1');
    assert.deepEqual(
      b.wishes().map((wish) => (wish.kind === 'release-leg' ? `${wish.legId} ${wish.because}` : wish.kind)),
      ['a1 customer-left'],
    );
    s.gone('a1');
    s.talk('c2', 'a2', 1);
    s.hold('c2', 'a2', 'c2');
    s.ownRings('cc-c2-k1', 2);
    b.applied.length = 0;
    s.hangsUp('a2');
    const released = b.wishes().flatMap((wish) => (wish.kind === 'release-leg' ? [wish.legId] : []));
    assert.deepEqual(released, ['c2', 'cc-c2-k1']);
  });

  it('names who asked us to hang up, unless a party was quicker', () => {
    const { b, s } = scene();
    s.talk('c1', 'a1', 1);
    b.board.applyLocal({ kind: 'hang-up-requested', at: b.at, callId: 'c1', by: 'agent' });
    s.gone('c1');
    assert.equal(live(b, 'c1').endedBy, null, 'open still');
    s.gone('a1');
    assert.equal(told(b, 'c1').endedBy, 'agent');
    s.talk('c3', 'a3', 3);
    b.board.applyLocal({ kind: 'hang-up-requested', at: b.at, callId: 'c3', by: 'supervisor' });
    b.at += 60_000;
    s.hangsUp('c3');
    s.gone('a3');
    assert.equal(told(b, 'c3').endedBy, 'customer', 'the request came to nothing');
    s.talk('c2', 'a2', 1);
    s.gone('c2');
    s.gone('a2');
    assert.equal(told(b, 'c2').endedBy, 'system');
  });
});
