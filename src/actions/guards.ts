import { z } from 'zod';
import { isSystemPause } from '../services/member-policy.js';
import type { AgentSnapshot } from './action.js';

/** Every action of this issue belongs to whoever works as an agent; supervisors' actions come with their own permissions. */
export const deskPermission = 'desk.use';

type Membership = AgentSnapshot['memberships'][number];

/** What makes every button of the PBX dark: no link, a locked screen. null = neither. */
export function blocked(snapshot: AgentSnapshot): string | null {
  if (snapshot.link !== 'up') return 'link-down';
  return snapshot.state.locked ? 'locked' : null;
}

export function checkedIn(snapshot: AgentSnapshot): Membership[] {
  return snapshot.memberships.filter((m) => m.checkedIn);
}

/** Paused by a person in this group; our own reasons (wrap-up, outbound only, desk closed) do not count. */
export function pausedInGroup(m: Membership): boolean {
  return m.paused && m.pauseReason !== '' && !isSystemPause(m.pauseReason);
}

/** Domain guide 15.7: the bar shows "paused" only if all groups are. */
export function pausedEverywhere(snapshot: AgentSnapshot): boolean {
  if (snapshot.state.pauseReason !== '') return true;
  const groups = checkedIn(snapshot);
  return groups.length > 0 && groups.every(pausedInGroup);
}

/** A press that means the pause or the wrap-up that lasts now, not the next one. */
export function aboutState({ state }: AgentSnapshot): string {
  return `${state.shown} ${state.since}`;
}

export function inCall(snapshot: AgentSnapshot): boolean {
  return snapshot.state.callId !== null;
}

/** The row of the group panel that a per-group action is about. A predicate knows no fields, so this is asked again in `run`. */
export function anyGroup(snapshot: AgentSnapshot): string | null {
  return snapshot.memberships.length === 0 ? 'no-group' : null;
}

export const noFields = z.object({});

export const groupField = z.coerce.number('errors.invalid').int('errors.invalid').positive('errors.invalid');

/** One line a person typed: no control characters, they have no business in a text that reaches logs and the PBX. */
export function line(max: number) {
  return (
    z
      .string('errors.invalid')
      .trim()
      .max(max, 'errors.too-long')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
      .regex(/^[^\u0000-\u001f\u007f]*$/, 'errors.control-characters')
  );
}

/** A check box or a hidden field: absent, '' , 'false' and '0' are false. */
export const flag = z
  .union([z.boolean(), z.string()], 'errors.invalid')
  .optional()
  .transform((value) => value === true || (typeof value === 'string' && !['', 'false', '0'].includes(value)));
