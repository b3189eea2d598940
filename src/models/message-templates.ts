import type { Db } from '../db/database.js';
import { isDuplicate } from '../db/errors.js';
import { type Bit, fits, yes } from '../db/rows.js';
import { InvalidInput } from '../errors.js';
import type { OutgoingKind } from './outgoing-messages.js';

export interface MessageTemplate {
  templateId: number;
  teamId: number;
  kind: OutgoingKind;
  name: string;
  /** '' for SMS. */
  subject: string;
  body: string;
  enabled: boolean;
  /** Epoch ms; grows with every change. */
  updatedAt: number;
}
export type NewTemplate = Omit<MessageTemplate, 'templateId' | 'updatedAt'>;

interface Row {
  template_id: number;
  team_id: number;
  kind: OutgoingKind;
  name: string;
  subject: string;
  body: string;
  enabled: Bit;
  updated_at: number;
}
const columns = ['template_id', 'team_id', 'kind', 'name', 'subject', 'body', 'enabled', 'updated_at'];

const toTemplate = (row: Row): MessageTemplate => ({
  templateId: row.template_id,
  teamId: row.team_id,
  kind: row.kind,
  name: row.name,
  subject: row.subject,
  body: row.body,
  enabled: yes(row.enabled),
  updatedAt: row.updated_at,
});

/** Of a team, by name; `usable`: only those that agents may choose. */
export async function list(db: Db, teamId: number, usable: { kind: OutgoingKind } | null): Promise<MessageTemplate[]> {
  const query = db('message_templates').select(columns).where({ team_id: teamId }).orderBy(['kind', 'name']);
  if (usable) query.where({ kind: usable.kind, enabled: true });
  const rows: Row[] = await query;
  return rows.map(toTemplate);
}

export async function byId(db: Db, teamId: number, templateId: number): Promise<MessageTemplate | null> {
  const where = { template_id: templateId, team_id: teamId };
  const row: Row | undefined = await db('message_templates').select(columns).where(where).first();
  return row ? toTemplate(row) : null;
}

/** @throws InvalidInput `taken` when the team has one of this kind and name */
export async function create(db: Db, template: NewTemplate, now: number): Promise<number> {
  const row = { ...rowOf(template), created_at: now, updated_at: now };
  const [id] = await named(() => db('message_templates').insert(row));
  return id ?? 0;
}

/**
 * Changes it, unless it was changed after `was`, its `updatedAt` when it was read.
 * @returns whether it did
 * @throws InvalidInput as {@link create}
 */
export async function update(
  db: Db,
  templateId: number,
  template: NewTemplate,
  { was, now }: { was: number; now: number },
): Promise<boolean> {
  const where = { template_id: templateId, team_id: template.teamId, updated_at: was };
  const row = { ...rowOf(template), updated_at: Math.max(now, was + 1) };
  const count = await named(() => db('message_templates').where(where).update(row));
  return count > 0;
}

function rowOf({ teamId, kind, name, subject, body, enabled }: NewTemplate) {
  fits({ name: 100, subject: 200, body: 5000 }, { name, subject, body });
  return { team_id: teamId, kind, name, subject, body, enabled };
}

async function named<T>(work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDuplicate(error)) throw new InvalidInput('invalid', { name: 'errors.name-taken' });
    throw error;
  }
}
