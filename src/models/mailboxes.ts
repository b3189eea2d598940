import type { Db } from '../db/database.js';
import { upsertMany } from '../db/rows.js';

/** Whose mailboxes: the agent's own phone's; a leader may see those of his groups' agents, where the team allows it. */
export interface MailboxScope {
  teamId: number;
  agentId: number | null;
  /** [] = none but his own. */
  groupIds: readonly number[];
}

export interface Mailbox {
  extensionId: number;
  number: string;
  pbx: string;
  /** `box@context`. */
  mailbox: string;
  agentId: number;
  agentNo: string;
  surname: string;
}

interface MailboxRow {
  extension_id: number;
  number: string;
  pbx: string;
  mailbox: string;
  agent_id: number;
  agent_no: string;
  last_name: string;
  user_name: string;
}

/** `2227@default`, unless the extension names another box. */
const mailboxOf = ({ mailbox, number }: { mailbox: string; number: string }): string => mailbox || `${number}@default`;

/** Own one first, then by agent number. An outside line has a box only where one is named. */
export async function visibleTo(db: Db, scope: MailboxScope): Promise<Mailbox[]> {
  const rows: MailboxRow[] = await db('agents as a')
    .join('extensions as e', 'e.extension_id', 'a.extension_id')
    .join('accounts as p', 'p.account_id', 'a.account_id')
    .select(
      'e.extension_id',
      'e.number',
      'e.pbx',
      'e.mailbox',
      'a.agent_id',
      'a.agent_no',
      'p.last_name',
      'p.user_name',
    )
    .where('a.team_id', scope.teamId)
    .where((one) => one.where('e.kind', 'sip').orWhereNot('e.mailbox', ''))
    .where((either) => {
      either.where('a.agent_id', scope.agentId ?? 0);
      if (scope.groupIds.length === 0) return;
      const led = db('group_memberships as m')
        .select('m.agent_id')
        .whereIn('m.group_id', [...scope.groupIds]);
      either.orWhereIn('a.agent_id', led);
    })
    .orderBy('a.agent_no');
  const boxes = rows.map((row) => ({
    extensionId: row.extension_id,
    number: row.number,
    pbx: row.pbx,
    mailbox: mailboxOf(row),
    agentId: row.agent_id,
    agentNo: row.agent_no,
    surname: row.last_name || row.user_name,
  }));
  return boxes.sort((a, b) => Number(b.agentId === scope.agentId) - Number(a.agentId === scope.agentId));
}

/** Agents whose own phone has this box. */
export async function ownersOf(db: Db, pbx: string, mailbox: string): Promise<number[]> {
  const [number = ''] = mailbox.split('@');
  const ids: number[] = await db('agents as a')
    .join('extensions as e', 'e.extension_id', 'a.extension_id')
    .where('e.pbx', pbx)
    .where((one) => {
      one.where('e.mailbox', mailbox);
      if (mailbox === `${number}@default`) one.orWhere({ 'e.mailbox': '', 'e.number': number, 'e.kind': 'sip' });
    })
    .pluck('a.agent_id');
  return ids;
}

export interface MailboxCount {
  fresh: number;
  old: number;
}

/** As last told or counted; null = never. */
export async function count(db: Db, agentId: number): Promise<MailboxCount | null> {
  const row: { pbx: string; number: string; mailbox: string } | undefined = await db('agents as a')
    .join('extensions as e', 'e.extension_id', 'a.extension_id')
    .select('e.pbx', 'e.number', 'e.mailbox')
    .where('a.agent_id', agentId)
    .first();
  if (!row) return null;
  const where = { pbx: row.pbx, mailbox: mailboxOf(row) };
  const state: MailboxCount | undefined = await db('mailbox_states').select('fresh', 'old').where(where).first();
  return state ?? null;
}

/** @returns false: it was so already */
export async function setCount(
  db: Db,
  pbx: string,
  mailbox: string,
  { fresh, old }: MailboxCount,
  now: number,
): Promise<boolean> {
  const known: MailboxCount | undefined = await db('mailbox_states')
    .select('fresh', 'old')
    .where({ pbx, mailbox })
    .first();
  if (known?.fresh === fresh && known.old === old) return false;
  const row = { pbx, mailbox, fresh, old, updated_at: now };
  await upsertMany(db, 'mailbox_states', ['pbx', 'mailbox'], ['fresh', 'old', 'updated_at'], [row]);
  return true;
}
