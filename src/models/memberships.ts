import type { Db } from '../db/database.js';
import { type Bit, yes } from '../db/rows.js';
import { transaction } from '../db/transaction.js';
import type { WorkMode, WrapUpMode } from '../telephony/state.js';

export interface Membership {
  membershipId: number;
  teamId: number;
  groupId: number;
  agentId: number;
  static: boolean;
  offline: boolean;
  leader: boolean;
  mayDeleteStuck: boolean;
  /** Calls dialled on the handset belong to this group; at most one of an agent. */
  defaultOutbound: boolean;
  /** The agent's own choice, which counts where the group says `choice`. */
  workMode: WorkMode;
  wrapUpMode: WrapUpMode;
  penalty: number;
}
export type NewMembership = Omit<Membership, 'membershipId'>;

interface MembershipRow {
  membership_id: number;
  team_id: number;
  group_id: number;
  agent_id: number;
  static: Bit;
  offline: Bit;
  leader: Bit;
  may_delete_stuck: Bit;
  default_outbound: Bit;
  work_mode: WorkMode;
  wrap_up_mode: WrapUpMode;
  penalty: number;
}
const columns = [
  'membership_id',
  'team_id',
  'group_id',
  'agent_id',
  'static',
  'offline',
  'leader',
  'may_delete_stuck',
  'default_outbound',
  'work_mode',
  'wrap_up_mode',
  'penalty',
];

const toMembership = (row: MembershipRow): Membership => ({
  membershipId: row.membership_id,
  teamId: row.team_id,
  groupId: row.group_id,
  agentId: row.agent_id,
  static: yes(row.static),
  offline: yes(row.offline),
  leader: yes(row.leader),
  mayDeleteStuck: yes(row.may_delete_stuck),
  defaultOutbound: yes(row.default_outbound),
  workMode: row.work_mode,
  wrapUpMode: row.wrap_up_mode,
  penalty: row.penalty,
});

/** The group's mode where it fixes one, else the agent's choice (domain.md 1.7). */
export function effective<M extends string>(ofGroup: M | 'choice', ofAgent: M): { mode: M; fixed: boolean } {
  return ofGroup === 'choice' ? { mode: ofAgent, fixed: false } : { mode: ofGroup, fixed: true };
}

export async function ofAgent(db: Db, agentId: number): Promise<Membership[]> {
  const rows: MembershipRow[] = await db('group_memberships')
    .select(columns)
    .where({ agent_id: agentId })
    .orderBy('group_id');
  return rows.map(toMembership);
}

export async function find(db: Db, groupId: number, agentId: number): Promise<Membership | null> {
  const where = { group_id: groupId, agent_id: agentId };
  const row: MembershipRow | undefined = await db('group_memberships').select(columns).where(where).first();
  return row ? toMembership(row) : null;
}

export async function create(db: Db, membership: NewMembership, now: number): Promise<number> {
  const [id] = await db('group_memberships').insert({ ...toRow(membership), created_at: now, updated_at: now });
  return id ?? 0;
}

export async function update(db: Db, membershipId: number, membership: NewMembership, now: number): Promise<void> {
  await db('group_memberships')
    .where({ membership_id: membershipId })
    .update({ ...toRow(membership), updated_at: now });
}

/** The agent's choice of how he works in a group. Whether he may choose is the caller's question. */
export async function chooseModes(
  db: Db,
  membershipId: number,
  chosen: { workMode?: WorkMode; wrapUpMode?: WrapUpMode },
  now: number,
): Promise<void> {
  const modes: Record<string, string> = {};
  if (chosen.workMode) modes.work_mode = chosen.workMode;
  if (chosen.wrapUpMode) modes.wrap_up_mode = chosen.wrapUpMode;
  await db('group_memberships')
    .where({ membership_id: membershipId })
    .update({ ...modes, updated_at: now });
}

/** Makes this group the one that calls dialled on the handset belong to. @returns false when he is no member of it */
export async function setDefaultOutbound(db: Db, agentId: number, groupId: number, now: number): Promise<boolean> {
  return transaction(db, async (trx) => {
    const member = await trx('group_memberships')
      .select('membership_id')
      .where({ agent_id: agentId, group_id: groupId })
      .first();
    if (!member) return false;
    await trx('group_memberships')
      .where({ agent_id: agentId })
      .update({ default_outbound: trx.raw('case when group_id = ? then 1 else 0 end', [groupId]), updated_at: now });
    return true;
  });
}

function toRow(membership: NewMembership) {
  return {
    team_id: membership.teamId,
    group_id: membership.groupId,
    agent_id: membership.agentId,
    static: membership.static,
    offline: membership.offline,
    leader: membership.leader,
    may_delete_stuck: membership.mayDeleteStuck,
    default_outbound: membership.defaultOutbound,
    work_mode: membership.workMode,
    wrap_up_mode: membership.wrapUpMode,
    penalty: membership.penalty,
  };
}
