import type { Db } from '../db/database.js';
import { type AccountKind, defaultRoles, permissionsOfKind, permissionsOfLeaders } from './permissions.js';

export type RoleKind = 'account' | 'agent';

/** What decides the rights of one person. */
export interface RightsOf {
  kind: AccountKind;
  accountRoleId: number | null;
  agentRoleId: number | null;
  /** Leads at least one group. */
  leader: boolean;
}

/** The union of what the kind of account, the account's role, the agent's role and leading a group allow. */
export async function effectivePermissions(db: Db, of: RightsOf): Promise<Set<string>> {
  const all = new Set([...permissionsOfKind(of.kind), ...(of.leader ? permissionsOfLeaders : [])]);
  const roleIds = [of.accountRoleId, of.agentRoleId].filter((id) => id !== null);
  if (roleIds.length === 0) return all;
  const rows: Array<{ permission: string }> = await db('role_permissions')
    .select('permission')
    .whereIn('role_id', roleIds);
  for (const { permission } of rows) all.add(permission);
  return all;
}

/** A role of this team, or one of every team, by its code; the team's own goes first. */
export async function byCode(db: Db, teamId: number | null, kind: RoleKind, code: string): Promise<number | null> {
  const row: { role_id: number } | undefined = await db('roles')
    .select('role_id')
    .where({ kind, code })
    .whereIn('team_scope', [0, teamId ?? 0])
    .orderBy('team_scope', 'desc')
    .first();
  return row?.role_id ?? null;
}

/** `own`: a role somebody made, whose name is shown as it is; else its word is the locale key `roles.<code>`. */
export async function roleWord(db: Db, roleId: number): Promise<{ code: string; name: string; own: boolean } | null> {
  const row: { code: string; name: string } | undefined = await db('roles')
    .select('code', 'name')
    .where({ role_id: roleId })
    .first();
  return row ? { ...row, own: !defaultRoles.some(({ code }) => code === row.code) } : null;
}

/** Adds those of the default roles that are missing. What an administrator changed in the others stays. */
export async function ensureDefaults(db: Db): Promise<void> {
  for (const { kind, code, permissions } of defaultRoles) {
    const there = await db('roles').where({ team_scope: 0, kind, code }).first();
    if (there) continue;
    const [id] = await db('roles').insert({ team_id: null, team_scope: 0, kind, code, name: code });
    const rows = permissions.map((permission) => ({ role_id: id ?? 0, permission }));
    for (const row of rows) await db('role_permissions').insert(row);
  }
}
