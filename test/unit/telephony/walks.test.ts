import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Applied, Call } from '../../../src/telephony/state.js';
import { Bench, channel, FIRST_AGENT } from '../../support/board.js';
import { phone, Scene } from '../../support/scene.js';

/** What may happen next, chosen by chance among what the PBX could really say. The walker plays the PBX and knows which channels live. */
class Walker {
  readonly b: Bench;
  readonly s: Scene;
  readonly live = new Set<string>();
  private calls: Array<{ c: string; a: string; agent: number; bridge: string; room: boolean; k: string }> = [];
  private waiting: Array<{ c: string; rung: Array<{ a: string; agent: number }> }> = [];
  private next = 0;

  constructor(mode: 'ring' | 'answer' | 'off') {
    this.b = new Bench({ wrapUpMode: mode, agents: 5, wrapUpSeconds: 5, pauseOnMissed: true });
    this.s = new Scene(this.b);
  }

  step(dice: number, pick: number): void {
    const moves = [
      this.arrive,
      this.ring,
      this.answer,
      this.hangUp,
      this.hold,
      this.resume,
      this.consult,
      this.meet,
      this.pause,
    ];
    moves[dice % moves.length]?.call(this, pick);
    this.b.keep(this.b.board.tick(this.b.at));
  }

  private id(prefix: string): string {
    const id = `${prefix}${++this.next}`;
    this.live.add(id);
    return id;
  }

  private arrive(): void {
    const c = this.id('c');
    this.s.customerWaits(c);
    this.waiting.push({ c, rung: [] });
  }

  private ring(pick: number): void {
    const one = this.waiting[pick % this.waiting.length];
    if (one === undefined) return;
    const agent = (pick % 5) + 1;
    const a = this.id('a');
    one.rung.push({ a, agent });
    this.s.rings(one.c, a, agent);
  }

  private answer(pick: number): void {
    const one = this.waiting.find((it) => it.rung.length > 0);
    if (one === undefined) return;
    const { a, agent } = one.rung[pick % one.rung.length]!;
    this.waiting = this.waiting.filter((it) => it !== one);
    this.s.answers(one.c, a, agent);
    for (const other of one.rung) if (other.a !== a) this.dies(other.a, 26);
    this.calls.push({ c: one.c, a, agent, bridge: this.s.lastBridge, room: false, k: '' });
  }

  private dies(id: string, cause = 16): void {
    if (!this.live.delete(id)) return;
    this.s.gone(id, cause);
  }

  private hangUp(pick: number): void {
    const id = [...this.live][pick % Math.max(1, this.live.size)];
    if (id === undefined) return;
    if (pick % 3 !== 0) this.b.send({ kind: 'HangupRequest', channel: channel(id, { name: '' }) });
    this.dies(id);
    this.forget(id);
  }

  private forget(id: string): void {
    for (const one of this.waiting) one.rung = one.rung.filter((leg) => leg.a !== id);
    const waiting = this.waiting.find((one) => one.c === id);
    if (waiting !== undefined) for (const leg of waiting.rung) this.dies(leg.a, 26);
    this.waiting = this.waiting.filter((one) => one !== waiting);
    const call = this.calls.find((one) => one.c === id || one.a === id);
    if (call === undefined) return;
    this.calls = this.calls.filter((one) => one !== call);
    if (!call.room) for (const leg of [call.c, call.a]) this.dies(leg);
  }

  private hold(pick: number): void {
    const call = this.calls[pick % this.calls.length];
    if (call === undefined) return;
    if (call.room) this.s.roomToMusic(call.c, call.c);
    else this.s.hold(call.c, call.a, call.c, call.bridge);
    call.room = true;
  }

  private resume(pick: number): void {
    const call = this.calls.filter((one) => one.room)[pick % this.calls.length];
    if (call !== undefined) this.s.musicToRoom(call.c, call.c);
  }

  private consult(pick: number): void {
    const call = this.calls.filter((one) => one.room && one.k === '')[pick % this.calls.length];
    if (call === undefined) return;
    call.k = `cc-${call.c}-k1`;
    this.live.add(call.k);
    this.s.ownRings(call.k, (pick % 5) + 1);
  }

  private meet(pick: number): void {
    const call = this.calls.find((one) => this.live.has(one.k));
    if (call === undefined) return;
    this.s.ownAnswers(call.k, (pick % 5) + 1);
    this.s.join(call.k, call.c);
  }

  private pause(pick: number): void {
    const reason = ['', 'lunch', 'wrapup', 'missed'][pick % 4] ?? '';
    this.b.pause(String(FIRST_AGENT + (pick % 5)), reason);
  }

  drain(): void {
    for (const id of [...this.live]) this.dies(id);
  }
}

/** Facts no call or agent may contradict, whatever happened. */
function checkCall(call: Call): void {
  const open = call.legs.filter((leg) => leg.state !== 'gone');
  const where = `${call.callId} ${call.phase} ${call.legs.map((leg) => `${leg.role}:${leg.state}`).join(' ')}`;
  assert.equal(call.phase === 'ended', open.length === 0, where);
  assert.equal(call.endedAt !== null, call.phase === 'ended', where);
  assert.equal(call.result !== null, call.phase === 'ended', where);
  if (call.phase === 'conference') assert.ok(open.length >= 3, where);
  if (call.phase === 'consulting' || call.phase === 'consult-ringing')
    assert.ok(
      open.some((leg) => leg.role === 'consult'),
      where,
    );
  if (call.phase === 'ringing')
    assert.ok(
      open.some((leg) => leg.role === 'agent'),
      where,
    );
  if (call.phase === 'queued' || call.phase === 'ringing') assert.equal(call.answeredAt, null, where);
  assert.deepEqual(
    call.intervals.map((row) => row.seq),
    call.intervals.map((_, index) => index + 1),
    where,
  );
  if (call.phase === 'ended')
    assert.ok(
      call.intervals.every((row) => row.endedAt !== null),
      where,
    );
  for (const leg of call.legs) assert.equal(leg.endedAt !== null, leg.state === 'gone', where);
}

function check(b: Bench, { changes }: Applied): void {
  for (const change of changes) {
    if (change.kind === 'call') checkCall(change.call);
    if (change.kind === 'queue') assert.equal(change.waiting === 0, change.longestSince === null);
    if (change.kind !== 'agent') continue;
    const { to } = change;
    assert.equal(to.callId === null, to.callPhase === null);
    if (to.shown === 'wrap-up') assert.equal(to.work, 'wrap-up');
    if (to.shown === 'paused') assert.notEqual(to.pauseReason, '');
  }
  for (const call of b.board.openCalls()) checkCall(call);
}

const walk = fc.array(fc.tuple(fc.nat(8), fc.nat(1000)), { minLength: 5, maxLength: 60 });

describe('random walks', () => {
  it('never reach an impossible state, and drain to nothing when all hang up', () => {
    fc.assert(
      fc.property(fc.constantFrom('ring', 'answer', 'off'), walk, (mode, steps) => {
        const walker = new Walker(mode as 'ring' | 'answer' | 'off');
        for (const [dice, pick] of steps) {
          walker.step(dice, pick);
          for (const applied of walker.b.applied) check(walker.b, applied);
          walker.b.applied.length = 0;
        }
        walker.drain();
        for (const applied of walker.b.applied) check(walker.b, applied);
        const { board } = walker.b;
        assert.deepEqual([board.openCalls(), board.sizes().channels, board.sizes().calls], [[], 0, 0]);
        // The PBX does what it is asked for when the maxima are over.
        for (const wish of board.tick(walker.b.at + 10_000).wishes) {
          if (wish.kind !== 'pause' && wish.kind !== 'unpause') continue;
          const agentNo = String(FIRST_AGENT + wish.agentId - 1);
          walker.b.pause(agentNo, wish.kind === 'pause' ? wish.reason : '', wish.queues);
        }
        for (const agent of board.agents()) {
          assert.equal(agent.callId, null);
          assert.ok(agent.shown === 'idle' || agent.shown === 'paused', `${agent.agentId} is ${agent.shown}`);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('events in any order at all never throw, and a full hang-up still leaves nothing', () => {
    const events = (b: Bench) => {
      const s = new Scene(b);
      s.talk('c1', 'a1', 1);
      s.hold('c1', 'a1', 'c1');
      s.ownRings('cc-c1-k1', 2);
      s.join('cc-c1-k1', 'c1');
      s.musicToRoom('c1', 'c1');
    };
    const recorded: Parameters<Bench['board']['apply']>[0][] = [];
    const recorder = new Bench();
    const apply = recorder.board.apply.bind(recorder.board);
    recorder.board.apply = (event) => {
      recorded.push(event);
      return apply(event);
    };
    events(recorder);
    fc.assert(
      fc.property(fc.shuffledSubarray(recorded, { minLength: 5 }), (order) => {
        const b = new Bench({ wrapUpMode: 'answer' });
        for (const event of order) check(b, b.board.apply(event));
        const s = new Scene(b);
        for (const id of ['c1', 'a1', 'cc-c1-k1']) check(b, s.gone(id));
        assert.deepEqual([b.board.sizes().channels, b.board.sizes().calls], [0, 0]);
      }),
      { numRuns: 100 },
    );
  });

  it('memory does not grow: ended calls are forgotten, tombstones pruned', () => {
    const b = new Bench({ wrapUpMode: 'off' });
    const s = new Scene(b);
    for (let round = 0; round < 200; round++) {
      s.talk(`c${round}`, `a${round}`, 1);
      s.hangsUp(`c${round}`);
      s.gone(`a${round}`);
      s.gone(`stranger${round}`);
      b.applied.length = 0;
    }
    const sizes = b.board.sizes();
    assert.deepEqual([sizes.channels, sizes.calls, sizes.pendingDials], [0, 0, 0]);
    assert.ok(sizes.tombstones < 20, `${sizes.tombstones} tombstones of the last minute`);
    b.board.tick(b.at + 61_000);
    assert.equal(b.board.sizes().tombstones, 0);
    b.send({ kind: 'Newstate', channel: phone('nobody', 1) });
    assert.equal(b.board.sizes().channels, 0, 'an unknown channel is not taken up');
  });
});
