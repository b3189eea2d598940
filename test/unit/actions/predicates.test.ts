import assert from 'node:assert/strict';
import { actions } from '../../../src/actions/index.js';
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
      actions.all.map((action) => action.name).filter((name) => !tried.has(name)),
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
