import assert from 'node:assert/strict';
import type { PbxPicture } from '../../../src/telephony/events.js';
import type { Call, Wish } from '../../../src/telephony/state.js';
import { Switchboard } from '../../../src/telephony/switchboard.js';
import { Bench, channel, directory, emptyPicture, memberFacts, type Plan, T0 } from '../../support/board.js';
import { phone, Scene } from '../../support/scene.js';

type Row = PbxPicture['channels'][number];

function row(facts: ReturnType<typeof channel>, part: Partial<Row> = {}): Row {
  return { ...facts, bridgeId: '', application: '', applicationData: '', durationSeconds: 60, ...part };
}

/** All three agents are members of both queues. */
function members(part: Partial<PbxPicture['members'][number]> = {}): PbxPicture['members'] {
  return directory().agents.flatMap((agent) =>
    ['q1', 'q2'].map((queue) => ({
      queue,
      memberName: agent.agentNo,
      interface: agent.extension?.interface ?? '',
      loginTime: 0,
      ...memberFacts(),
      ...part,
    })),
  );
}

function talking(plan: Plan = {}): { b: Bench; s: Scene } {
  const b = new Bench(plan);
  const s = new Scene(b);
  s.talk('c1', 'a1', 1);
  return { b, s };
}

function bridged(bridgeId = 'b1'): Row[] {
  return [
    row(channel('c1'), { bridgeId, application: 'Queue', applicationData: 'q1,t' }),
    row(phone('a1', 1, { linkedid: 'c1' }), { bridgeId, application: 'AppQueue' }),
  ];
}

function told(b: Bench, callId: string): Call {
  const call = b.calls().get(callId);
  assert.ok(call !== undefined);
  return call;
}

function kinds(wishes: Wish[]): string[] {
  return wishes.map((wish) => `${wish.kind} ${'queue' in wish ? wish.queue : ''}`.trim());
}

describe('reconcile', () => {
  it('a call that survived the lost link goes on unharmed', () => {
    const { b } = talking();
    b.keep(b.board.linkDown(b.at + 1000, 'link-lost'));
    assert.equal(b.agent(1).shown, 'unknown');
    const picture = emptyPicture(b.at + 9000, { channels: bridged(), members: members() });
    const applied = b.keep(b.board.reconcile(picture));
    assert.deepEqual([b.agent(1).shown, b.board.call('c1')?.phase, b.board.link], ['talking', 'talking', 'up']);
    assert.ok(applied.changes.every((change) => change.kind !== 'queue' && change.reason === 'lost-link'));
    assert.deepEqual(applied.wishes, []);
    assert.deepEqual(b.board.reconcile(picture), { changes: [], wishes: [] }, 'idempotent');
  });

  it('a call without channels ends when it was last seen, with the reason', () => {
    for (const [startedAt, reason] of [
      [T0 - 3_600_000, 'lost-link'],
      [T0 + 60_000, 'pbx-restart'],
    ] as const) {
      const { b } = talking({ wrapUpMode: 'answer' });
      const lost = b.at + 5000;
      b.keep(b.board.linkDown(lost, 'link-lost'));
      b.keep(b.board.reconcile(emptyPicture(b.at + 90_000, { members: members(), startedAt })));
      const call = told(b, 'c1');
      assert.deepEqual([call.phase, call.result, call.endReason, call.endedBy], ['ended', 'answered', reason, null]);
      assert.deepEqual([call.endedAt, call.legs.map((leg) => leg.endedBy)], [lost, ['lost', 'lost']]);
      assert.ok(call.intervals.every((interval) => (interval.endedAt ?? Infinity) <= lost));
      assert.equal(b.agent(1).shown, 'wrap-up');
    }
  });

  it('a sweep with the link up finds a missing Hangup, and leaves younger events alone', () => {
    const { b, s } = talking();
    const old = b.at;
    b.at += 60_000;
    s.customerWaits('c2');
    const picture = emptyPicture(b.at - 2500, { members: members() });
    b.keep(b.board.reconcile(picture));
    const call = told(b, 'c1');
    assert.deepEqual([call.endReason, call.endedAt], ['no-channel', old]);
    assert.equal(b.board.call('c2')?.phase, 'queued', 'came after the picture was taken');
    assert.equal(b.agent(1).shown, 'idle');
  });

  it('a channel hung up while the picture was taken stays dead', () => {
    const { b, s } = talking();
    const channels = bridged();
    s.hangsUp('c1');
    s.gone('a1');
    b.keep(b.board.reconcile(emptyPicture(b.at, { channels, members: members() })));
    assert.deepEqual([b.board.openCalls(), b.agent(1).shown], [[], 'idle']);
  });

  it('one leg gone, one left: the customer of a dead agent is let go', () => {
    const { b, s } = talking();
    s.hold('c1', 'a1', 'c1');
    b.board.linkDown(b.at + 1000, 'link-lost');
    const channels = [row(channel('c1'), { application: 'MusicOnHold' })];
    const applied = b.keep(b.board.reconcile(emptyPicture(b.at + 9000, { channels, members: members() })));
    assert.deepEqual(kinds(applied.wishes), ['release-leg']);
    assert.equal(b.agent(1).shown, 'idle');
    s.gone('c1');
    assert.equal(told(b, 'c1').endReason, null, 'it ended by a Hangup');
  });

  it('a release that the PBX did not carry out is wished again by the sweep', () => {
    const { b, s } = talking();
    s.hold('c1', 'a1', 'c1');
    b.applied.length = 0;
    s.hangsUp('a1');
    assert.deepEqual(kinds(b.wishes()), ['release-leg']);
    const channels = [row(channel('c1'), { application: 'MusicOnHold' })];
    const applied = b.board.reconcile(emptyPicture(b.at + 9000, { channels, members: members() }));
    assert.deepEqual(kinds(applied.wishes), ['release-leg']);
  });

  it('adopts what began while nobody listened: talking, ringing, waiting, click to dial with a consult in the room', () => {
    const b = new Bench();
    b.board.linkDown(b.at, 'link-lost');
    const channels = [
      ...bridged(),
      row(channel('c2'), { application: 'Queue', applicationData: 'q2,t' }),
      row(phone('a2', 2, { linkedid: 'c2', state: 5 }), { application: 'AppQueue' }),
      row(phone('cc-X1-a', 3), { bridgeId: 'r', application: 'ConfBridge' }),
      row(channel('d1', { linkedid: 'cc-X1-a' }), { application: 'MusicOnHold' }),
      row(channel('cc-X1-k1'), { bridgeId: 'r', application: 'ConfBridge' }),
    ];
    const seat = (uniqueid: string) => ({ room: 'X1', uniqueid, channelName: '', marked: true });
    const callers = [{ queue: 'q2', uniqueid: 'c2', channelName: '', position: 1, waitSeconds: 20 }];
    const rooms = [seat('cc-X1-a'), seat('cc-X1-k1')];
    const picture = emptyPicture(b.at + 9000, { channels, callers, rooms, members: members() });
    const applied = b.keep(b.board.reconcile(picture));
    assert.deepEqual([b.agent(1).shown, b.agent(1).callId], ['talking', 'c1']);
    assert.deepEqual([b.agent(2).shown, b.board.call('c2')?.groupId], ['ringing', 20]);
    assert.equal(b.board.call('c1')?.groupId, 10);
    assert.deepEqual(
      b.board
        .call('X1')
        ?.legs.map((leg) => leg.role)
        .sort(),
      ['agent', 'consult', 'customer'],
    );
    const queue = applied.changes.find((change) => change.kind === 'queue');
    assert.deepEqual(queue, {
      kind: 'queue',
      at: picture.at,
      queue: 'q2',
      groupId: 20,
      waiting: 1,
      longestSince: picture.at - 20_000,
    });
    assert.deepEqual(b.board.reconcile(picture), { changes: [], wishes: [] }, 'idempotent');
    const s = new Scene(b);
    for (const id of ['c1', 'a1', 'c2', 'a2', 'd1', 'cc-X1-k1', 'cc-X1-a']) s.gone(id);
    assert.deepEqual([b.board.sizes().calls, b.board.sizes().channels], [0, 0]);
  });

  it('takes up the calls of a server that died', () => {
    const { b } = talking({ wrapUpMode: 'answer' });
    b.pause('2018', 'wrapup');
    const saved = structuredClone({ agents: b.board.agents(), calls: b.board.openCalls() });
    // The record has no media columns.
    for (const leg of saved.calls[0]!.legs) Object.assign(leg, { bridgeId: null, room: null, music: false });
    for (const alive of [true, false]) {
      const board = new Switchboard();
      board.load(directory({ wrapUpMode: 'answer' }), saved.agents, saved.calls, b.at + 60_000, b.at + 3000);
      assert.equal(board.snapshot(1).shown, 'unknown');
      const paused = members({ paused: true, pausedReason: 'wrapup' });
      const channels = alive ? bridged() : [];
      const applied = board.reconcile(emptyPicture(b.at + 61_000, { channels, members: paused }));
      assert.equal(board.snapshot(1).shown, alive ? 'talking' : 'wrap-up');
      const call = applied.changes.find((change) => change.kind === 'call')?.call;
      if (alive) assert.equal(board.call('c1')?.phase, 'talking');
      else assert.deepEqual([call?.phase, call?.endedAt, call?.result], ['ended', b.at + 3000, 'answered']);
      const unpaused = applied.wishes.flatMap((wish) => (wish.kind === 'unpause' ? [wish.agentId] : []));
      assert.deepEqual(unpaused, [2, 3], 'paused by us for nothing; agent 1 has a reason');
    }
  });

  it('repairs members: missing ones are added, those who checked out are removed', () => {
    const b = new Bench();
    b.send({ kind: 'QueueMemberRemoved', ...b.member('2020', 'q2') });
    b.pause('2018', 'lunch');
    b.board.linkDown(b.at, 'link-lost');
    const here = members().filter((member) => member.memberName !== '2018');
    const { wishes } = b.board.reconcile(emptyPicture(b.at + 9000, { members: here }));
    assert.deepEqual(kinds(wishes), ['add-member q1', 'add-member q2', 'remove-member q2']);
    const added = wishes[0];
    assert.ok(added?.kind === 'add-member');
    assert.deepEqual([added.interface, added.paused, added.reason], ['PJSIP/1001', true, 'lunch']);
    assert.equal(b.agent(1).memberships[0]?.checkedIn, true, 'the database is the truth');
  });

  it('static members: added though never checked in, desk closed pauses the online kind', () => {
    for (const [offline, reason] of [
      [true, ''],
      [false, 'desktop-closed'],
    ] as const) {
      const b = new Bench({ static: true, offline }, false);
      const { wishes } = b.board.reconcile(emptyPicture(b.at));
      assert.equal(wishes.length, 6);
      assert.deepEqual(
        wishes.map((wish) => wish.kind === 'add-member' && [wish.reason, wish.paused]),
        Array(6).fill([reason, reason !== '']),
      );
      assert.equal(b.agent(1).shown, 'signed-out', 'until the PBX says he is in');
      b.board.reconcile(emptyPicture(b.at + 1, { members: members() }));
      assert.equal(b.agent(1).shown, 'idle');
    }
  });

  it('a member at the wrong phone is moved', () => {
    const b = new Bench();
    const wrong = members().map((member) =>
      member.memberName === '2018' && member.queue === 'q1' ? { ...member, interface: 'PJSIP/1099' } : member,
    );
    const { wishes } = b.board.reconcile(emptyPicture(b.at + 5000, { members: wrong }));
    assert.deepEqual(kinds(wishes), ['remove-member q1', 'add-member q1']);
  });

  it("follows the PBX's pauses; after a restart it repairs them", () => {
    const b = new Bench();
    b.board.reconcile(emptyPicture(b.at, { members: members() }));
    b.at += 60_000;
    b.board.reconcile(emptyPicture(b.at, { members: members({ paused: true, pausedReason: 'meeting' }) }));
    assert.deepEqual([b.agent(1).shown, b.agent(1).pauseReason], ['paused', 'meeting']);
    b.board.linkDown(b.at, 'link-lost');
    const again = emptyPicture(b.at + 9000, { members: members(), startedAt: b.at + 5000 });
    const { wishes, changes } = b.board.reconcile(again);
    assert.equal(b.agent(1).shown, 'paused');
    assert.equal(wishes.length, 6);
    assert.ok(wishes.every((wish) => wish.kind === 'pause' && wish.reason === 'meeting'));
    assert.ok(changes.every((change) => change.kind === 'agent' && change.reason === 'pbx-restart'));
  });

  it('reads the phones, by contacts where they may be listed, else by device', () => {
    const b = new Bench();
    const contact = { uri: 'sip:1', host: '10.0.0.1', userAgent: '', roundtripMicros: 9000 };
    const contacts = [
      { ...contact, endpoint: '1001', status: 'Reachable' },
      { ...contact, endpoint: '1002', status: 'Unreachable', roundtripMicros: null },
    ];
    b.board.reconcile(emptyPicture(b.at, { members: members(), contacts, contactsKnown: true }));
    assert.deepEqual(
      b.board.agents().map((agent) => agent.phone),
      ['reachable', 'unreachable', 'missing'],
    );
    assert.equal(b.agent(1).phoneRttMicros, 9000);
    const devices = [
      { device: 'PJSIP/1001', state: 'UNAVAILABLE' },
      { device: 'PJSIP/1003', state: 'NOT_INUSE' },
    ];
    const other = new Bench();
    other.board.reconcile(emptyPicture(other.at, { members: members(), devices }));
    assert.deepEqual(
      other.board.agents().map((agent) => agent.phone),
      ['missing', 'unknown', 'reachable'],
    );
  });
});
