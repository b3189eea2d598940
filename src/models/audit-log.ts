import type { Db } from '../db/database.js';
import { type KeyValue, keyset, type Page, page } from '../db/keyset.js';
import { clip } from '../db/rows.js';

export interface AuditEntry {
  teamId: number | null;
  accountId: number | null;
  /** User name as known or, at a failed sign-in, as typed. */
  actor: string;
  /** `sign-in.done`, `agent.force-pause`, … */
  action: string;
  targetKind: string;
  targetId: string;
  details: Readonly<Record<string, string | number | boolean | null>>;
  address: string;
}
export interface AuditRecord extends AuditEntry {
  auditId: number;
  at: number;
}

/** Longest JSON of details in characters: TEXT holds 65,535 bytes, a character takes up to four. */
const detailsLength = 16_000;

/** Adds an entry. What is too long is cut: an attacker's 10 kB user name must not keep his try out of the log. */
export async function add(db: Db, entry: AuditEntry, now: number): Promise<void> {
  await db('audit_log').insert({
    team_id: entry.teamId,
    account_id: entry.accountId,
    actor: clip(entry.actor, 100),
    action: clip(entry.action, 64),
    target_kind: clip(entry.targetKind, 32),
    target_id: clip(entry.targetId, 64),
    details: detailsText(entry.details),
    address: clip(entry.address, 64),
    at: now,
  });
}

/** Whether this account did the same to the same thing at `since` or later. */
export async function hasEntry(
  db: Db,
  { accountId, action, targetKind, targetId }: Pick<AuditEntry, 'accountId' | 'action' | 'targetKind' | 'targetId'>,
  since: number,
): Promise<boolean> {
  const row = await db('audit_log')
    .select('audit_id')
    .where({ account_id: accountId, action, target_kind: targetKind, target_id: targetId })
    .where('at', '>=', since)
    .first();
  return row !== undefined;
}

function detailsText(details: AuditEntry['details']): string {
  const text = JSON.stringify(details);
  if (text.length <= detailsLength) return text;
  const short = Object.entries(details).map(([key, value]) => [
    key,
    typeof value === 'string' ? clip(value, 500) : value,
  ]);
  const cut = JSON.stringify(Object.fromEntries(short));
  return cut.length <= detailsLength ? cut : '{}';
}

interface AuditRow {
  audit_id: number;
  team_id: number | null;
  account_id: number | null;
  actor: string;
  action: string;
  target_kind: string;
  target_id: string;
  details: string;
  address: string;
  at: number;
}

/** Newest first. @param scope a team's, or (system administrators) everything */
export async function list(
  db: Db,
  scope: { teamId: number } | 'system',
  after: readonly KeyValue[] | null,
  limit: number,
): Promise<Page<AuditRecord>> {
  const query = db('audit_log').select('*');
  if (scope !== 'system') query.where({ team_id: scope.teamId });
  const key = [
    { column: 'at', order: 'desc' },
    { column: 'audit_id', order: 'desc' },
  ] as const;
  const rows: AuditRow[] = await keyset(query, key, after, limit + 1);
  return page(rows.map(toRecord), limit, (record) => [record.at, record.auditId]);
}

function toRecord(row: AuditRow): AuditRecord {
  return {
    auditId: row.audit_id,
    teamId: row.team_id,
    accountId: row.account_id,
    actor: row.actor,
    action: row.action,
    targetKind: row.target_kind,
    targetId: row.target_id,
    details: JSON.parse(row.details),
    address: row.address,
    at: row.at,
  };
}
