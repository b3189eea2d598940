import assert from 'node:assert/strict';
import type { Call } from '../../../src/telephony/state.js';
import { Bench, emptyPicture, T0 } from '../../support/board.js';
import { traceEvents } from '../../support/trace.js';

const START = T0 + 100_000;

function replay(name: string, b = new Bench({ wrapUpMode: 'answer' })): Bench {
  for (const event of traceEvents(name, START)) b.keep(b.board.apply(event));
  return b;
}

function onlyCall(b: Bench): Call {
  const calls = [...b.calls().values()];
  assert.equal(calls.length, 1);
  return calls[0]!;
}

function legs(call: Call): string[] {
  return call.legs.map((leg) => `${leg.role} ${leg.number} ${leg.agentId} ${leg.state} ${leg.endedBy} ${leg.result}`);
}

function intervals(call: Call): string[] {
  return call.intervals.map((row) => `${row.kind} ${call.legs.find((leg) => leg.legId === row.legId)?.role}`);
}

describe('traces of a real Asterisk replay to the right end', () => {
  it('queue call, the agent hangs up', () => {
    const b = replay('ast22_queue_agent_bye');
    const call = onlyCall(b);
    assert.equal(call.phase, 'ended');
    assert.deepEqual(
      [call.direction, call.groupId, call.customerNumber, call.did, call.result, call.endedBy],
      ['in', 10, 'trunk', '100', 'answered', 'agent'],
    );
    assert.deepEqual(legs(call), ['customer trunk null gone other answered', 'agent 1002 2 gone self answered']);
    assert.deepEqual(intervals(call), ['wait customer', 'ring agent', 'talk agent']);
    assert.deepEqual(b.words(2), ['ringing', 'talking', 'wrap-up']);
    assert.deepEqual(
      b.wishes().map((wish) => wish.kind),
      ['pause'],
    );
    assert.deepEqual(
      b.agent(2).memberships.map((m) => [m.answered, m.dialled]),
      [
        [1, 1],
        [0, 0],
      ],
    );
    assert.deepEqual([b.board.sizes().channels, b.board.sizes().calls], [0, 0]);
  });

  it('click to dial, answered, the agent hangs up', () => {
    const b = replay('ast22_c2d_answer');
    const call = onlyCall(b);
    assert.deepEqual(
      [call.callId, call.direction, call.agentId, call.customerNumber, call.result, call.endedBy],
      ['22-1795375972584', 'out', 1, '901', 'answered', 'agent'],
    );
    assert.deepEqual(legs(call), ['agent 1001 1 gone self answered', 'customer 901 null gone other answered']);
    assert.deepEqual(b.words(1), ['dialling', 'talking', 'wrap-up']);
    assert.deepEqual(intervals(call), ['ring agent', 'ring customer', 'talk agent']);
  });

  it('hold and resume through the room, the agent hangs up', () => {
    const b = replay('ast22_queue_hold_resume');
    const call = onlyCall(b);
    assert.deepEqual([call.result, call.endedBy, call.agentId], ['answered', 'agent', 2]);
    assert.deepEqual(b.words(2), ['ringing', 'talking', 'held', 'talking', 'wrap-up']);
    assert.deepEqual(intervals(call), ['wait customer', 'ring agent', 'talk agent', 'hold customer', 'talk agent']);
    assert.deepEqual(
      b.wishes().map((wish) => wish.kind),
      ['pause'],
      'the room lets the customer go by itself',
    );
  });

  it('hold, consult, transfer; then the customer hangs up', () => {
    const b = replay('ast22_queue_consult_transfer');
    const call = onlyCall(b);
    assert.deepEqual([call.result, call.endedBy, call.agentId], ['answered', 'customer', 3]);
    assert.deepEqual(legs(call), [
      'customer trunk null gone self answered',
      'agent 1002 2 gone other answered',
      'consult 1003 3 gone other answered',
    ]);
    assert.deepEqual(b.words(2), ['ringing', 'talking', 'held', 'consulting', 'talking', 'wrap-up']);
    assert.deepEqual(b.words(3).slice(-2), ['talking', 'wrap-up'], 'the call became his');
    assert.deepEqual(intervals(call), [
      'wait customer',
      'ring agent',
      'talk agent',
      'hold customer',
      'consult consult',
      'talk consult',
    ]);
    assert.ok(call.intervals.every((row) => row.endedAt !== null));
  });

  it('predictive dial, busy', () => {
    const b = new Bench();
    const asked = { agentId: 1, callId: '22-1795375975298', groupId: 10, number: '701' };
    b.board.applyLocal({ kind: 'dial-requested', at: START, ...asked });
    const call = onlyCall(replay('ast22_originate_busy', b));
    assert.deepEqual(
      [call.direction, call.customerNumber, call.result, call.endedBy, call.legs[0]?.cause],
      ['out', '701', 'busy', 'customer', 17],
    );
    assert.deepEqual(b.words(1), []);
  });

  it('check-in, pause, wrap-up pause, unpause, check-out', () => {
    const b = new Bench({}, false);
    replay('ast22_member_login_pause_logout', b);
    assert.deepEqual(b.words(2), ['idle', 'paused', 'idle', 'signed-out']);
    const reasons = b.applied.flatMap(({ changes }) =>
      changes.flatMap((change) => (change.kind === 'agent' ? [change.to.memberships[0]?.pauseReason] : [])),
    );
    assert.deepEqual(reasons, ['', 'lunch', 'wrapup', '', '']);
  });

  it('the phone goes and comes', () => {
    const b = new Bench({ agents: 4 });
    replay('ast22_phone_unregister_register', b);
    const seen = b.applied.flatMap(({ changes }) =>
      changes.flatMap((change) => (change.kind === 'agent' ? [`${change.agentId} ${change.to.phone}`] : [])),
    );
    assert.deepEqual(seen.slice(0, 2), ['4 missing', '4 reachable']);
    assert.equal(b.agent(4).phone, 'reachable');
    assert.ok((b.agent(4).phoneRttMicros ?? 0) > 0);
  });

  for (const name of [
    'ast22_queue_agent_bye',
    'ast22_queue_hold_resume',
    'ast22_queue_consult_transfer',
    'ast22_c2d_answer',
  ]) {
    it(`${name}: every event twice changes nothing`, () => {
      const once = replay(name);
      const twice = new Bench({ wrapUpMode: 'answer' });
      for (const event of traceEvents(name, START)) {
        twice.keep(twice.board.apply(event));
        const again = twice.board.apply(event);
        assert.deepEqual(again.changes, [], `${event.kind} again`);
        assert.deepEqual(again.wishes, []);
      }
      assert.deepEqual([...twice.calls().values()], [...once.calls().values()]);
      assert.deepEqual(twice.board.agents(), once.board.agents());
    });

    it(`${name}: any two neighbouring events swapped come to the same end`, () => {
      const straight = onlyCall(replay(name));
      const events = traceEvents(name, START);
      for (let index = 0; index + 1 < events.length; index++) {
        const order = [...events];
        [order[index], order[index + 1]] = [order[index + 1]!, order[index]!];
        const b = new Bench({ wrapUpMode: 'answer' });
        for (const event of order) b.keep(b.board.apply(event));
        const call = onlyCall(b);
        const where = `${events[index]?.kind} and ${events[index + 1]?.kind} at ${index}`;
        assert.deepEqual([call.phase, call.result, call.endedBy], ['ended', straight.result, straight.endedBy], where);
        assert.deepEqual(legs(call).sort(), legs(straight).sort(), where);
        assert.deepEqual([b.board.sizes().channels, b.board.sizes().calls], [0, 0], where);
      }
    });

    it(`${name}: cut at any event, reconcile closes what the PBX no longer has`, () => {
      const events = traceEvents(name, START);
      for (let cut = 1; cut < events.length; cut += 3) {
        const b = new Bench({ wrapUpMode: 'answer' });
        for (const event of events.slice(0, cut)) b.keep(b.board.apply(event));
        b.keep(b.board.linkDown(START + 500, 'link-lost'));
        const picture = emptyPicture(START + 9000);
        b.keep(b.board.reconcile(picture));
        assert.deepEqual([b.board.sizes().channels, b.board.sizes().calls], [0, 0]);
        for (const call of b.calls().values()) {
          assert.equal(call.phase, 'ended');
          assert.ok(call.legs.every((leg) => leg.state === 'gone'));
          assert.ok(call.intervals.every((row) => row.endedAt !== null));
        }
        for (const event of events.slice(cut)) b.board.apply(event);
        assert.equal(b.board.openCalls().length, 0, `late events after a cut at ${cut} revive nothing`);
        assert.deepEqual(b.board.reconcile(picture).changes, [], 'idempotent');
      }
    });
  }
});
