import assert from 'node:assert/strict';
import type { Wish } from '../../../src/telephony/state.js';
import { Bench, channel, directory, type Plan } from '../../support/board.js';
import { phone, Scene } from '../../support/scene.js';

function scene(plan: Plan): { b: Bench; s: Scene } {
  const b = new Bench(plan);
  return { b, s: new Scene(b) };
}

function said(wishes: Wish[]): string[] {
  return wishes.map((wish) => {
    const queues = 'queues' in wish && wish.queues !== undefined ? ` in ${wish.queues.join('+')}` : '';
    return `${wish.kind}${wish.kind === 'pause' ? ` ${wish.reason}` : ''}${queues}`;
  });
}

function take(b: Bench): string[] {
  const wishes = said(b.wishes());
  b.applied.length = 0;
  return wishes;
}

function end(b: Bench, agentId: number, thenPause: { reason: string; note: string } | null = null): void {
  b.keep(b.board.applyLocal({ kind: 'end-wrap-up', at: b.at, agentId, because: 'agent', thenPause }));
}

describe('wrap-up', () => {
  it('mode off: nothing is paused', () => {
    const { b, s } = scene({ wrapUpMode: 'off' });
    s.talk('c1', 'a1', 1);
    s.hangsUp('c1');
    s.gone('a1');
    assert.deepEqual([take(b), b.agent(1).work], [[], 'idle']);
  });

  it('mode answer: paused at the answer, wrap-up when the call leaves, unpaused at its end', () => {
    const { b, s } = scene({ wrapUpMode: 'answer' });
    s.customerWaits('c1');
    s.rings('c1', 'a1', 1);
    assert.deepEqual(take(b), []);
    s.answers('c1', 'a1', 1);
    assert.deepEqual(take(b), ['pause wrapup']);
    b.pause('2018', 'wrapup');
    assert.deepEqual([b.agent(1).shown, b.agent(1).work], ['talking', 'idle'], 'our own pause does not show');
    s.hangsUp('c1');
    assert.equal(b.agent(1).work, 'idle', 'the agent still has his leg');
    s.gone('a1');
    assert.deepEqual([b.agent(1).shown, b.agent(1).wrapUpCallId, b.agent(1).wrapUpUntil], ['wrap-up', 'c1', null]);
    assert.deepEqual(take(b), [], 'paused already');
    const { since } = b.agent(1);
    b.at += 5_000;
    end(b, 1);
    assert.deepEqual(take(b), ['unpause']);
    assert.deepEqual(
      [b.agent(1).shown, b.agent(1).wrapUpCallId, b.agent(1).since],
      ['wrap-up', 'c1', since],
      'as it was, until the PBX lets him go',
    );
    b.pause('2018', '');
    assert.equal(b.agent(1).shown, 'idle');
  });

  it('mode answer: a ring without answer leads to nothing', () => {
    const { b, s } = scene({ wrapUpMode: 'answer' });
    s.customerWaits('c1');
    s.rings('c1', 'a1', 1);
    s.gone('a1', 0);
    assert.deepEqual([take(b), b.agent(1).shown], [[], 'idle']);
  });

  it('mode ring: paused at the ring; any ring leads to wrap-up', () => {
    const { b, s } = scene({ wrapUpMode: 'ring' });
    s.customerWaits('c1');
    s.rings('c1', 'a1', 1);
    assert.deepEqual(take(b), ['pause wrapup']);
    s.gone('a1', 0);
    assert.deepEqual([take(b), b.agent(1).shown], [[], 'wrap-up']);
  });

  it('a missing AgentConnect: the bridge does it', () => {
    const { b, s } = scene({ wrapUpMode: 'answer' });
    s.customerWaits('c1');
    s.rings('c1', 'a1', 1);
    b.send({ kind: 'Newstate', channel: phone('a1', 1) });
    s.bridge('c1', phone('a1', 1));
    assert.deepEqual([take(b), b.agent(1).shown], [['pause wrapup'], 'talking']);
    assert.equal(b.agent(1).memberships[0]?.answered, 1);
  });

  it('ends by itself after the maximum of the group', () => {
    const { b, s } = scene({ wrapUpMode: 'answer', wrapUpSeconds: 30 });
    s.talk('c1', 'a1', 1);
    b.pause('2018', 'wrapup');
    s.hangsUp('a1');
    const ended = b.at;
    assert.equal(b.agent(1).wrapUpUntil, ended + 30_000);
    assert.deepEqual(b.board.tick(ended + 29_999).changes, []);
    const applied = b.board.tick(ended + 30_000);
    assert.deepEqual([said(applied.wishes), applied.changes], [['unpause'], []], 'only asked');
    assert.deepEqual(said(b.board.tick(ended + 39_999).wishes), [], 'once');
    assert.deepEqual(said(b.board.tick(ended + 40_000).wishes), ['unpause'], 'again, where nothing was heard');
    assert.deepEqual([b.agent(1).shown, b.agent(1).wrapUpUntil], ['wrap-up', ended + 30_000]);
    take(b);
    b.pause('2018', '');
    assert.equal(b.agent(1).shown, 'idle');
    assert.deepEqual(said(b.board.tick(ended + 60_000).wishes), []);
  });

  it('asks for nothing at the maximum while the link is down, and at once when it is back', () => {
    const { b, s } = scene({ wrapUpMode: 'answer', wrapUpSeconds: 30 });
    s.talk('c1', 'a1', 1);
    b.pause('2018', 'wrapup');
    s.hangsUp('a1');
    const ended = b.at;
    b.board.linkDown(ended + 1_000, 'link-lost');
    assert.deepEqual(said(b.board.tick(ended + 30_000).wishes), []);
    b.board.linkUp(ended + 31_000);
    assert.deepEqual(said(b.board.tick(ended + 31_000).wishes), ['unpause']);
  });

  it('pause pressed in wrap-up: never unpaused between, wrap-up until the PBX confirms', () => {
    const { b, s } = scene({ wrapUpMode: 'answer' });
    s.talk('c1', 'a1', 1);
    b.pause('2018', 'wrapup');
    s.hangsUp('a1');
    take(b);
    end(b, 1, { reason: 'lunch', note: 'noodles' });
    assert.deepEqual([take(b), b.agent(1).shown], [['pause lunch'], 'wrap-up']);
    b.pause('2018', 'lunch', ['q1']);
    assert.equal(b.agent(1).shown, 'wrap-up', 'the other queue is still paused by us');
    b.pause('2018', 'lunch', ['q2']);
    assert.deepEqual([b.agent(1).shown, b.agent(1).pauseReason, b.agent(1).pauseNote], ['paused', 'lunch', 'noodles']);
    assert.deepEqual(take(b), []);
  });

  it('one group paused in wrap-up: it goes on for the other', () => {
    const { b, s } = scene({ wrapUpMode: 'answer' });
    s.talk('c1', 'a1', 1);
    b.pause('2018', 'wrapup');
    s.hangsUp('a1');
    take(b);
    b.pause('2018', 'meeting', ['q1']);
    assert.deepEqual([b.agent(1).shown, take(b)], ['wrap-up', []]);
    end(b, 1);
    assert.deepEqual(take(b), ['unpause in q2']);
    b.pause('2018', '', ['q2']);
    assert.equal(b.agent(1).shown, 'idle');
  });

  it('pause pressed in wrap-up by who only dials out: paused for that in all his queues', () => {
    const { b, s } = scene({ wrapUpMode: 'answer' });
    b.pause('2018', 'dialout');
    s.ownRings('cc-X1-a', 1);
    s.ownAnswers('cc-X1-a', 1);
    s.dials('cc-X1-a', 1, 'd1', '901');
    s.bridge('d1', phone('cc-X1-a', 1));
    s.hangsUp('cc-X1-a');
    assert.equal(b.agent(1).shown, 'wrap-up');
    take(b);
    end(b, 1, { reason: 'lunch', note: '' });
    assert.deepEqual(take(b), ['pause lunch']);
    b.pause('2018', 'lunch');
    assert.equal(b.agent(1).shown, 'paused');
  });

  it('a queue joined or freed in the middle of the call is paused as well', () => {
    const b = new Bench({ wrapUpMode: 'answer' }, false);
    const s = new Scene(b);
    b.checkIn('2018', 'q1');
    s.talk('c1', 'a1', 1);
    b.pause('2018', 'wrapup', ['q1']);
    take(b);
    b.checkIn('2018', 'q2', { paused: true, pausedReason: 'check-in' });
    assert.deepEqual(take(b), []);
    b.pause('2018', '', ['q2']);
    assert.deepEqual(take(b), ['pause wrapup in q2']);
    b.pause('2018', 'wrapup', ['q2']);
    s.hangsUp('a1');
    assert.deepEqual([take(b), b.agent(1).shown], [[], 'wrap-up']);
    end(b, 1);
    assert.deepEqual(take(b), ['unpause']);
    b.pause('2018', '', ['q1', 'q2']);
    assert.deepEqual([take(b), b.agent(1).shown], [[], 'idle']);
  });

  for (const reason of ['dialout', 'desktop-closed'])
    it(`${reason}, which held before the wrap-up, is not put back: whoever carries out its end works it out anew`, () => {
      const { b, s } = scene({ wrapUpMode: 'answer' });
      s.talk('c1', 'a1', 1);
      b.pause('2018', 'wrapup');
      s.hangsUp('a1');
      b.pause('2018', reason);
      b.pause('2018', 'wrapup');
      take(b);
      end(b, 1);
      assert.deepEqual(take(b), ['unpause']);
    });

  it('forced idle by somebody else ends it', () => {
    const { b, s } = scene({ wrapUpMode: 'answer' });
    s.talk('c1', 'a1', 1);
    b.pause('2018', 'wrapup');
    s.hangsUp('a1');
    b.pause('2018', '', ['q1']);
    assert.equal(b.agent(1).shown, 'wrap-up', 'one queue is still paused by us');
    b.pause('2018', '', ['q2']);
    assert.equal(b.agent(1).shown, 'idle');
  });

  it('a paused agent dials out: wrap-up inside the pause, then the same pause, no action needed', () => {
    const { b, s } = scene({ wrapUpMode: 'answer' });
    b.pause('2018', 'meeting');
    s.ownRings('cc-X1-a', 1);
    s.ownAnswers('cc-X1-a', 1);
    s.dials('cc-X1-a', 1, 'd1', '901');
    s.bridge('d1', phone('cc-X1-a', 1));
    assert.deepEqual([b.agent(1).shown, b.agent(1).work], ['talking', 'paused']);
    s.hangsUp('cc-X1-a');
    assert.equal(b.agent(1).shown, 'wrap-up');
    end(b, 1);
    assert.deepEqual([take(b), b.agent(1).shown, b.agent(1).pauseReason], [[], 'paused', 'meeting']);
  });

  it('a pause reason covered by "wrapup" is put back, never an unpause', () => {
    const { b, s } = scene({ wrapUpMode: 'answer' });
    s.talk('c1', 'a1', 1);
    b.pause('2018', 'meeting');
    b.pause('2018', 'wrapup');
    s.hangsUp('a1');
    take(b);
    end(b, 1);
    assert.deepEqual(take(b), ['pause meeting in q1', 'pause meeting in q2']);
  });

  it('a dial-out only queue keeps its own pause', () => {
    const { b, s } = scene({ wrapUpMode: 'answer' });
    b.pause('2018', 'dialout', ['q2']);
    assert.equal(b.agent(1).shown, 'idle');
    s.talk('c1', 'a1', 1);
    assert.deepEqual(take(b), ['pause wrapup in q1']);
    b.pause('2018', 'wrapup', ['q1']);
    s.hangsUp('a1');
    end(b, 1);
    assert.deepEqual(take(b), ['unpause in q1']);
  });

  for (const rnaFirst of [true, false]) {
    it(`missed call pauses where the group wants it, RingNoAnswer ${rnaFirst ? 'before' : 'after'} Hangup`, () => {
      const { b, s } = scene({ wrapUpMode: 'ring', pauseOnMissed: true });
      s.customerWaits('c1');
      s.rings('c1', 'a1', 1);
      b.pause('2018', 'wrapup');
      take(b);
      const missed = { channel: channel('c1'), dest: phone('a1', 1), ...b.member('2018', 'q1'), ringMillis: 3000 };
      if (rnaFirst) b.send({ kind: 'AgentRingNoAnswer', ...missed });
      s.gone('a1', 0);
      if (!rnaFirst) b.send({ kind: 'AgentRingNoAnswer', ...missed });
      assert.deepEqual(take(b), ['pause missed']);
      b.pause('2018', 'missed');
      assert.deepEqual([b.agent(1).shown, b.agent(1).pauseReason], ['paused', 'missed']);
      assert.deepEqual(take(b), []);
    });
  }

  it("who gives up himself is nobody's missed call", () => {
    const { b, s } = scene({ pauseOnMissed: true });
    s.customerWaits('c1');
    s.rings('c1', 'a1', 1);
    b.send({ kind: 'HangupRequest', channel: channel('c1') });
    const missed = { channel: channel('c1'), dest: phone('a1', 1), ...b.member('2018', 'q1'), ringMillis: 3000 };
    b.send({ kind: 'AgentRingNoAnswer', ...missed });
    assert.deepEqual(take(b), []);
  });

  it('a consulted agent is kept out of the queues while it lasts', () => {
    const { b, s } = scene({ wrapUpMode: 'answer' });
    s.talk('c1', 'a1', 1);
    s.hold('c1', 'a1', 'c1');
    take(b);
    s.ownRings('cc-c1-k1', 2);
    assert.deepEqual(take(b), ['pause consult']);
    b.pause('2019', 'consult');
    s.gone('cc-c1-k1', 19);
    assert.deepEqual([take(b), b.agent(2).shown], [['unpause'], 'idle']);
  });

  it('whoever took a call over is kept out of the queues before it ends, as he will wrap it up', () => {
    const { b, s } = scene({ wrapUpMode: 'answer' });
    s.talk('c1', 'a1', 1);
    s.ownRings('cc-c1-s1', 3);
    s.ownAnswers('cc-c1-s1', 3);
    s.hold('c1', 'a1', 'c1');
    s.musicToRoom('c1', 'c1');
    s.join('cc-c1-s1', 'c1');
    s.leaveRoom('a1', 'c1');
    take(b);
    s.gone('a1');
    assert.deepEqual(take(b), ['pause wrapup']);
    b.pause('2020', 'wrapup');
    s.hangsUp('c1');
    s.gone('cc-c1-s1');
    assert.deepEqual([take(b).filter((wish) => wish.includes('pause')), b.agent(3).shown], [[], 'wrap-up']);
  });

  it('checked out during wrap-up: signed out, wrap-up over', () => {
    const { b, s } = scene({ wrapUpMode: 'answer' });
    s.talk('c1', 'a1', 1);
    s.hangsUp('a1');
    for (const queue of ['q1', 'q2']) b.send({ kind: 'QueueMemberRemoved', ...b.member('2018', queue) });
    assert.deepEqual([b.agent(1).shown, b.agent(1).work], ['signed-out', 'idle']);
  });
});

describe("what is ours and not the PBX's", () => {
  it('signed out in the middle of a call: the call is finished first', () => {
    const { b, s } = scene({});
    s.talk('c1', 'a1', 1);
    for (const queue of ['q1', 'q2']) b.send({ kind: 'QueueMemberRemoved', ...b.member('2018', queue) });
    assert.equal(b.agent(1).shown, 'talking');
    s.hangsUp('a1');
    assert.equal(b.agent(1).shown, 'signed-out');
  });

  it('counters restart at a check-in, not at a repeated event', () => {
    const { b, s } = scene({});
    s.talk('c1', 'a1', 1);
    s.hangsUp('a1');
    b.checkIn('2018', 'q1');
    assert.equal(b.agent(1).memberships[0]?.answered, 1);
    b.send({ kind: 'QueueMemberRemoved', ...b.member('2018', 'q1') });
    b.checkIn('2018', 'q1');
    assert.deepEqual([b.agent(1).memberships[0]?.answered, b.agent(1).memberships[0]?.checkedInAt], [0, b.at]);
  });

  it('paused only if every queue is', () => {
    const { b } = scene({});
    b.pause('2018', 'lunch', ['q1']);
    assert.deepEqual([b.agent(1).shown, b.agent(1).memberships[0]?.paused], ['idle', true]);
    b.pause('2018', 'lunch', ['q2']);
    assert.deepEqual([b.agent(1).shown, b.agent(1).pauseReason], ['paused', 'lunch']);
  });

  it('lock, unlock, desk, phone ignored, phone facts, another phone', () => {
    const { b } = scene({});
    const board = b.board;
    board.applyLocal({ kind: 'lock', at: b.at, agentId: 1, reason: 'rest' });
    assert.deepEqual([b.agent(1).locked, b.agent(1).lockReason, b.agent(1).shown], [true, 'rest', 'idle']);
    board.applyLocal({ kind: 'unlock', at: b.at, agentId: 1 });
    assert.equal(b.agent(1).locked, false);
    assert.equal(board.applyLocal({ kind: 'desk', at: b.at, agentId: 1, online: true }).changes.length, 1);
    assert.equal(board.applyLocal({ kind: 'desk', at: b.at, agentId: 1, online: true }).changes.length, 0);
    board.applyLocal({ kind: 'phone-facts', at: b.at, agentId: 1, phone: 'missing', rttMicros: null });
    board.applyLocal({ kind: 'phone-ignored', at: b.at, agentId: 1 });
    assert.deepEqual([b.agent(1).phone, b.agent(1).phoneIgnored], ['missing', true]);
    board.applyLocal({ kind: 'phone-facts', at: b.at, agentId: 1, phone: 'reachable', rttMicros: 12_000 });
    assert.deepEqual([b.agent(1).phoneIgnored, b.agent(1).phoneRttMicros], [false, 12_000]);
    const extension = { ...directory().agents[0]!.extension!, number: '1077', interface: 'PJSIP/1077' };
    board.applyLocal({ kind: 'extension-changed', at: b.at, agentId: 1, extension });
    b.send({ kind: 'DeviceStateChange', device: 'PJSIP/1001', state: 'UNAVAILABLE' });
    assert.equal(b.agent(1).phone, 'unknown', "the old phone is nobody's");
    b.send({ kind: 'DeviceStateChange', device: 'PJSIP/1077', state: 'NOT_INUSE' });
    assert.equal(b.agent(1).phone, 'reachable');
  });

  it('unknown until the PBX was looked at, and again when the link is lost', () => {
    const b = new Bench();
    const states = b.board.agents();
    const fresh = new Bench({}, false).board;
    const loaded = fresh.load(directory(), states, [], b.at);
    assert.deepEqual([fresh.snapshot(1).shown, fresh.snapshot(1).phone, fresh.link], ['unknown', 'unknown', 'down']);
    assert.equal(loaded.changes.length, 3);
    fresh.linkUp(b.at);
    assert.equal(fresh.snapshot(1).shown, 'idle');
    const down = fresh.linkDown(b.at + 1000, 'link-lost');
    assert.deepEqual(
      down.changes.map((change) => change.kind === 'agent' && [change.to.shown, change.reason]),
      Array(3).fill(['unknown', 'link-lost']),
    );
  });

  it('snapshots are never changed afterwards, and shared where nothing changed', () => {
    const { b, s } = scene({});
    s.talk('c1', 'a1', 1);
    const call = b.board.call('c1')!;
    const state = b.agent(1);
    const copy = structuredClone({ call, state });
    const customer = call.legs[0];
    s.hold('c1', 'a1', 'c1');
    s.hangsUp('a1');
    assert.deepEqual({ call, state }, copy);
    s.talk('c2', 'a2', 1);
    const before = b.board.call('c2')!;
    b.send({ kind: 'HangupRequest', channel: channel('c2') });
    s.gone('c2');
    assert.equal(b.board.call('c2')?.legs[1], before.legs[1]);
    assert.notEqual(customer, undefined);
  });

  it('the directory changes in the middle of a call: a new agent, a gone one, another phone', () => {
    const { b, s } = scene({});
    s.talk('c1', 'a1', 1);
    const changed = directory({ agents: 4 });
    const moved = changed.agents[1]!;
    moved.extension = { ...moved.extension!, number: '1077', interface: 'PJSIP/1077' };
    changed.agents.splice(2, 1);
    b.board.setDirectory(changed, b.at);
    assert.deepEqual([b.agent(1).shown, b.agent(2).shown, b.agent(4).shown], ['talking', 'idle', 'signed-out']);
    assert.throws(() => b.agent(3), RangeError);
    b.send({ kind: 'DeviceStateChange', device: 'PJSIP/1077', state: 'NOT_INUSE' });
    assert.equal(b.agent(2).phone, 'reachable');
    changed.agents.shift();
    b.board.setDirectory(changed, b.at);
    b.applied.length = 0;
    s.hangsUp('a1');
    s.gone('c1');
    const agents = b.applied.flatMap(({ changes }) => changes.filter((change) => change.kind === 'agent'));
    assert.deepEqual(agents, [], 'nothing is told of an agent without a row');
    assert.equal(b.board.sizes().calls, 0);
  });

  it('an agent who is not in the directory is an error, an unknown member is not', () => {
    const { b } = scene({});
    assert.throws(() => b.board.snapshot(99), RangeError);
    assert.deepEqual(b.checkIn('9999', 'q1'), { changes: [], wishes: [] });
    assert.deepEqual(b.checkIn('2018', 'no-such-queue'), { changes: [], wishes: [] });
  });
});
