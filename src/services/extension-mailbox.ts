import type { Db } from '../db/database.js';
import { transaction } from '../db/transaction.js';
import { InvalidInput } from '../errors.js';
import * as audit from '../models/audit-log.js';
import * as mailboxes from '../models/mailboxes.js';
import type { Editor } from './group-recording.js';
import type { LiveFeed } from './index.js';
import { spoolTopic, voicemailTopic } from './voicemails.js';

export interface Renaming {
  extension: mailboxes.ExtensionMailbox;
  /** As the form was made with; '' = the usual one. */
  from: string;
  /** `box@context`; '' = the usual one. */
  to: string;
}

/**
 * Gives a phone another box. Who has it now, and who had it, see another count; the PBX is asked to look at the new one.
 * @returns false: somebody else has changed it meanwhile
 * @throws InvalidInput when it is another team's
 */
export async function renameMailbox(
  { db, live, now }: { db: Db; live: LiveFeed; now: () => number },
  by: Editor,
  { extension, from, to }: Renaming,
): Promise<boolean> {
  const { extensionId, number, pbx, external } = extension;
  const usual = mailboxes.usualMailbox(external, number);
  const named = to === usual ? '' : to;
  const after = named || usual;
  const saved = await transaction(db, async (trx) => {
    // The usual one, too: another team may have named it for a phone of its own while it was free.
    if (from !== named && after !== '' && (await mailboxes.isOfAnotherTeam(trx, by.teamId, pbx, after)))
      throw new InvalidInput('invalid', { mailbox: 'errors.mailbox-taken' });
    if (!(await mailboxes.rename(trx, by.teamId, extensionId, from, named, now()))) return false;
    const what = { action: 'extension.mailbox', targetKind: 'extension', targetId: number };
    if (from !== named) await audit.add(trx, { ...by, ...what, details: { old: from, new: named } }, now());
    return true;
  });
  if (!saved) return false;
  const boxes = [...new Set([extension.mailbox, after])].filter((box) => box !== '');
  const owners = await Promise.all(boxes.map((box) => mailboxes.ownersOf(db, pbx, box)));
  const topics = [...new Set(owners.flat())].map(voicemailTopic);
  await live.publish(after === '' ? topics : [...topics, spoolTopic(after)]);
  return true;
}
