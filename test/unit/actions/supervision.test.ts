import assert from 'node:assert/strict';
import { actions } from '../../../src/actions/index.js';
import { supervised } from '../../../src/actions/supervision.js';
import type { ShownState } from '../../../src/telephony/state.js';
import { snapshotWith } from '../../support/snapshot.js';

const all: readonly ShownState[] = [
  ...(['unknown', 'signed-out', 'ringing', 'dialling', 'talking', 'held', 'consult-ringing', 'consulting'] as const),
  ...(['conference', 'wrap-up', 'paused', 'idle'] as const),
];
const inCall = ['force-pause', 'force-hang-up', 'listen', 'barge-in', 'take-over', 'whisper'];
/** The specification's lines, and the picture of the monitor. */
const wanted: Partial<Record<ShownState, string[]>> = {
  idle: ['force-check-out', 'force-pause'],
  paused: ['force-check-out'],
  'wrap-up': ['force-check-out', 'force-unpause'],
  talking: inCall,
  held: inCall,
  'consult-ringing': inCall,
  consulting: inCall,
  conference: inCall,
};

describe('what a leader may do to an agent', () => {
  const lit = (plan: Parameters<typeof snapshotWith>[0]): string[] =>
    supervised.filter(({ unavailable }) => unavailable(snapshotWith(plan)) === null).map(({ name }) => name);

  for (const shown of all) {
    it(`${shown}: ${(wanted[shown] ?? ['nothing']).join(', ')}`, () => {
      const memberships = shown === 'signed-out' ? [{ checkedIn: false }] : [{}];
      assert.deepEqual(lit({ state: { shown }, memberships }), wanted[shown] ?? []);
      assert.deepEqual(lit({ state: { shown }, memberships, link: 'down' }), []);
    });
  }

  it('signs out no static member, and one with a dynamic group only of that', () => {
    assert.deepEqual(lit({ state: { shown: 'idle' }, memberships: [{ static: true }] }), ['force-pause']);
    assert.ok(lit({ state: { shown: 'idle' }, memberships: [{ static: true }, {}] }).includes('force-check-out'));
  });

  it('pauses nobody twice', () => {
    assert.ok(!lit({ state: { shown: 'talking', pauseReason: 'lunch' } }).includes('force-pause'));
  });

  it('guards each command by the predicate that lights it', () => {
    for (const { name, unavailable } of supervised) {
      const action = actions.byName(name);
      assert.ok(action?.onOther, name);
      for (const shown of all) {
        const snapshot = snapshotWith({ state: { shown } });
        assert.equal(action.unavailable(snapshot), unavailable(snapshot), `${name} ${shown}`);
      }
    }
  });
});
