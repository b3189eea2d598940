import assert from 'node:assert/strict';
import { wantedPause } from '../../../src/services/member-policy.js';

type State = Parameters<typeof wantedPause>[0];
type Membership = Parameters<typeof wantedPause>[1];

describe("what a queue member's pause should be", () => {
  const idle: State = { work: 'idle', pauseReason: '', online: true, callId: null };
  const free: Membership = { offline: false, workMode: 'all', paused: false, pauseReason: '' };
  const cases: Array<[string, Partial<State>, Partial<Membership>, string]> = [
    ['idle at an open desk', {}, {}, ''],
    ['no desk open, online membership', { online: false }, {}, 'desktop-closed'],
    ['no desk open, offline membership', { online: false }, { offline: true }, ''],
    ['paused by himself, then no desk open', { online: false }, { paused: true, pauseReason: 'lunch' }, 'lunch'],
    ['a desk that opened again', {}, { paused: true, pauseReason: 'desktop-closed' }, ''],
    ['out only', {}, { workMode: 'dialout' }, 'dialout'],
    ['in only', {}, { workMode: 'dialin', paused: true, pauseReason: 'dialout' }, ''],
    ['wrap-up', { work: 'wrap-up' }, {}, 'wrapup'],
    ['paused everywhere', { work: 'paused', pauseReason: 'lunch' }, {}, 'lunch'],
    ["the group's own pause", {}, { paused: true, pauseReason: 'meeting' }, 'meeting'],
    ["the group's own pause in wrap-up", { work: 'wrap-up' }, { paused: true, pauseReason: 'meeting' }, 'meeting'],
    ['paused ahead, in the call', { callId: 'c' }, { paused: true, pauseReason: 'wrapup' }, 'wrapup'],
    ['paused ahead, and the call was forgotten', {}, { paused: true, pauseReason: 'wrapup' }, ''],
    ['just added by a check-in', {}, { paused: true, pauseReason: 'check-in' }, ''],
    ['added by an Asterisk that knows no reason', {}, { paused: true, pauseReason: '' }, ''],
    ['a desk-closed pause is not the agent s', { pauseReason: 'desktop-closed' }, {}, ''],
  ];
  for (const [name, state, membership, reason] of cases) {
    it(`${name}: ${reason || 'none'}`, () => {
      const wanted = wantedPause({ ...idle, ...state }, { ...free, ...membership });
      assert.deepEqual(wanted, { paused: reason !== '', reason });
    });
  }
});
