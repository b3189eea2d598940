import type { ActionOutcome } from '../actions/action.js';
import { InvalidInput, NotNow, TelephonyDown } from '../errors.js';
import * as pauseReasons from '../models/pause-reasons.js';
import type { AgentState } from '../telephony/state.js';
import { PAUSE_REASONS } from '../telephony/switchboard-intents.js';
import { entryOf, isIn, membership } from './check-in.js';
import type { WantedPause } from './member-policy.js';
import { isSystemPause } from './member-policy.js';
import type { PauseRequest } from './operations.js';
import { confirmMillis, type Station } from './station.js';

/**
 * 暂停 with a reason, in all checked-in groups or in one. Out of wrap-up it becomes the pause without an unpaused moment between (E5).
 * @param approved a leader said yes, or does it himself
 * @throws InvalidInput (reason unknown, its text missing), NotNow, TelephonyDown
 */
export async function pause(
  station: Station,
  agentId: number,
  request: PauseRequest,
  groupId: number | null,
  approved = false,
): Promise<ActionOutcome> {
  await checkReason(station, agentId, request, approved);
  if (groupId !== null) return pauseOne(station, agentId, groupId, { paused: true, reason: request.reason });
  const { live, now } = station;
  if (live.state(agentId).work === 'wrap-up') {
    live.local({ kind: 'end-wrap-up', at: now(), agentId, because: 'pause', thenPause: request });
  } else {
    live.local({ kind: 'pause-requested', at: now(), agentId, ...request });
    await settleAll(station, agentId, { paused: true, reason: request.reason });
  }
  await live.confirm(
    agentId,
    (state) => state.work === 'paused' && state.pauseReason === request.reason,
    confirmMillis,
  );
  return { status: 'done', message: 'actions.pause.done', params: { reason: request.reason } };
}

/** 取消暂停. Groups that take no inbound calls stay paused for that reason. @throws NotNow, TelephonyDown */
export async function unpause(station: Station, agentId: number, groupId: number | null): Promise<ActionOutcome> {
  const { live, members } = station;
  const state = live.state(agentId);
  const wanted = new Map<number, WantedPause>();
  const clean = { ...state, pauseReason: '' };
  for (const m of state.memberships) {
    if (!m.checkedIn || (groupId !== null && m.groupId !== groupId)) continue;
    if (!m.paused || isSystemPause(m.pauseReason)) continue;
    wanted.set(m.groupId, members.wantedWithout(agentId, clean, m));
  }
  if (wanted.size === 0) throw new NotNow('unavailable.not-paused');
  const all = state.memberships.filter((m) => m.checkedIn).length;
  if (!(await members.pauseEach(agentId, wanted, all))) throw new TelephonyDown('pause-failed');
  await confirmPauses(station, agentId, wanted);
  return { status: 'done', message: 'actions.unpause.done', params: {} };
}

/** 话后, ended by its button. @throws TelephonyDown */
export async function endWrapUp(station: Station, agentId: number, because: string): Promise<ActionOutcome> {
  const { live, now } = station;
  live.local({ kind: 'end-wrap-up', at: now(), agentId, because, thenPause: null });
  // In the middle of another call he stays out of the queues until that one is over.
  const released = (state: AgentState) =>
    state.work !== 'wrap-up' &&
    (state.callId !== null || state.memberships.every((m) => m.pauseReason !== PAUSE_REASONS.wrapUp));
  await live.confirm(agentId, released, confirmMillis);
  return { status: 'done', message: 'actions.end-wrap-up.done', params: {} };
}

/** Waits until the PBX has told each of these pauses. */
export async function confirmPauses(
  station: Station,
  agentId: number,
  wanted: ReadonlyMap<number, WantedPause>,
): Promise<void> {
  await station.live.confirm(
    agentId,
    (state) =>
      state.memberships.every((m) => {
        const want = wanted.get(m.groupId);
        return !want || (m.paused === want.paused && m.pauseReason === want.reason);
      }),
    confirmMillis,
  );
}

async function settleAll(station: Station, agentId: number, want: WantedPause): Promise<void> {
  const groups = station.live.state(agentId).memberships.filter((m) => m.checkedIn);
  const wanted = new Map(groups.map((m) => [m.groupId, want]));
  if (!(await station.members.pauseEach(agentId, wanted, wanted.size))) throw new TelephonyDown('pause-failed');
}

async function pauseOne(station: Station, agentId: number, groupId: number, want: WantedPause): Promise<ActionOutcome> {
  membership(entryOf(station, agentId), groupId);
  if (!isIn(station, agentId, groupId)) throw new NotNow('unavailable.not-checked-in');
  const wanted = new Map([[groupId, want]]);
  const groups = station.live.state(agentId).memberships.filter((m) => m.checkedIn).length;
  if (!(await station.members.pauseEach(agentId, wanted, groups))) throw new TelephonyDown('pause-failed');
  await confirmPauses(station, agentId, wanted);
  return { status: 'done', message: 'actions.pause-group.done', params: { reason: want.reason } };
}

/** The reason of a pause or a lock. @throws InvalidInput (unknown, its text missing), NotNow `pause-needs-approval` */
export async function checkReason(
  station: Station,
  agentId: number,
  { reason, note }: PauseRequest,
  approved: boolean,
): Promise<void> {
  const known = await pauseReasons.ofTeam(station.db, entryOf(station, agentId).teamId);
  const found = known.find((one) => one.code === reason);
  if (!found) throw new InvalidInput('pause-reason-unknown', { reason: 'errors.pause-reason-unknown' });
  if (found.needsText && note === '')
    throw new InvalidInput('pause-note-missing', { note: 'errors.pause-note-missing' });
  // Domain guide 3.7: a leader gives account and password in the agent's dialog, which the web has checked.
  if (found.needsApproval && !approved) throw new NotNow('pause-needs-approval');
}
