import type { Db } from '../db/database.js';
import { decodeCursor, keyset, type Page, page } from '../db/keyset.js';
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

// ---------------------------------------------------------------- which box a phone has

/** A phone with its box, as an administrator sees it. */
export interface ExtensionMailbox {
  extensionId: number;
  number: string;
  external: boolean;
  pbx: string;
  /** '' = the usual one. */
  named: string;
  /** '' = none: an outside line for which none is named. */
  mailbox: string;
  /** Whose own phone it is. */
  agents: Array<{ agentNo: string; surname: string }>;
}

interface ExtensionRow {
  extension_id: number;
  number: string;
  kind: 'sip' | 'external';
  pbx: string;
  mailbox: string;
}
const extensionColumns = ['extension_id', 'number', 'kind', 'pbx', 'mailbox'];

/** The box of a phone that names none. */
export const usualMailbox = (external: boolean, number: string): string => (external ? '' : `${number}@default`);

/** A team's phones by number. @param number '' or the beginning of it */
export async function ofExtensions(
  db: Db,
  teamId: number,
  { number, after, limit }: { number: string; after: string | null; limit: number },
): Promise<Page<ExtensionMailbox>> {
  const query = db('extensions').select(extensionColumns).where({ team_id: teamId, enabled: true });
  if (number !== '') query.where('number', '>=', number).where('number', '<', `${number}~`);
  keyset(query, [{ column: 'number', order: 'asc' }], decodeCursor(after, ['string']), limit + 1);
  const found = page((await query) as ExtensionRow[], limit, (row) => [row.number]);
  return { rows: await withAgents(db, teamId, found.rows), next: found.next };
}

/** null: no such phone in this team. */
export async function ofExtension(db: Db, teamId: number, extensionId: number): Promise<ExtensionMailbox | null> {
  const where = { team_id: teamId, extension_id: extensionId };
  const rows: ExtensionRow[] = await db('extensions').select(extensionColumns).where(where);
  return (await withAgents(db, teamId, rows))[0] ?? null;
}

async function withAgents(db: Db, teamId: number, rows: readonly ExtensionRow[]): Promise<ExtensionMailbox[]> {
  const owners: Array<{ extension_id: number; agent_no: string; last_name: string; user_name: string }> = await db(
    'agents as a',
  )
    .join('accounts as p', 'p.account_id', 'a.account_id')
    .select('a.extension_id', 'a.agent_no', 'p.last_name', 'p.user_name')
    .where('a.team_id', teamId)
    .whereIn(
      'a.extension_id',
      rows.map((row) => row.extension_id),
    )
    .orderBy('a.agent_no');
  return rows.map((row) => {
    const external = row.kind === 'external';
    return {
      ...{ extensionId: row.extension_id, number: row.number, external, pbx: row.pbx, named: row.mailbox },
      mailbox: row.mailbox || usualMailbox(external, row.number),
      agents: owners
        .filter((owner) => owner.extension_id === row.extension_id)
        .map((owner) => ({ agentNo: owner.agent_no, surname: owner.last_name || owner.user_name })),
    };
  });
}

/** Whether a phone of another team has this box: whoever names it would read that team's messages. */
export async function isOfAnotherTeam(db: Db, teamId: number, pbx: string, mailbox: string): Promise<boolean> {
  const [number = ''] = mailbox.split('@');
  const row: unknown = await db('extensions')
    .where({ pbx })
    .whereNot({ team_id: teamId })
    .where((one) => {
      one.where({ mailbox });
      if (mailbox === usualMailbox(false, number)) one.orWhere({ mailbox: '', number, kind: 'sip' });
    })
    .first('extension_id');
  return row !== undefined;
}

/** @param to '' = the usual one. @returns false: it is not `from` any more */
export async function rename(
  db: Db,
  teamId: number,
  extensionId: number,
  from: string,
  to: string,
  now: number,
): Promise<boolean> {
  const where = { team_id: teamId, extension_id: extensionId, mailbox: from };
  return (await db('extensions').where(where).update({ mailbox: to, updated_at: now })) > 0;
}

// ---------------------------------------------------------------- waiting messages

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

/** What was last said of a box; null = nothing yet. */
export async function countOf(db: Db, pbx: string, mailbox: string): Promise<MailboxCount | null> {
  const row: MailboxCount | undefined = await db('mailbox_states')
    .select('fresh', 'old')
    .where({ pbx, mailbox })
    .first();
  return row ?? null;
}

/** @returns false: it was so already */
export async function setCount(
  db: Db,
  pbx: string,
  mailbox: string,
  { fresh, old }: MailboxCount,
  now: number,
  was?: MailboxCount | null,
): Promise<boolean> {
  const known = await countOf(db, pbx, mailbox);
  if (was !== undefined && (was?.fresh !== known?.fresh || was?.old !== known?.old)) return false;
  if (known?.fresh === fresh && known.old === old) return false;
  const row = { pbx, mailbox, fresh, old, updated_at: now };
  await upsertMany(db, 'mailbox_states', ['pbx', 'mailbox'], ['fresh', 'old', 'updated_at'], [row]);
  return true;
}
