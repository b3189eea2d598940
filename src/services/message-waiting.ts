import { LRUCache } from 'lru-cache';
import type { Db } from '../db/database.js';
import type { Log } from '../log.js';
import * as mailboxes from '../models/mailboxes.js';
import { voicemailRefresh } from '../telephony/commands.js';
import type { PbxEvent } from '../telephony/events.js';
import type { Station } from './station.js';
import { voicemailTopic } from './voicemails.js';

export interface MessageWaitingOptions {
  db: Db;
  pbx: string;
  now: () => number;
  log: Log;
  /** In order with the changes of calls. */
  announce: (topic: string) => void;
}

/** MessageWaiting of the PBX → the mailbox's count → the status bars of its owners. Of the process that holds the PBX. */
export class MessageWaiting {
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly options: MessageWaitingOptions) {}

  heard(event: PbxEvent): void {
    if (event.kind !== 'ExtensionVoicemail') return;
    const { log } = this.options;
    this.#last = this.#last
      .then(() => this.#write(event.mailbox, { fresh: event.newMessages, old: event.oldMessages }))
      .catch((error: unknown) => log.warn({ err: error, mailbox: event.mailbox }, 'a waiting message was not noted'));
  }

  /** Resolves when everything heard is written. */
  written(): Promise<void> {
    return this.#last;
  }

  async #write(told: string, count: mailboxes.MailboxCount): Promise<void> {
    const { db, pbx, now, announce } = this.options;
    if (told.length > 80) return;
    const mailbox = told.includes('@') ? told : `${told}@default`;
    if (!(await mailboxes.setCount(db, pbx, mailbox, count, now()))) return;
    for (const agentId of await mailboxes.ownersOf(db, pbx, mailbox)) announce(voicemailTopic(agentId));
  }
}

/** Lets the PBX look at a box that we changed, so that it tells the phones. What it answers changes nothing here. */
export async function refreshSpool({ ami, log }: Station, mailbox: string): Promise<void> {
  const answer = await voicemailRefresh(ami, mailbox);
  if (!answer.ok) log.info({ mailbox, why: answer.message }, 'the PBX does not look at a changed mailbox');
}

/** How many new messages an agent has: a statement when something changed for him, none while nothing does. */
export class VoicemailCounter {
  readonly #kept = new LRUCache<number, { version: number; count: Promise<number> }>({ max: 20_000 });

  /** @param version grows with every change of any of these topics */
  constructor(
    private readonly db: Db,
    private readonly version: (topics: readonly string[]) => number,
  ) {}

  count(agentId: number): Promise<number> {
    // Read before the count: a change in the middle of it makes this one old, not new.
    const version = this.version([voicemailTopic(agentId)]);
    const known = this.#kept.get(agentId);
    if (known?.version === version) return known.count;
    const count = mailboxes.count(this.db, agentId).then((found) => found?.fresh ?? 0);
    this.#kept.set(agentId, { version, count });
    // A failed count is not kept.
    count.catch(() => {
      if (this.#kept.get(agentId)?.count === count) this.#kept.delete(agentId);
    });
    return count;
  }
}
