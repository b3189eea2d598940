import assert from 'node:assert/strict';
import type { Call } from '../../../src/telephony/state.js';
import { Switchboard } from '../../../src/telephony/switchboard.js';
import { Bench, channel, directory } from '../../support/board.js';
import { phone, Scene } from '../../support/scene.js';

function live(b: Bench, callId: string): Call {
  const call = b.board.call(callId);
  assert.ok(call !== null, `${callId} is live`);
  return call;
}

/** Agent 1 has transferred the customer to agent 2 and is gone. */
function handedOver(): { b: Bench; s: Scene } {
  const b = new Bench({});
  const s = new Scene(b);
  s.talk('c1', 'a1', 1);
  s.hold('c1', 'a1', 'c1');
  s.ownRings('cc-c1-k1', 2);
  s.ownAnswers('cc-c1-k1', 2);
  s.join('cc-c1-k1', 'c1');
  s.leaveRoom('cc-c1-k1', 'c1');
  b.send({ kind: 'MusicOnHoldStop', channel: channel('c1') });
  s.bridge('c1', phone('cc-c1-k1', 2));
  s.leaveRoom('a1', 'c1');
  s.gone('a1');
  return { b, s };
}

describe('an agent who hangs up while he consults', () => {
  for (const answered of [false, true]) {
    it(`ends the call, as the customer hears music; the consulted ${answered ? 'talked' : 'rang'}`, () => {
      const b = new Bench({});
      const s = new Scene(b);
      s.talk('c1', 'a1', 1);
      s.hold('c1', 'a1', 'c1');
      s.ownRings('cc-c1-k1', 2);
      if (answered) {
        s.ownAnswers('cc-c1-k1', 2);
        s.join('cc-c1-k1', 'c1');
      }
      s.hangsUp('a1');
      const released = b.wishes().flatMap((wish) => (wish.kind === 'release-leg' ? [wish.legId] : []));
      assert.deepEqual(released.sort(), ['c1', 'cc-c1-k1']);
      s.gone('cc-c1-k1');
      const last = s.gone('c1').changes.findLast((change) => change.kind === 'call');
      assert.equal(last?.call.endedBy, 'agent');
    });
  }
});

describe('a call that was handed over', () => {
  it("is the consulted agent's: he holds, resumes and consults; the record calls him consulted", () => {
    const { b, s } = handedOver();
    assert.deepEqual(
      [live(b, 'c1').phase, b.agent(2).callPhase, b.agent(2).shown],
      ['transferred', 'transferred', 'talking'],
    );
    s.hold('c1', 'cc-c1-k1', 'c1');
    assert.deepEqual([live(b, 'c1').phase, b.agent(2).shown], ['held', 'held']);
    s.musicToRoom('c1', 'c1');
    assert.deepEqual([live(b, 'c1').phase, b.agent(2).shown], ['talking', 'talking']);
    s.roomToMusic('c1', 'c1');
    s.ownRings('cc-c1-k2', 3);
    assert.equal(b.agent(2).shown, 'consult-ringing');
    assert.deepEqual(
      live(b, 'c1').legs.map((leg) => leg.role),
      ['customer', 'agent', 'consult', 'consult'],
    );
  });

  it('held by him, the customer is let go when he hangs up', () => {
    const { b, s } = handedOver();
    s.hold('c1', 'cc-c1-k1', 'c1');
    b.applied.length = 0;
    s.hangsUp('cc-c1-k1');
    assert.deepEqual(
      b.wishes().flatMap((wish) => (wish.kind === 'release-leg' ? [wish.legId] : [])),
      ['c1'],
    );
  });

  it('is still his after a restart of ours', () => {
    const { b } = handedOver();
    const again = new Switchboard();
    again.load(directory(), b.board.agents(), [live(b, 'c1')], b.at);
    again.linkUp(b.at);
    assert.deepEqual([again.snapshot(2).callPhase, again.snapshot(2).shown], ['transferred', 'talking']);
  });
});

describe('legs nobody waits for', () => {
  it('an agent who comes into the room after his customer hung up is let go', () => {
    const b = new Bench({});
    const s = new Scene(b);
    s.talk('c1', 'a1', 1);
    s.hangsUp('c1');
    b.applied.length = 0;
    s.join('a1', 'c1');
    assert.deepEqual(
      b.wishes().flatMap((wish) => (wish.kind === 'release-leg' ? [`${wish.legId} ${wish.because}`] : [])),
      ['a1 customer-left'],
    );
  });

  const releases = (b: Bench) =>
    b.wishes().flatMap((wish) => (wish.kind === 'release-leg' ? [`${wish.legId} ${wish.because}`] : []));
  const held = () => {
    const b = new Bench({});
    const s = new Scene(b);
    s.talk('c1', 'a1', 1);
    s.hold('c1', 'a1', 'c1');
    b.applied.length = 0;
    return { b, s };
  };

  it('a customer who is put on hold while the agent hangs up is let go', () => {
    const b = new Bench({});
    const s = new Scene(b);
    s.talk('c1', 'a1', 1);
    b.applied.length = 0;
    s.leaveBridge('c1', 'b1');
    s.leaveBridge('a1', 'b1');
    s.hangsUp('a1');
    b.send({ kind: 'MusicOnHoldStart', channel: channel('c1') });
    assert.deepEqual(releases(b), ['c1 agent-left']);
  });

  it('a customer who comes back into the room after the agent hung up is let go', () => {
    const { b, s } = held();
    b.send({ kind: 'MusicOnHoldStop', channel: channel('c1') });
    s.hangsUp('a1');
    assert.deepEqual(releases(b), []);
    s.join('c1', 'c1');
    b.send({ kind: 'MusicOnHoldStart', channel: channel('c1') });
    assert.deepEqual(releases(b), ['c1 agent-left']);
  });

  const joining = (b: Bench, on: boolean) =>
    b.keep(b.board.applyLocal({ kind: 'parties-join', at: b.at, callId: 'c1', joining: on }));
  const transferring = (from: 'consultation' | 'conference') => {
    const { b, s } = held();
    s.ownRings('cc-c1-k1', 2);
    s.ownAnswers('cc-c1-k1', 2);
    s.join('cc-c1-k1', 'c1');
    if (from === 'conference') s.musicToRoom('c1', 'c1');
    b.applied.length = 0;
    joining(b, true);
    s.leaveRoom('cc-c1-k1', 'c1');
    if (from === 'conference') s.leaveRoom('c1', 'c1');
    return { b, s };
  };

  for (const from of ['consultation', 'conference'] as const) {
    it(`an agent who hangs up while he transfers out of a ${from}: those two meet`, () => {
      const { b, s } = transferring(from);
      s.hangsUp('a1');
      if (from === 'consultation') b.send({ kind: 'MusicOnHoldStop', channel: channel('c1') });
      s.bridge('c1', phone('cc-c1-k1', 2));
      joining(b, false);
      assert.deepEqual(releases(b), []);
      assert.deepEqual([live(b, 'c1').phase, b.agent(2).shown], ['transferred', 'talking']);
    });
  }

  it('and when they do not meet, whoever is left alone is let go', () => {
    const { b, s } = transferring('consultation');
    s.hangsUp('a1');
    b.send({ kind: 'MusicOnHoldStop', channel: channel('c1') });
    s.hangsUp('cc-c1-k1');
    s.join('c1', 'c1');
    assert.deepEqual(releases(b), []);
    joining(b, false);
    assert.deepEqual(releases(b), ['c1 agent-left']);
  });

  it("a supervisor's phone that rings when the call is over stops", () => {
    const b = new Bench({});
    const s = new Scene(b);
    s.talk('c1', 'a1', 1);
    s.ownRings('cc-c1-s1', 3);
    b.applied.length = 0;
    s.hangsUp('c1');
    s.gone('a1');
    assert.deepEqual(releases(b), ['cc-c1-s1 customer-left']);
  });

  it('a supervisor who has just picked up is nobody to talk to for an agent alone in the room', () => {
    const { b, s } = held();
    s.ownRings('cc-c1-s1', 3);
    s.ownAnswers('cc-c1-s1', 3);
    s.hangsUp('c1');
    assert.deepEqual(releases(b), ['a1 customer-left']);
  });

  it('a leg whose own hang-up got lost is let go after three seconds, and again', () => {
    const b = new Bench({});
    const s = new Scene(b);
    s.talk('c1', 'a1', 1);
    b.send({ kind: 'HangupRequest', channel: channel('c1') });
    const released = (at: number) =>
      b.board.tick(at).wishes.flatMap((wish) => (wish.kind === 'release-leg' ? [`${wish.legId} ${wish.because}`] : []));
    assert.deepEqual(released(b.at + 2_000), []);
    assert.deepEqual(released(b.at + 3_100), ['c1 hang-up-lost']);
    assert.deepEqual(released(b.at + 4_100), []);
    assert.deepEqual(released(b.at + 6_200), ['c1 hang-up-lost']);
  });

  it("a dialled phone that we stop ringing was cancelled, a colleague's number is an internal call", () => {
    const b = new Bench({});
    const s = new Scene(b);
    const colleague = directory().agents.find((agent) => agent.agentId === 2)?.extension?.number ?? '';
    b.board.applyLocal({
      kind: 'dial-requested',
      at: b.at,
      agentId: 1,
      callId: 'd1',
      groupId: null,
      number: colleague,
    });
    s.ownRings('cc-d1-a', 1);
    assert.equal(live(b, 'd1').direction, 'internal');
    b.board.applyLocal({ kind: 'hang-up-requested', at: b.at, callId: 'd1', by: 'agent' });
    s.gone('cc-d1-a');
    const call = b.calls().get('d1');
    assert.deepEqual([call?.result, call?.endedBy], ['cancelled', 'agent']);
  });

  describe('a hang-up that the PBX did not do, while the customer is dialled', () => {
    const dialled = () => {
      const b = new Bench({});
      const s = new Scene(b);
      const asked = { at: b.at, agentId: 1, callId: 'd1', groupId: 10, number: '901' };
      b.board.applyLocal({ kind: 'dial-requested', ...asked });
      s.ownRings('cc-d1-a', 1);
      s.ownAnswers('cc-d1-a', 1);
      s.dials('cc-d1-a', 1, 'd1c', '901');
      b.board.applyLocal({ kind: 'hang-up-requested', at: b.at, callId: 'd1', by: 'agent' });
      return { b, s };
    };
    const ended = (status: string, cause: number, after = 1_000) => {
      const { b, s } = dialled();
      b.at += after;
      const dest = channel('d1c', { name: '', state: 5 });
      b.send({ kind: 'DialEnd', channel: channel('cc-d1-a', { name: '' }), dest, status });
      b.send({ kind: 'Hangup', channel: dest, cause, causeText: '' });
      s.gone('cc-d1-a');
      const call = b.calls().get('d1');
      return [call?.result, call?.endedBy];
    };
    for (const [status, cause, result] of [
      ['BUSY', 17, 'busy'],
      ['NOANSWER', 21, 'busy'],
      ['CONGESTION', 34, 'congestion'],
      ['NOANSWER', 1, 'invalid'],
    ] as const)
      it(`${result} by cause ${cause}: recorded as that`, () => {
        assert.deepEqual(ended(status, cause), [result, 'system']);
      });
    it('nobody answers, long after: recorded as that', () => {
      assert.deepEqual(ended('NOANSWER', 19, 30_000), ['noanswer', 'system']);
    });
    it('done after all: cancelled', () => {
      assert.deepEqual(ended('CANCEL', 16), ['cancelled', 'agent']);
      assert.deepEqual(ended('NOANSWER', 16), ['cancelled', 'agent']);
    });
  });
});
