import { type Bit, yes } from '../db/rows.js';
import type { MembershipState } from '../telephony/state.js';

export interface MembershipStateRow {
  membership_id: number;
  agent_id: number;
  group_id: number;
  checked_in: Bit;
  checked_in_at: number | null;
  paused: Bit;
  pause_reason: string;
  answered: number;
  dialled: number;
  talk_millis: number;
  last_call_ended_at: number | null;
}
export const membershipStateColumns = [
  'membership_id',
  'agent_id',
  'group_id',
  'checked_in',
  'checked_in_at',
  'paused',
  'pause_reason',
  'answered',
  'dialled',
  'talk_millis',
  'last_call_ended_at',
];

export const toMembershipState = (row: MembershipStateRow): MembershipState => ({
  membershipId: row.membership_id,
  groupId: row.group_id,
  checkedIn: yes(row.checked_in),
  checkedInAt: row.checked_in_at,
  paused: yes(row.paused),
  pauseReason: row.pause_reason,
  answered: row.answered,
  dialled: row.dialled,
  talkMillis: row.talk_millis,
  lastCallEndedAt: row.last_call_ended_at,
});
