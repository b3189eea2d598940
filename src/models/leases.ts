import type { Db } from '../db/database.js';
import { isDuplicate } from '../db/errors.js';
import { transaction } from '../db/transaction.js';

export type LinkWord = 'up' | 'down' | 'probing';

/** Who listens to a PBX, until when, and what he says of the link. */
export interface Lease {
  pbx: string;
  holder: string;
  /** Where the other processes send commands. */
  url: string;
  epoch: number;
  expiresAt: number;
  link: LinkWord;
  linkSince: number;
}

interface LeaseRow {
  pbx: string;
  holder: string;
  url: string;
  epoch: number;
  expires_at: number;
  link: LinkWord;
  link_since: number;
}

const toLease = (row: LeaseRow): Lease => ({
  pbx: row.pbx,
  holder: row.holder,
  url: row.url,
  epoch: row.epoch,
  expiresAt: row.expires_at,
  link: row.link,
  linkSince: row.link_since,
});

/** The lease as it stands, expired or not; null when nobody ever held this PBX. */
export async function read(db: Db, pbx: string): Promise<Lease | null> {
  const row: LeaseRow | undefined = await db('pbx_leases')
    .select('pbx', 'holder', 'url', 'epoch', 'expires_at', 'link', 'link_since')
    .where({ pbx })
    .first();
  return row ? toLease(row) : null;
}

export interface Wanted {
  pbx: string;
  /** Unique name of the process. */
  holder: string;
  url: string;
  now: number;
  expiresAt: number;
}

/**
 * Takes the lease if it is free, expired, or this holder's already. Of several at once one gets it.
 * @returns the new epoch, higher than any before; null when another holds it
 */
export async function take(db: Db, wanted: Wanted): Promise<number | null> {
  await ensureRow(db, wanted.pbx, wanted.now);
  return transaction(db, async (trx) => {
    const taken: number = await trx('pbx_leases')
      .where({ pbx: wanted.pbx })
      .andWhere((either) => either.where('expires_at', '<=', wanted.now).orWhere({ holder: wanted.holder }))
      .update({
        holder: wanted.holder,
        url: wanted.url,
        epoch: trx.raw('epoch + 1'),
        expires_at: wanted.expiresAt,
        link_since: lostSince(trx, wanted.now),
        link: 'probing',
      });
    return taken === 0 ? null : ((await read(trx, wanted.pbx))?.epoch ?? null);
  });
}

async function ensureRow(db: Db, pbx: string, now: number): Promise<void> {
  if (await read(db, pbx)) return;
  const free = { holder: '', url: '', epoch: 0, expires_at: 0, link: 'down', link_since: now };
  try {
    await db('pbx_leases').insert({ pbx, ...free });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}

/**
 * A link that is not up was lost when it was up last, whatever was said of it since; so what was open then is known to have been open until
 * then. Before the column `link` in an update: MariaDB works from left to right.
 */
function lostSince(db: Db, now: number) {
  return db.raw("case when link = 'up' then ? else link_since end", [now]);
}

/** The proof of holding: a lease taken later has a higher epoch. */
export interface Fence {
  pbx: string;
  holder: string;
  epoch: number;
}

/** Prolongs it, also when it has expired but nobody took it. @returns false when it is another's */
export async function renew(db: Db, fence: Fence & { expiresAt: number }): Promise<boolean> {
  const { expiresAt, ...where } = fence;
  const count: number = await db('pbx_leases')
    .where({ pbx: where.pbx, holder: where.holder, epoch: where.epoch })
    .update({ expires_at: expiresAt });
  return count > 0;
}

/** Gives it back, so that the next one need not wait for its end. */
export async function release(db: Db, fence: Fence & { now: number }): Promise<void> {
  const { pbx, holder, epoch, now } = fence;
  await db('pbx_leases')
    .where({ pbx, holder, epoch })
    .update({ holder: '', url: '', expires_at: 0, link_since: lostSince(db, now), link: 'down' });
}

/** What the desks of all processes say of the link. Only the holder's word counts. @returns false when it is another's */
export async function setLink(db: Db, fence: Fence, link: LinkWord, now: number): Promise<boolean> {
  const { pbx, holder, epoch } = fence;
  const since = link === 'up' ? now : lostSince(db, now);
  const count: number = await db('pbx_leases').where({ pbx, holder, epoch }).update({ link_since: since, link });
  return count > 0;
}
