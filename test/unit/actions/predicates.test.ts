import assert from 'node:assert/strict';
import { actions } from '../../../src/actions/index.js';
import type { CallPhase, Leg } from '../../../src/telephony/state.js';
import { type SnapshotPlan, snapshotWith } from '../../support/snapshot.js';

const out = { checkedIn: false };
const lunch = { paused: true, pauseReason: 'lunch' };

/** name → plan → what the button says: 'lit', a reason, and 'hidden' where another stands in its place. */
const table: Array<[string, string, SnapshotPlan, string]> = [
  ['groups', 'checked in', {}, 'lit'],
  ['groups', 'checked out', { memberships: [out] }, 'not-checked-in'],
  ['groups', 'all paused', { state: { pauseReason: 'lunch', work: 'paused' }, memberships: [lunch] }, 'paused'],
  ['groups', 'one of two paused', { memberships: [lunch, {}] }, 'lit'],
  ['groups', 'link down', { link: 'down' }, 'link-down'],
  ['groups', 'locked', { state: { locked: true } }, 'locked'],

  ['check-in', 'checked out', { memberships: [out] }, 'lit'],
  ['check-in', 'checked in', {}, 'hidden already-checked-in'],
  ['check-in', 'in no group', { memberships: [] }, 'no-group'],
  ['check-in', 'static only', { memberships: [{ static: true }] }, 'static-only'],
  ['check-in', 'static in, dynamic out', { memberships: [{ static: true }, out] }, 'lit'],
  ['check-in', 'link down', { link: 'down', memberships: [out] }, 'link-down'],

  ['check-out', 'checked in', {}, 'lit'],
  ['check-out', 'in a call', { state: { callId: 'c', shown: 'talking' } }, 'lit'],
  ['check-out', 'static only', { memberships: [{ static: true }] }, 'hidden not-checked-in'],
  ['check-out', 'checked out', { memberships: [out] }, 'hidden not-checked-in'],

  ['pause', 'idle', {}, 'lit'],
  ['pause', 'in a call', { state: { callId: 'c', shown: 'talking' } }, 'in-call'],
  ['pause', 'in wrap-up', { state: { work: 'wrap-up', shown: 'wrap-up' } }, 'lit'],
  ['pause', 'in wrap-up inside a pause', { state: { work: 'wrap-up', pauseReason: 'lunch' } }, 'lit'],
  ['pause', 'paused', { state: { work: 'paused', pauseReason: 'lunch' } }, 'hidden paused'],
  ['pause', 'checked out', { memberships: [out] }, 'not-checked-in'],
  ['pause', 'one group paused of two', { memberships: [lunch, {}] }, 'lit'],
  ['pause', 'paused ahead of wrap-up only', { memberships: [{ paused: true, pauseReason: 'wrapup' }] }, 'lit'],

  ['unpause', 'paused', { state: { work: 'paused', pauseReason: 'lunch' } }, 'lit'],
  ['unpause', 'paused, dialling out', { state: { pauseReason: 'lunch', callId: 'c', shown: 'talking' } }, 'lit'],
  ['unpause', 'every group paused by itself', { memberships: [lunch, lunch] }, 'lit'],
  ['unpause', 'idle', {}, 'hidden not-paused'],

  ['end-wrap-up', 'in wrap-up', { state: { work: 'wrap-up', shown: 'wrap-up' } }, 'lit'],
  ['end-wrap-up', 'idle', {}, 'not-wrap-up'],
  ['end-wrap-up', 'talking, paused ahead', { state: { callId: 'c', shown: 'talking' } }, 'not-wrap-up'],

  ['check-in-group', 'checked out', { memberships: [out] }, 'hidden lit'],
  ['check-in-group', 'in no group', { memberships: [] }, 'hidden no-group'],
  ['check-out-group', 'static only', { memberships: [{ static: true }] }, 'hidden not-checked-in'],
  ['check-out-group', 'checked in', {}, 'hidden lit'],
  ['pause-group', 'idle', {}, 'hidden lit'],
  ['pause-group', 'in a call', { state: { callId: 'c' } }, 'hidden in-call'],
  ['pause-group', 'paused', { state: { pauseReason: 'lunch' } }, 'hidden paused'],
  ['unpause-group', 'one paused', { memberships: [lunch, {}] }, 'hidden lit'],
  ['unpause-group', 'none paused', {}, 'hidden not-paused'],
  ['set-work-mode', 'his choice', {}, 'hidden lit'],
  ['set-work-mode', 'fixed everywhere', { memberships: [{ workModeFixed: true }] }, 'hidden fixed-by-group'],
  ['set-work-mode', 'checked out', { memberships: [out] }, 'hidden not-checked-in'],
  ['set-wrap-up-mode', 'fixed everywhere', { memberships: [{ wrapUpModeFixed: true }] }, 'hidden fixed-by-group'],
  ['set-wrap-up-mode', 'his choice', {}, 'hidden lit'],

  ['resync', 'any time', { state: { callId: 'c' } }, 'lit'],
  ['resync', 'link down', { link: 'down' }, 'link-down'],
  ['phone-refresh', 'any time', {}, 'hidden lit'],
  ['phone-refresh', 'no phone', { extension: null }, 'hidden no-extension'],
  ['phone-ignore', 'linked', {}, 'hidden phone-linked'],
  ['phone-ignore', 'missing', { state: { phone: 'missing' } }, 'hidden lit'],
  ['phone-ignore', 'ignored', { state: { phone: 'missing', phoneIgnored: true } }, 'hidden phone-ignored'],
];

const leg = (role: Leg['role'], more: Partial<Leg> = {}): Leg => ({
  legId: `${role}-1`,
  callId: 'c',
  role,
  agentId: role === 'agent' ? 1 : null,
  number: '1',
  channelName: 'PJSIP/1-1',
  state: 'talking',
  up: true,
  bridgeId: 'b1',
  room: null,
  music: false,
  startedAt: 1,
  ringingAt: null,
  answeredAt: 1,
  endedAt: null,
  cause: null,
  endedBy: null,
  result: null,
  ...more,
});
const inRoom = { room: '1', bridgeId: 'b2' } as const;
const parked = { music: true, bridgeId: null } as const;
const ended = { endedAt: 2, state: 'gone' } as const;

/** A call of agent 1 in this phase, with these legs. */
function call(phase: CallPhase, legs: Leg[], more: SnapshotPlan = {}): SnapshotPlan {
  return {
    state: { callId: 'c', callPhase: phase, shown: 'talking' },
    call: {
      callId: 'c',
      teamId: 1,
      groupId: 1,
      direction: 'in',
      did: '',
      customerNumber: '1',
      phase,
      agentId: 1,
      startedAt: 1,
      answeredAt: 1,
      endedAt: null,
      result: null,
      endedBy: null,
      endReason: null,
      legs,
      intervals: [],
    },
    ...more,
  };
}

const talking = call('talking', [leg('customer'), leg('agent')]);
const ringing = call('ringing', [leg('customer'), leg('agent', { up: false, state: 'ringing', bridgeId: null })]);
const dialling = call('dialling-agent', [leg('agent', { up: false, state: 'ringing', bridgeId: null })]);
const held = call('held', [leg('customer', parked), leg('agent', inRoom)]);
const heldByPhone = call('held', [leg('customer', { music: true }), leg('agent')]);
const lost = call('held', [leg('customer', parked), leg('agent', inRoom), leg('consult', ended)]);
const calling = call('consult-ringing', [
  leg('customer', parked),
  leg('agent', inRoom),
  leg('consult', { up: false, state: 'ringing', bridgeId: null }),
]);
const consulting = call('consulting', [
  leg('customer', parked),
  leg('agent', inRoom),
  leg('consult', { ...inRoom, agentId: 2 }),
]);
const outside = call('consulting', [leg('customer', parked), leg('agent', inRoom), leg('consult', inRoom)]);
const outsideAllowed: SnapshotPlan = { ...outside, memberships: [{ externalTransfer: true }] };
const withoutCustomer = call('consulting', [leg('customer', ended), leg('agent', inRoom), leg('consult', inRoom)]);
const three = call('conference', [
  leg('customer', inRoom),
  leg('agent', inRoom),
  leg('consult', { ...inRoom, agentId: 2 }),
]);
const four = call('conference', [
  leg('customer', inRoom),
  leg('agent', inRoom),
  leg('consult', { ...inRoom, agentId: 2 }),
  leg('consult', { ...inRoom, legId: 'k2', agentId: 3 }),
]);
const barged = call('consulting', [
  leg('customer', parked),
  leg('agent', inRoom),
  leg('consult', { ...inRoom, agentId: 2 }),
  leg('supervisor', inRoom),
]);
const consulted: SnapshotPlan = {
  ...call('talking', [
    leg('customer', parked),
    leg('agent', { ...inRoom, agentId: 9 }),
    leg('consult', { ...inRoom, agentId: 1 }),
  ]),
};
const inherited = call('transferred', [leg('customer'), leg('consult', { agentId: 1 })]);

const duringCalls: typeof table = [
  ['dial', 'idle', {}, 'lit'],
  ['dial', 'paused', { state: { work: 'paused', pauseReason: 'lunch' }, memberships: [lunch] }, 'lit'],
  ['dial', 'in wrap-up', { state: { work: 'wrap-up' } }, 'wrap-up'],
  ['dial', 'in a call', talking, 'in-call'],
  ['dial', 'checked out', { memberships: [out] }, 'not-checked-in'],
  ['dial', 'only takes calls', { memberships: [{ workMode: 'dialin' }] }, 'dial-in-only'],
  ['dial', 'one of two groups only takes calls', { memberships: [{ workMode: 'dialin' }, {}] }, 'lit'],
  ['dial', 'no phone', { extension: null }, 'no-extension'],
  ['dial', 'phone not linked', { state: { phone: 'missing' } }, 'phone-not-linked'],
  ['dial', 'phone does not answer', { state: { phone: 'unreachable' } }, 'phone-not-linked'],
  ['dial', 'phone not linked, ignored', { state: { phone: 'missing', phoneIgnored: true } }, 'lit'],
  ['dial', 'phone outside', { state: { phone: 'external' } }, 'lit'],
  ['dial', 'phone not heard of yet', { state: { phone: 'unknown' } }, 'lit'],
  ['dial', 'link down', { link: 'down' }, 'link-down'],
  ['call-state', 'no call', {}, 'not-in-call'],
  ['call-state', 'ringing', ringing, 'lit'],
  ['call-state', 'consulted', consulted, 'lit'],
  ['hang-up-leg', 'talking', talking, 'hidden lit'],
  ['hang-up-leg', 'no call', {}, 'hidden not-in-call'],
  ['hang-up-all', 'talking', talking, 'hidden lit'],
  ['hang-up-all', 'dialling', dialling, 'hidden lit'],
  ['hang-up-all', 'ringing', ringing, 'hidden ringing'],
  ['hang-up-all', 'consulted', consulted, 'hidden not-my-call'],
  ['hold', 'no call', {}, 'not-in-call'],
  ['hold', 'talking', talking, 'lit'],
  ['hold', 'locked', { ...talking, state: { ...talking.state, locked: true } }, 'locked'],
  ['hold', 'ringing', ringing, 'not-talking'],
  ['hold', 'dialling', dialling, 'not-talking'],
  ['hold', 'held', held, 'hidden held'],
  ['hold', 'consulting', consulting, 'not-talking'],
  ['hold', 'conference', three, 'not-talking'],
  ['hold', 'consulted', consulted, 'not-my-call'],
  ['hold', 'the call was handed to him', inherited, 'lit'],
  ['resume', 'held', held, 'lit'],
  ['resume', 'held by the phone', heldByPhone, 'held-by-phone'],
  ['resume', 'talking', talking, 'hidden not-held'],
  ['consult', 'talking', talking, 'lit'],
  ['consult', 'held', held, 'lit'],
  ['consult', 'held by the phone', heldByPhone, 'held-by-phone'],
  ['consult', 'conference', three, 'lit'],
  ['consult', 'consulting', consulting, 'already-consulting'],
  ['consult', 'the consulted rings', calling, 'already-consulting'],
  ['consult', 'ringing', ringing, 'not-talking'],
  ['consult', 'no call', {}, 'not-in-call'],
  ['consult', 'the call was handed to him', inherited, 'lit'],
  ['retrieve', 'the consulted rings', calling, 'lit'],
  ['retrieve', 'consulting', consulting, 'lit'],
  ['retrieve', 'the consulted is gone, the customer held', lost, 'lit'],
  ['retrieve', 'held', held, 'not-consulting'],
  ['retrieve', 'conference', three, 'not-consulting'],
  ['retrieve', 'talking', talking, 'not-consulting'],
  ['conference', 'consulting', consulting, 'lit'],
  ['conference', 'the consulted rings', calling, 'not-consulting'],
  ['conference', 'the customer is gone', withoutCustomer, 'not-consulting'],
  ['conference', 'talking', talking, 'not-consulting'],
  ['transfer', 'consulting', consulting, 'lit'],
  ['transfer', 'conference of three', three, 'lit'],
  ['transfer', 'conference of four', four, 'not-three'],
  ['transfer', 'a supervisor sits in it', barged, 'not-three'],
  ['transfer', 'an outside line', outside, 'external-transfer'],
  ['transfer', 'an outside line the group allows', outsideAllowed, 'lit'],
  ['transfer', 'the consulted rings', calling, 'not-consulting'],
  ['transfer', 'the customer is gone', withoutCustomer, 'not-consulting'],
  ['transfer', 'talking', talking, 'not-consulting'],
];
table.push(...duringCalls);

describe('which buttons are lit', () => {
  for (const [name, situation, plan, expected] of table) {
    it(`${name}, ${situation}: ${expected}`, () => {
      const action = actions.byName(name);
      assert.ok(action);
      const snapshot = snapshotWith(plan);
      const shown = action.isShown(snapshot) ? '' : 'hidden ';
      assert.equal(`${shown}${action.unavailable(snapshot) ?? 'lit'}`, expected);
    });
  }

  it('has a line here for every action, and a name for each', () => {
    const tried = new Set(table.map(([name]) => name));
    assert.deepEqual(
      actions.all.filter((action) => !action.onOther && !tried.has(action.name)).map((action) => action.name),
      [],
    );
    for (const action of actions.all) assert.equal(actions.byName(action.name), action);
  });

  it('always shows exactly one of two that share a place', () => {
    for (const [, , plan] of table) {
      const snapshot = snapshotWith(plan);
      const shown = (name: string) => Number(actions.byName(name)?.isShown(snapshot));
      assert.equal(shown('check-in') + shown('check-out'), 1);
      assert.equal(shown('pause') + shown('unpause'), 1);
    }
  });
});

describe('what the fields of a command may hold', () => {
  const bad: Array<[string, Record<string, unknown>]> = [
    ['pause', {}],
    ['pause', { reason: 'lunch', note: 'a\r\nAction: Hangup' }],
    ['pause', { reason: 'lunch', note: 'a\u0000' }],
    ['pause', { reason: 'lunch', note: 'x'.repeat(201) }],
    ['pause', { reason: 'x\r\ny' }],
    ['pause', { reason: ['lunch'] }],
    ['check-in', { extension: '1\n2' }],
    ['check-in', { extension: '1'.repeat(10_000) }],
    ['check-out-group', { groupId: '0' }],
    ['check-out-group', { groupId: '1; drop' }],
    ['check-out-group', {}],
    ['set-work-mode', { groupId: 1, mode: 'choice' }],
    ['set-wrap-up-mode', { groupId: 1, mode: '' }],
  ];
  for (const [name, fields] of bad) {
    it(`${name} refuses ${JSON.stringify(fields).slice(0, 60)}`, () => {
      const parsed = actions.byName(name)?.input.safeParse(fields);
      assert.equal(parsed?.success, false);
      for (const issue of parsed?.error?.issues ?? []) assert.match(issue.message, /^(errors|actions)\.[a-z.-]+$/);
    });
  }

  it('reads check boxes and hidden fields alike', () => {
    const parse = (fields: unknown) => actions.byName('check-in')?.input.parse(fields);
    assert.deepEqual(parse({}), { extension: '', ignorePhone: false, acceptAddress: false });
    assert.deepEqual(parse({ extension: ' 1986 ', ignorePhone: 'on', acceptAddress: '0' }), {
      extension: '1986',
      ignorePhone: true,
      acceptAddress: false,
    });
  });

  it('takes emoji and quotes in a note as they are', () => {
    const note = `"it's" <b>\u{1F600}</b>`;
    assert.deepEqual(actions.byName('pause')?.input.parse({ reason: 'other', note }), { reason: 'other', note });
  });
});
